"""Sentiment of names: from the tokens of the span, beside the mean of its sentence.

A span's tokens have seen the whole sentence, and a small encoder hears of B what was said of A. So a clause that is set
apart from another name's, behind `as` or `while`, is read once more by itself, in the same batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.network.contrasts import Place, own_clause
from models.network.encoder import Encoded, Encoder, TextSpan
from models.network.heads import Heads
from models.network.raters import as_raters

READ_ALONE_SHARE = 0.5
"""Of what a clause says alone. Chosen on the rows of SEntFiN's training part that choose: of 1,142 names 87 have a
clause of their own, of which 0.920 are right instead of 0.885."""


class Read(NamedTuple):
    """Be what one batch gives: the texts and the spans, and the sentiment of each span, (M, 3)."""

    encoded: Encoded
    sentiment: npt.NDArray[np.float64]


def read_entities(encoder: Encoder, heads: Heads, texts: Sequence[str], spans: Sequence[TextSpan]) -> Read:
    """Encode texts with spans in them, and judge each span.

    Raises:
        ModelBusy: the device had no memory even for one text.
    """
    clauses = _own_clauses(texts, spans)
    cut = [texts[spans[row].text][slice(*clause)] for row, clause in clauses.items()]
    moved = [
        TextSpan(len(texts) + number, spans[row].start - clause[0], spans[row].end - clause[0])
        for number, (row, clause) in enumerate(clauses.items())
    ]
    encoded = encoder.encode([*texts, *cut], [*spans, *moved])
    of_texts, of_cut = np.split(encoded.texts, [len(texts)])
    of_spans, of_moved = np.split(encoded.spans, [len(spans)])
    said = heads.read_sentiment(of_spans, of_texts[[span.text for span in spans]])
    if clauses:
        rows = list(clauses)
        said[rows] = READ_ALONE_SHARE * heads.read_sentiment(of_moved, of_cut) + (1 - READ_ALONE_SHARE) * said[rows]
    return Read(Encoded(of_texts, of_spans), as_raters(said, texts, spans))


def _own_clauses(texts: Sequence[str], spans: Sequence[TextSpan]) -> dict[int, Place]:
    """Return the clause of each span, by its row, where it has one of its own."""
    inside: dict[int, set[Place]] = {}
    for span in spans:
        if span.start < span.end:
            inside.setdefault(span.text, set()).add((span.start, span.end))
    found: dict[int, Place] = {}
    for row, (text, start, end) in enumerate(spans):
        names = inside.get(text, set())
        if start < end and len(names) > 1 and (clause := own_clause(texts[text], (start, end), names)):
            found[row] = clause
    return found
