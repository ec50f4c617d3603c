"""Lessons written by rule: plain events that are good, bad or neither for the company that they are about.

The sets at hand speak of prices and results, and hardly of accidents, courts or strikes. Headlines and companies are
invented here. What is measured (`models/data/evaluation/bad_events.jsonl`) tells of some of the same kinds of event, in
other words and of other companies.
"""

from __future__ import annotations

from pathlib import Path

from models.lessons.datasets import SentimentExample

_FILE = Path(__file__).parents[1] / "data" / "events.tsv"
TARGETS = {"bad": (1.0, 0.0, 0.0), "neither": (0.0, 1.0, 0.0), "good": (0.0, 0.0, 1.0)}
"""What the words of the written lessons mean, as probabilities of the three labels."""
TIMES = 3
"""So often each headline is told, each time of another company."""
_FIRST = ("Alder", "Belmar", "Corvin", "Dunmore", "Esker", "Falkirk", "Gideon", "Hexham", "Isola", "Jarrow")
_SECOND = ("Freight", "Biotech", "Motors", "Grocers", "Capital", "Minerals", "Software", "Power", "Lines", "")


def headlines() -> list[tuple[str, str]]:
    """Return the headlines, `{}` in the place of the company, each with `bad`, `good` or `neither`."""
    rows = [line.split("\t") for line in _FILE.read_text("utf-8").splitlines()]
    return [(headline, kind) for kind, headline in rows]


def event_examples() -> list[SentimentExample]:
    """Return the headlines, each of several companies."""
    return [
        _example(headline, _company(place * TIMES + time), TARGETS[kind])
        for place, (headline, kind) in enumerate(headlines())
        for time in range(TIMES)
    ]


def _company(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number * 7 // len(_FIRST) % len(_SECOND)]}".strip()


def _example(headline: str, name: str, target: tuple[float, float, float]) -> SentimentExample:
    start = headline.index("{}")
    return SentimentExample(headline.replace("{}", name), (start, start + len(name)), target)
