"""Near-copies of texts: what a test set must not share with a training set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\w+")
SHINGLE_WORDS = 3


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words of a text without addresses and case; of fewer words, the one run there is."""
    words = _WORD.findall(_ADDRESS.sub(" ", text.lower()))
    runs = [tuple(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))]
    return frozenset(run for run in runs if run)


def near_copies(texts: Sequence[str], known: Sequence[str], threshold: float = 0.7) -> list[bool]:
    """Say of each text whether the Jaccard similarity of its shingles with any known text reaches the threshold."""
    known_sets = [shingles(text) for text in known]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, runs in enumerate(known_sets):
        for run in runs:
            holders[run].append(place)
    found: list[bool] = []
    for text in texts:
        own = shingles(text)
        shared = Counter(place for run in own for place in holders.get(run, ()))
        found.append(any(n / (len(own) + len(known_sets[i]) - n) >= threshold for i, n in shared.items()))
    return found
