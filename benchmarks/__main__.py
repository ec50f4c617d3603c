"""The command `python -m benchmarks`."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "pipeline": "articles a second and CPU of the whole way, beside the bare model, a stub, and the plain way",
    "serving": "what batching and sharing one pass give, and engines for the encoder on this CPU",
    "delivery": "3,000 real articles with poison, kills, a rebalance and an index that goes away",
    "notifications": "10,000 subscriptions, 100 alerts in a minute, a tenth of the endpoints dead: matched and sent",
    "reaction": "from the mention that crosses the threshold to the request at a webhook, on both brokers",
    "kills": "the alert role killed 200 times while it detects and delivers: nothing lost, nothing doubled",
    "recovery": "mentions a second of the alert role, and how soon it counts again after a kill, with many names",
    "backtest": "`tidewatch backtest` over 100,000 enriched mentions, without its report and with it",
    "memory": "memory of each role over 50,000 articles",
    "alerts": "detection on a real stream and a synthetic feed, beside an oracle and four simple detectors",
}


def main() -> None:
    """Run the benchmark that the first argument names; what follows are its own options."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in BENCHMARKS:
        lines = "\n".join(f"  {key:<14} {text}" for key, text in BENCHMARKS.items())
        sys.exit(f"usage: python -m benchmarks NAME [options]\n{lines}")
    importlib.import_module(f"benchmarks.{name}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
