"""MinHash signatures of texts: equal for copies, close for rewrites (Broder 1997)."""

from __future__ import annotations

import base64
import re
import unicodedata
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 64
SHINGLE_WORDS = 2
"""Headlines and tweets are short: a word put in another's place spoils three shingles of three, and two of two."""
_SEED = 1
_SCHEME = "affine32"
_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_MIN_TITLE_WORDS = 5

Signature = npt.NDArray[np.uint32]
"""Shape (PERMUTATIONS,)."""
Sketch = npt.NDArray[np.uint8]
"""The lowest byte of each permutation: b-bit minwise hashing (Li and König 2010) with b = 8."""


def words_of(text: str) -> list[str]:
    """Return the words of a text: case, addresses, punctuation and white space do not count, digits do."""
    return _WORD.findall(_URL.sub(" ", unicodedata.normalize("NFKC", text)).casefold())


def signature_of(title: str, body: str) -> str:
    """Return the signature of an article as base64 of little-endian uint32.

    A text of fewer than two words is one shingle; one without any word is its own bare characters.
    """
    words = words_of(f"{title}\n{body}")
    last = max(1, len(words) - SHINGLE_WORDS + 1)
    shingles = {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(last)}
    if not words:
        shingles = {"".join(f"{title}{body}".split())}
    sketch = _empty().copy()
    sketch.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in sorted(shingles)])
    return base64.b64encode(sketch.hashvalues.astype("<u4").tobytes()).decode("ascii")


def unpack(signature: str) -> Signature:
    """Return the permutations' minima of a signature."""
    return np.frombuffer(base64.b64decode(signature), dtype="<u4").astype(np.uint32)


@lru_cache(maxsize=64)
def sketch_of(signature: str) -> Sketch:
    """Return a byte of each permutation of a signature: what a bounded state can afford to keep."""
    return (unpack(signature) & 0xFF).astype(np.uint8)


def title_hash(title: str) -> int:
    """Return 32 bits that are equal for equal titles; 0 for a title too short to tell a story by."""
    words = words_of(title)
    return zlib.crc32(" ".join(words).encode("utf-8", "surrogatepass")) if len(words) >= _MIN_TITLE_WORDS else 0


@lru_cache(maxsize=1)
def _empty() -> MinHash:
    # datasketch brings scipy with it: a second of import that only a signature needs.
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=_SEED, scheme=_SCHEME)
