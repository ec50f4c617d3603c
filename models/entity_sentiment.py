"""Sentiment of names: from the tokens of the span, beside the mean of its sentence and of its own clause.

A span's tokens have seen the whole sentence, and a small encoder hears of B what was said of A. So where a sentence
sets names apart, the mean beside the span leans to its own clause; a clause behind `as` or `while` is short and a
statement of its own, and is read once more by itself, in the same batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.contrasts import Parting, Place, own_clause
from models.encoder import Encoded, Encoder, TextSpan
from models.heads import Heads
from models.raters import as_raters

CLAUSE_SHARE = 0.5
"""Of the clause's mean beside that of its sentence …"""
READ_ALONE_SHARE = 0.5
"""… and of what the clause says alone. Both chosen on the rows of SEntFiN's training part that choose: accuracy 0.869
instead of 0.862 on 1,142, and 0.831 instead of 0.802 on the 248 in sentences whose names fare differently."""


class Read(NamedTuple):
    """Be what one batch gives: the texts and the spans, and the sentiment of each span, (M, 3)."""

    encoded: Encoded
    sentiment: npt.NDArray[np.float64]


def read_entities(encoder: Encoder, heads: Heads, texts: Sequence[str], spans: Sequence[TextSpan]) -> Read:
    """Encode texts with spans in them, and judge each span.

    Raises:
        ModelBusy: the device had no memory even for one text.
    """
    beside = _own_clauses(texts, spans, Parting.WORDS_AND_COMMAS)
    alone = _own_clauses(texts, spans, Parting.WORDS)
    clauses = [TextSpan(spans[row].text, *clause) for row, clause in beside.items()]
    cut = [texts[spans[row].text][slice(*clause)] for row, clause in alone.items()]
    moved = [
        TextSpan(len(texts) + number, spans[row].start - clause[0], spans[row].end - clause[0])
        for number, (row, clause) in enumerate(alone.items())
    ]
    encoded = encoder.encode([*texts, *cut], [*spans, *clauses, *moved])
    of_spans, of_clauses, of_moved = np.split(encoded.spans, [len(spans), len(spans) + len(clauses)])
    context = encoded.texts[[span.text for span in spans]]
    context[list(beside)] = CLAUSE_SHARE * of_clauses + (1 - CLAUSE_SHARE) * context[list(beside)]
    said = heads.read_sentiment(of_spans, context)
    if alone:
        again = heads.read_sentiment(of_moved, encoded.texts[len(texts) :])
        said[list(alone)] = READ_ALONE_SHARE * again + (1 - READ_ALONE_SHARE) * said[list(alone)]
    return Read(Encoded(encoded.texts[: len(texts)], of_spans), as_raters(said, texts, spans))


def _own_clauses(texts: Sequence[str], spans: Sequence[TextSpan], parting: Parting) -> dict[int, Place]:
    """Return the clause of each span, by its row, where it has one of its own."""
    inside: dict[int, set[Place]] = {}
    for span in spans:
        if span.start < span.end:
            inside.setdefault(span.text, set()).add((span.start, span.end))
    found: dict[int, Place] = {}
    for row, span in enumerate(spans):
        place = (span.start, span.end)
        others = inside.get(span.text, set()) - {place}
        if others and span.start < span.end:
            clause = own_clause(texts[span.text], place, others, parting)
            if clause is not None:
                found[row] = clause
    return found
