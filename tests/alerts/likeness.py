"""How alike two texts are by their signatures."""

from __future__ import annotations

import numpy as np

from alerts.detection.signatures import unpack


def similarity(left: str, right: str) -> float:
    """Estimate the Jaccard similarity of the shingles of two texts; the standard error is at most 0.0625."""
    return float(np.mean(unpack(left) == unpack(right)))
