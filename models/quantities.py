"""Lessons written by rule: which quantities are good for a company when they rise, and which are bad.

No set at hand says it: Reuters' tables compare profits only. Patterns and companies are invented here; what is measured
is written by other hands on other patterns (`models/data/evaluation/direction_pairs.jsonl`).
"""

from __future__ import annotations

import numpy as np

from models.datasets import SentimentExample

GOOD = (
    "profit",
    "net profit",
    "pre-tax profit",
    "operating profit",
    "net income",
    "earnings per share",
    "revenue",
    "sales",
    "turnover",
    "gross margin",
    "operating margin",
    "order intake",
    "order backlog",
    "free cash flow",
    "cash flow from operations",
    "bookings",
    "subscribers",
    "market share",
    "same-store sales",
    "passenger numbers",
    "production",
    "output",
    "deposits",
    "net interest income",
    "assets under management",
    "dividend per share",
    "return on equity",
    "occupancy",
    "capacity utilisation",
    "average selling price",
    "new contracts",
    "visitors",
    "shipments",
    "active users",
    "customer satisfaction score",
    "credit rating outlook score",
)
BAD = (
    "costs",
    "operating costs",
    "net debt",
    "debt",
    "borrowings",
    "interest expense",
    "wage bill",
    "fuel bill",
    "raw material costs",
    "bad loans",
    "non-performing loans",
    "loan losses",
    "provisions",
    "impairments",
    "write-downs",
    "legal costs",
    "claims",
    "customer churn",
    "order cancellations",
    "defects",
    "complaints",
    "staff turnover",
    "accident rate",
    "unsold inventory",
    "overdue receivables",
    "restructuring charges",
    "tax bill",
    "vacancy rate",
    "leverage ratio",
    "cash burn",
    "days of downtime",
    "rejected shipments",
    "warranty expense",
    "pension deficit",
    "loss ratio",
    "returns from customers",
    "insurance premiums paid",
    "fines",
)
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
    "{name} reported {thing} of {new} (previous year: {old}).",
    "{name} {thing} {verb} from {old} to {new} in the half year",
    "{name}'s {thing} {verb} sharply in the third quarter.",
    "The year's {thing} stood at {new} versus {old}, {name} announced.",
    "{name} sees higher demand; {thing} {new}, year-ago {old}",
    "Full-year {thing} of {name} {verb}, the board said.",
)
_UNITS = ("{} million", "${}m", "Rs {} crore", "€{} million", "{}%", "{} mln dlrs", "£{}m", "{} bln", "{}")
_RISEN = ("rose", "climbed", "increased", "grew", "jumped")
_FALLEN = ("fell", "declined", "dropped", "shrank", "slipped")
COUNT = 1600


def quantity_examples(seed: int = 0, count: int = COUNT) -> list[SentimentExample]:
    """Return examples about one company each, half good and half bad for it; the same for the same seed."""
    random = np.random.default_rng(seed)
    return [_example(random, good=i % 2 == 0) for i in range(count)]


def _example(random: np.random.Generator, *, good: bool) -> SentimentExample:
    rising_is_good = bool(random.integers(2))
    thing = str(random.choice(GOOD if rising_is_good else BAD))
    rises = rising_is_good is good
    low = float(random.uniform(2, 900))
    high = low * float(random.uniform(1.08, 1.9))
    digits = int(random.integers(0, 2)) if low > 20 else 1
    unit = str(random.choice(_UNITS))
    new, old = (high, low) if rises else (low, high)
    name = str(random.choice(_NAMES))
    text = str(random.choice(_PATTERNS)).format(
        name=name,
        thing=thing,
        new=unit.format(f"{new:.{digits}f}"),
        old=unit.format(f"{old:.{digits}f}"),
        verb=str(random.choice(_RISEN if rises else _FALLEN)),
    )
    start = text.index(name)
    return SentimentExample(text, (start, start + len(name)), (0.0, 0.0, 1.0) if good else (1.0, 0.0, 0.0))
