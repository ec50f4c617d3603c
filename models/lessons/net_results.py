"""Labelled sentiment from old results: Reuters' lines of net profit tell themselves whether they are good news."""

from __future__ import annotations

import re
from pathlib import Path

from models.figures.directions import FigurePair, directions
from models.lessons.datasets import SentimentExample, fold_of, rows

SAME = 0.02
"""Of the previous result: a change within it is neither good nor bad."""
HEAD_CHARS = 1_500
"""Of a body: the lines of the latest period come first."""

_NET = re.compile(r"\b(?:Oper(?:ating)? )?Net(?: (?:profit|income|loss))?(?: loss| profit)?\s+$", re.I)
# "HARWICK FOODS INC <HWF> 4TH QTR NET", "<HARWICK FOODS INC> YEAR LOSS", "HARWICK FOODS AG (HWFG.F) 1986 YEAR"
_COMPANY = re.compile(
    r"[<(]?(?P<name>[A-Z][A-Z0-9&.,'/ -]*?)(?=\s*[<>()]|\s+(?:1ST|2ND|3RD|4TH|FIRST|SECOND|THIRD|FOURTH|YEAR|YR|HALF"
    r"|SIX|NINE|THREE|TWELVE|12|Q[1-4]|19\d\d|QTR|QTLY|OPER|NET|INTERIM|GROUP|FISCAL|JAN|FEB|MARCH|APRIL|MAY|JUNE|JULY|AUG|SEPT"
    r"|OCT|NOV|DEC)\b|$)"
)
_NOTE = re.compile(r"\bnotes?\b\s?[:.-]", re.I)
_PERIOD = re.compile(
    r"\b(?:Year|(?:Three|Six|Eight|Nine|10|12|26|39|52|53)\s(?:mths|months|wks|weeks)|(?:1st\s|First\s)?[Hh]alf)\b"
)
_POSITIVE, _NEUTRAL, _NEGATIVE = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)


def net_result_examples(data: Path) -> list[SentimentExample]:
    """Read the Reuters training articles that say "Net 8 vs 5": an example for each period, about the title's company.

    The text is the title with the line of the net result, the title with all lines of the period down to it, or these
    lines alone (about the whole text, for they name nobody); which one, the hash of the text decides. Better than the
    previous result is positive, worse negative, within two per cent neutral.

    Raises:
        DataMissing: the set is not there.
    """
    return [
        example
        for row in rows(data, "reuters")
        if row["modapte"] == "train"
        for example in net_results(" ".join(row["title"].split()), " ".join(row["body"].split()))
    ]


def net_results(title: str, body: str) -> list[SentimentExample]:
    """Return the examples that an article makes: of its first period, then of longer ones."""
    head = body[:HEAD_CHARS]
    note = _NOTE.search(head)
    head = head[: note.start()] if note else head
    found: list[SentimentExample] = []
    last = 0
    for pair in directions(head):
        net = _NET.search(head, max(0, pair.current.start - 40), _line_start(head, pair))
        if net is None or " vs " not in head[pair.current.end : pair.previous.start]:
            continue
        period = 0
        if found:  # of a longer period only where the lines say which
            named = _PERIOD.search(head, last, net.start())
            if named is None:
                continue
            period = named.start()
        last = pair.previous.end
        found.append(_example(title, head[net.start() : last], head[period:last], pair))
    return found


def _example(title: str, line: str, lines: str, pair: FigurePair) -> SentimentExample:
    company = _COMPANY.match(title)
    rendering = fold_of(f"{title} {lines}", 3, "net results")
    if rendering == 2 or company is None:
        return SentimentExample(lines, None, _target(pair))
    text = f"{title}\n{line if rendering == 0 else lines}"
    return SentimentExample(text, company.span("name"), _target(pair))


def _line_start(head: str, pair: FigurePair) -> int:
    """Return where the figure begins, or the word before it that says whether it is a loss or a profit."""
    sign = re.search(r"(?:loss|profit)\s+$", head[: pair.current.start], re.I)
    return sign.start() if sign else pair.current.start


def _target(pair: FigurePair) -> tuple[float, float, float]:
    change = pair.current_value - pair.previous_value
    if abs(change) <= SAME * abs(pair.previous_value):
        return _NEUTRAL
    return _POSITIVE if change > 0 else _NEGATIVE
