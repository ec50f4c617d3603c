"""Detection on a real stream and on a synthetic feed, beside an oracle and four simple detectors.

python -m benchmarks alerts --data FOLDER [--cache FOLDER] [--quick] [--only stocknet|synthetic|nab]
    [--series N] [--json FILE]
"""

from __future__ import annotations

from benchmarks.alerts.program import main

__all__ = ["main"]
