"""Lessons written by rule: which quantities are good for a company when they rise, and which are bad.

No set at hand says it: Reuters' tables compare profits only. Patterns and companies are invented here; what is measured
is written by other hands on other patterns (`models/data/evaluation/direction_pairs.jsonl`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from models.lessons.datasets import SentimentExample

_NAMES = (
    "Vantor Robotics",
    "Brightwell Foods",
    "Kestrel Air",
    "Holm & Sons",
    "Orrin Energy",
    "Palisade Bank",
    "Tessaly Pharma",
    "Mistral Cement",
    "Quillon Media",
    "Ardent Rail",
    "Norvale Mining",
    "Silverbrook Homes",
    "Caspian Cables",
    "Delmont Steel",
    "Evergate Insurance",
    "Fjordline Shipping",
    "Granada Textiles",
    "Harrow Semiconductor",
    "Ilex Paper",
    "Juniper Hill Hotels",
)
_PATTERNS = (
    "{name} said {thing} for the quarter came to {new}, compared with {old} a year earlier.",
    "{name}: {thing} {new} vs {old}",
    "At {name}, {thing} {verb} to {new} from {old}.",
    "{thing} at {name} of {new} against {old} in the same period last year",
    "{name} put its {thing} at {new}, after {old} the year before.",
    "{name} {thing} {verb} from {old} to {new} in the half year",
    "{name}'s {thing} {verb} sharply in the third quarter.",
    "The year's {thing} stood at {new} versus {old}, {name} announced.",
    "{name} sees higher demand; {thing} {new}, year-ago {old}",
    "Full-year {thing} of {name} {verb}, the board said.",
    "{name} says {thing} in the quarter {verb} to {new}.",
    "{name} had {thing} of {new} in March; a year before it was {old}.",
    "{thing} {verb} at {name}",
    "{name}: {thing} {verb} {change} to {new}",
    "{name} {thing} {verb} {change}",
    "{verb_first} {thing} at {name}: {new} after {old}",
    "With {thing} at {new}, compared to {old} last year, {name} surprised analysts.",
    "{name}'s {thing}: {new} (vs. {old})",
    "{thing} of {new} from {old} at {name}, the company's half-year report shows.",
    "From {old} in 2021, {thing} at {name} {verb} to {new} in 2022.",
    "{name} expects {thing} of {new} this year, against {old} in the last one",
    "{name}, whose {thing} {verb} to {new}, will update investors in May.",
)
_UNITS = ("{} million", "${}m", "Rs {} crore", "€{} million", "{}%", "{} mln dlrs", "£{}m", "{} bln", "{}")
_RISEN = {"rose": "Rising", "climbed": "Climbing", "increased": "Increased", "grew": "Growing", "jumped": "Higher"}
_FALLEN = {"fell": "Falling", "declined": "Declining", "dropped": "Lower", "shrank": "Shrinking", "slipped": "Reduced"}
"""Verbs, each with the word for it at the head of a sentence."""
COUNT = 3200
_FILE = Path(__file__).parents[1] / "data" / "quantities.tsv"


def quantities() -> dict[str, tuple[str, ...]]:
    """Return the quantities that are `good` for a company when they rise, and those that are `bad`."""
    rows = [line.split("\t") for line in _FILE.read_text("utf-8").splitlines()]
    return {kind: tuple(thing for known, thing in rows if known == kind) for kind in ("good", "bad")}


def quantity_examples(seed: int = 0, count: int = COUNT) -> list[SentimentExample]:
    """Return examples about one company each, half good and half bad for it; the same for the same seed."""
    random, known = np.random.default_rng(seed), quantities()
    return [_example(random, known, good=i % 2 == 0) for i in range(count)]


def _example(random: np.random.Generator, known: Mapping[str, Sequence[str]], *, good: bool) -> SentimentExample:
    rising_is_good = bool(random.integers(2))
    thing = str(random.choice(known["good" if rising_is_good else "bad"]))
    rises = rising_is_good is good
    low = float(random.uniform(2, 900))
    high = low * float(random.uniform(1.08, 1.9))
    digits = int(random.integers(0, 2)) if low > 20 else 1
    unit = str(random.choice(_UNITS))
    new, old = (high, low) if rises else (low, high)
    name = str(random.choice(_NAMES))
    verbs = _RISEN if rises else _FALLEN
    verb = str(random.choice(list(verbs)))
    text = str(random.choice(_PATTERNS)).format(
        name=name,
        thing=thing,
        new=unit.format(f"{new:.{digits}f}"),
        old=unit.format(f"{old:.{digits}f}"),
        verb=verb,
        verb_first=verbs[verb],
        change=f"{100 * abs(new / old - 1):.0f}%",
    )
    start = text.index(name)
    return SentimentExample(text, (start, start + len(name)), (0.0, 0.0, 1.0) if good else (1.0, 0.0, 0.0))
