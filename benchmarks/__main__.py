"""The command `python -m benchmarks`."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "pipeline": "articles a second and CPU of the whole way, beside the bare model, a stub, and the plain way",
    "delivery": "3,000 real articles with poison, kills, a rebalance and an index that goes away",
    "memory": "memory of each role over 50,000 articles",
}


def main() -> None:
    """Run the benchmark that the first argument names; what follows are its own options."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in BENCHMARKS:
        lines = "\n".join(f"  {key:<10} {text}" for key, text in BENCHMARKS.items())
        sys.exit(f"usage: python -m benchmarks NAME [options]\n{lines}")
    importlib.import_module(f"benchmarks.{name}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
