"""The extractive summary: the clauses or sentences that promise most of what a person would keep, in order of the text.

Each word has a chance to be in the summary (`salience`). A choice is good by the ROUGE F that it promises, that
is by the words it is expected to share with a summary over its own length, and by how near its sentences' mean lies to
the article's. A word said twice counts less the second time, which is the diversity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.summaries.salience import Salience, WordChances
from models.summaries.salience_features import FEWEST_WORDS
from models.text.boilerplate import is_boilerplate
from models.text.clauses import clauses, standing
from models.text.cleaning import plain_text

Matrix = npt.NDArray[np.float32]

CANDIDATES = 120
"""The best by themselves, which are compared in earnest."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """Be what a choice is judged by, beside the chances of its words."""

    expected_words: float
    """Length of the summary that a person would write: the longer, the more is worth taking."""
    pair: float
    """Of two words in a row beside one word."""
    repeated: float
    """What is left of a word's worth each time it was said already."""
    nearness: float
    """Of the cosine to the article's vector beside the promised F; what is told in a call lies in its figures."""


CALLS = Weighing(expected_words=30.0, pair=1.0, repeated=0.4, nearness=0.0)
"""Chosen on a tenth of ECTSum's training rows."""
NEWS = Weighing(expected_words=40.0, pair=2.0, repeated=0.5, nearness=0.3)
"""Chosen in four folds of 500 articles of XSum, drawn by another hash: about half of them are also measured on."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Be a summary in words of the article, and the sentences that it was taken from, ascending."""

    text: str
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: int
    start: int
    end: int
    terms: tuple[tuple[str, ...], ...]
    singles: tuple[float, ...]
    """Of each term: how many of its pieces are expected in the summary."""
    pairs: tuple[float, ...]
    size: float
    chars: int
    """Of the text that it becomes."""


def summarise(
    sentences: Sequence[str],
    fields: Sequence[str],
    vectors: Matrix,
    article: Matrix,
    title: str,
    *,
    salience: Salience,
    max_sentences: int,
    max_chars: int | None = None,
) -> Extract:
    """Summarise an article in its own words; title and boilerplate are taken only where there is nothing else.

    Args:
        sentences: of title and body, as they stand in the text.
        fields: of each sentence, `title` or `body`.
        vectors: unit vectors of the sentences, (S, D).
        article: unit vector of the article, (D,).
        title: of the article, or nothing.
        salience: what has been learned of summaries.
        max_sentences: the most sentences taken.
        max_chars: the longest text; no limit if unset. One sentence is given however long it is.
    """
    plain = [" ".join(plain_text(sentence).split()) for sentence in sentences]
    places = [i for i, field in enumerate(fields) if field == "body"] or list(range(len(plain)))
    places = [i for i in places if not is_boilerplate(plain[i])] or places
    places = [i for i in places if len(plain[i].split()) >= FEWEST_WORDS] or places
    if not places:
        return Extract("", ())
    texts = [plain[i] for i in places]
    read = salience.read(texts, title)
    chosen = _chosen(_candidates(texts, read), vectors[places], article, read.call, max_sentences, max_chars)
    written = " ".join(standing(texts[c.sentence][c.start : c.end]) for c in chosen)
    return Extract(written, tuple(sorted({places[c.sentence] for c in chosen})))


def unit(vectors: Matrix) -> Matrix:
    """Return rows of length one; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _candidates(texts: Sequence[str], read: WordChances) -> list[_Candidate]:
    words = read.words
    sizes = words.sizes
    single, pair = read.chances[:, 0] * sizes, read.chances[:, 1] * sizes
    firsts = np.searchsorted(words.sentences, np.arange(len(texts) + 1))
    weighing = CALLS if read.call else NEWS
    sums = np.concatenate([[0.0], np.cumsum(single + weighing.pair * pair)])
    lengths = np.concatenate([[0.0], np.cumsum(sizes)])
    found: list[tuple[float, int, int, int, int, int]] = []
    for number, text in enumerate(texts):
        rows = slice(firsts[number], firsts[number + 1])
        cuts = clauses(text) if read.call else ((0, len(text)),)
        for start, end in cuts:
            first = int(firsts[number] + np.searchsorted(words.starts[rows], start))
            last = int(firsts[number] + np.searchsorted(words.ends[rows], end, side="right"))
            if last > first:
                worth = (sums[last] - sums[first]) / (lengths[last] - lengths[first] + weighing.expected_words / 2)
                found.append((-float(worth), number, start, end, first, last))
    found.sort()
    return [
        _Candidate(
            number,
            start,
            end,
            words.pieces[first:last],
            tuple(single[first:last].tolist()),
            tuple(pair[first:last].tolist()),
            float(lengths[last] - lengths[first]),
            len(standing(texts[number][start:end])),
        )
        for _, number, start, end, first, last in found[:CANDIDATES]
    ]


def _chosen(
    candidates: list[_Candidate],
    vectors: Matrix,
    article: Matrix,
    call: bool,
    max_sentences: int,
    max_chars: int | None,
) -> list[_Candidate]:
    """Return the choice in order of the text: each step adds what raises the promise most."""
    weighing = CALLS if call else NEWS
    chosen: list[_Candidate] = []
    said: Counter[tuple[str, ...]] = Counter()
    said_pairs: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()
    shared, size, chars, best = 0.0, 0.0, 0, -1.0
    total = np.zeros(vectors.shape[1], dtype=np.float64)
    taken: set[int] = set()
    while candidates and len(taken) < max_sentences:
        offers: list[tuple[float, float, _Candidate]] = []
        for candidate in candidates:
            if chosen and max_chars is not None and chars + 1 + candidate.chars > max_chars:
                continue
            if any(candidate.terms == other.terms for other in chosen):
                continue
            gain = _gain(candidate, weighing, said, said_pairs)
            sums = total + vectors[candidate.sentence]
            near = float(sums @ article) / max(float(np.linalg.norm(sums)), 1e-12)
            promise = 2 * (shared + gain) / (size + candidate.size + weighing.expected_words) + weighing.nearness * near
            offers.append((round(promise, 6), gain, candidate))
        # Equal promises go to the earlier sentence, whatever the rounding.
        offer = max(offers, key=lambda o: (o[0], -o[2].sentence, -o[2].start), default=None)
        # News fills the length that was asked for; a call ends where more would only dilute it.
        if offer is None or (call and offer[0] <= best):
            break
        best, gain, taking = offer
        chosen.append(taking)
        taken.add(taking.sentence)
        shared, size, chars = shared + gain, size + taking.size, chars + bool(chosen[:-1]) + taking.chars
        total += vectors[taking.sentence]
        said.update(taking.terms)
        said_pairs.update(zip(taking.terms, taking.terms[1:], strict=False))
        candidates = [
            c for c in candidates if c.sentence != taking.sentence or c.start >= taking.end or c.end <= taking.start
        ]
    return sorted(chosen, key=lambda c: (c.sentence, c.start))


def _gain(
    candidate: _Candidate,
    weighing: Weighing,
    said: Counter[tuple[str, ...]],
    said_pairs: Counter[tuple[tuple[str, ...], tuple[str, ...]]],
) -> float:
    terms = candidate.terms
    gain = sum(
        worth * weighing.repeated ** min(4, said[term]) for term, worth in zip(terms, candidate.singles, strict=True)
    )
    nexts = zip(terms, terms[1:], candidate.pairs, strict=False)
    return gain + weighing.pair * sum(worth * weighing.repeated ** min(4, said_pairs[a, b]) for a, b, worth in nexts)
