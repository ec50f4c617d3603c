"""What the salience model sees of a text: its words by shape, and counts that tell a figure from a greeting.

Nothing here comes from the encoder, so that a new encoder leaves what was learned of words and counts in force.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VOCABULARY = 8192
"""Rows of the table of words; words share a row where their hashes agree."""
FEWEST_WORDS = 6
"""Shorter pieces (bylines, headings) are never chosen while anything longer is there."""

Matrix = npt.NDArray[np.float32]

_WORD = re.compile(r"[$€£]?\d[\d,]*(?:\.\d+)?%?|[A-Za-z]+(?:'[a-z]+)?|[^\w\s]")
_PIECE = re.compile(r"[a-z0-9]+")
_CONTENT = re.compile(r"[a-z]{2,}")
_FULL_NAME = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")
_CAPITAL = re.compile(r"\b[A-Z]")
_BACKWARD = re.compile(
    r"(?:the|he|she|it|they|his|her|their|its|this|that|these|those|but|and|however|mr|mrs|ms|miss|dr)\b", re.I
)
_SIGNS = {
    "currency": r"[$€£]\s?\d",
    "per cent": r"\d\s?%|per ?cent",
    "per share": r"per (?:diluted |basic )?share|\beps\b",
    "million": r"(?:million|billion)\b",
    "comparison": r"compared (?:to|with)|versus|year[- ]over[- ]year|prior[- ]year|last year|a year ago|from \$",
    "guidance": r"\b(?:expect|guidance|outlook|forecast|anticipate|range|full[- ]year|fiscal|project|target)",
    "direction": r"\b(?:increase|decrease|rose|grew|fell|up|down|growth|decline|improv)\w*",
    "revenue": r"\brevenues?\b|\bsales\b",
    "earnings": r"\b(?:income|earnings|profit|ebitda|loss)\b",
    "quarter": r"\b(?:quarter|quarterly)\b",
    "payout": r"dividend|repurchase",
    "first person": r"\b(?:i|we|our|us|my)\b",
    "question": r"\?",
    "quotation": r"\"",
    "call": r"thank|welcome|good (?:morning|afternoon)|operator|slide|non-gaap|forward-looking|website|joined by",
    "weekday": r"\b(?:days?|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    "speech": r"\b(?:said|says|told|added)\b",
    "page": r"^(?:by|published|updated|image|picture|scroll|click|read more|follow)\b|\(pictured|e-mail|video:",
    "measure": r"\b(?:backlog|orders|comparable|same[- ]store|organic|adjusted|record)\b",
    "figure": r"\d",
}
_SIGN_PATTERNS = [re.compile(pattern, re.I) for pattern in _SIGNS.values()]
SIGNS = len(_SIGNS)
SENTENCE_FEATURES = SIGNS + 20
GATE_FEATURES = SIGNS + 1
_STOP_TEXT = """
the a an of to in and for on with at by from as is are was were be been this that it its our we you they he she
his her their or not but have has had will would which who more than also so if there
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())


@dataclass(frozen=True, slots=True)
class Words:
    """Be the words of an article's sentences, one after the other: where each stands, and its row in the table."""

    rows: npt.NDArray[np.int64]  # (W,)
    sentences: npt.NDArray[np.int64]  # (W,), ascending
    starts: npt.NDArray[np.int64]  # (W,), in code points of the sentence
    ends: npt.NDArray[np.int64]  # (W,)
    pieces: tuple[tuple[str, ...], ...]
    """Of each word: its runs of letters and digits, in lower case; a mark has none."""

    @property
    def sizes(self) -> Matrix:
        """Return how many runs of letters and digits each word has, (W,)."""
        return np.array([len(pieces) for pieces in self.pieces], dtype=np.float32)


def read_words(sentences: Sequence[str]) -> Words:
    """Return the words of some sentences; the digits of figures are masked, their unit and size are kept."""
    rows: list[int] = []
    owners: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[tuple[str, ...]] = []
    for number, sentence in enumerate(sentences):
        for match in _WORD.finditer(sentence):
            rows.append(1 + zlib.crc32(_shape(match[0]).encode()) % (VOCABULARY - 1))
            owners.append(number)
            starts.append(match.start())
            ends.append(match.end())
            pieces.append(tuple(_PIECE.findall(match[0].lower())))
    as_array = [np.array(part, dtype=np.int64) for part in (rows, owners, starts, ends)]
    return Words(as_array[0], as_array[1], as_array[2], as_array[3], tuple(pieces))


def sentence_features(sentences: Sequence[str], title: str) -> Matrix:
    """Return (S, F): signs, place, length, how central the words are, and overlap with the title.

    Args:
        sentences: of the body, S ≥ 1.
        title: of the article; empty where there is none.
    """
    count = len(sentences)
    bags = [_content(sentence) for sentence in sentences]
    holders = Counter(word for bag in bags for word in bag)
    titled = _content(title)
    signs = sign_counts(sentences)  # (S, SIGNS)
    words = np.array([len(s.split()) for s in sentences])
    place = np.arange(count)
    central = np.array([sum(holders[w] - 1 for w in bag) / max(1, len(bag)) / count * 10 for bag in bags])
    capitals = np.array([len(_CAPITAL.findall(s)) / max(1, n) for s, n in zip(sentences, words, strict=True)])
    backward = np.array([bool(_BACKWARD.match(s)) for s in sentences], dtype=float)
    names = np.array([min(3, len(_FULL_NAME.findall(s))) for s in sentences], dtype=float)
    decay = np.exp(-place / 4)
    opening = place == 0
    columns = [
        place / count,
        1 / (1 + place),
        place < 3,
        np.log1p(words) / 3,
        words < FEWEST_WORDS,
        words > 45,
        central,
        np.array([len(bag & titled) / max(1, len(titled)) for bag in bags]),
        capitals,
        backward,
        names,
        opening,
        decay,
        # An article that begins with names and no "he" or "the" has its lead; one that does not has lost it.
        opening * backward,
        opening * names,
        opening * central,
        opening * np.log1p(words) / 3,
        decay * (1 - backward[0]),
        decay * names[0],
        decay * central[0],
    ]
    return np.concatenate([signs, np.array(columns, dtype=np.float32).T], axis=1, dtype=np.float32)


def gate_features(signs: Matrix) -> Matrix:
    """Return (G,): what kind of text this is, by how often each sign (S, SIGNS) comes in a sentence, and its length."""
    return np.append(signs.mean(0), np.log1p(len(signs))).astype(np.float32)


def sign_counts(sentences: Sequence[str]) -> Matrix:
    """Return how often each sign comes in each sentence, at most three, (S, SIGNS)."""
    return np.array(
        [[min(3, len(pattern.findall(s))) for pattern in _SIGN_PATTERNS] for s in sentences],
        dtype=np.float32,
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in _CONTENT.findall(text.lower()) if word not in _STOP_WORDS)


def _shape(word: str) -> str:
    if not (word[0].isdigit() or (word[0] in "$€£" and len(word) > 1)):
        return word.lower()
    if word.endswith("%"):
        return "<pct>"
    amount = word[0] in "$€£"
    kind = "cur" if amount else "n"
    whole, _, fraction = word.strip("$€£").replace(",", "").partition(".")
    if fraction:
        # One or two digits before two decimals are most often an amount per share.
        return f"<{kind}.2s>" if len(fraction) == 2 and len(whole) < 3 else f"<{kind}.{min(len(fraction), 2)}>"
    if not amount and len(whole) == 4 and whole[:2] in ("19", "20"):
        return "<year>"
    return f"<{kind}{min(len(whole), 4)}>"
