"""MinHash signatures: equal for copies of a text, near for light rewrites (Broder, 1997).

Each of the 64 values keeps its lowest 16 bits (b-bit minwise hashing, Li and König, 2010): 128 bytes a signature, and
two texts without a common shingle agree on a value once in 65,536.
"""

from __future__ import annotations

import base64
import re

import numpy as np
from datasketch import MinHash

PERMUTATIONS = 64
SHINGLE_WORDS = 3
_ADDRESS = re.compile(r"https?://\S+|\brt @\w+:?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def signature_of(text: str) -> str:
    """Return the signature of a text, base64 of little-endian uint16; case, addresses and punctuation do not count."""
    words = _WORD.findall(_ADDRESS.sub(" ", text).casefold())
    shingles = {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in sorted(shingles)])
    return base64.b64encode(sketch.hashvalues.astype("<u8").astype("<u2").tobytes()).decode("ascii")


def similarity(one: str, other: str) -> float:
    """Estimate the Jaccard similarity of the shingles of two texts from their signatures; 0 to 1."""
    if one == other:
        return 1.0
    left, right = (np.frombuffer(base64.b64decode(each), dtype="<u2") for each in (one, other))
    return float(np.mean(left == right)) if len(left) == len(right) else 0.0
