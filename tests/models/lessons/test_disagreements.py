"""Wordings that carry several labels: how they are found, and what becomes of their rows."""

from __future__ import annotations

from pathlib import Path

from models.lessons import datasets
from models.lessons.datasets import SentimentExample
from models.lessons.disagreements import disagreements, soften, template_of

NEGATIVE, NEUTRAL, POSITIVE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def _example(text: str, entity: str, target: tuple[float, float, float]) -> SentimentExample:
    start = text.index(entity)
    return SentimentExample(text, (start, start + len(entity)), target)


def _losses(*targets: tuple[float, float, float]) -> list[SentimentExample]:
    return [
        _example(f"{name} Q{number % 4 + 1} net loss at Rs {number}.4 crore", name, target)
        for number, (name, target) in enumerate(
            zip(("Vantor", "Anvil", "Ebbco", "Quill", "Tide"), targets, strict=False)
        )
    ]


def test_figures_periods_and_names_make_no_other_wording() -> None:
    """The template keeps what is said and drops of whom, how much and when."""
    first = _example("Vantor Robotics Q2 net loss at Rs 10.4 crore", "Vantor Robotics", NEUTRAL)
    second = _example("Anvil reports net loss of $3 million in June quarter", "Anvil", NEGATIVE)
    other = _example("Anvil Q2 net profit at Rs 10.4 crore", "Anvil", NEUTRAL)
    assert template_of(first) == template_of(second) == "@ net loss #"
    assert template_of(other) != template_of(first)


def test_rows_of_a_disagreement_share_its_labels() -> None:
    """Three neutral and one positive of a wording become three quarters neutral; other rows stay as they are."""
    clear = _example("Vantor wins a large order", "Vantor", POSITIVE)
    labels = (NEUTRAL, POSITIVE, NEUTRAL, NEUTRAL)
    profits = [
        _example(f"{name} Q2 Rs 10.4 crore profit", name, target)
        for name, target in zip(("Vantor", "Anvil", "Ebbco", "Quill"), labels, strict=True)
    ]
    softened = soften([clear, *profits])
    assert softened[0] == clear
    assert [row.target for row in softened[1:]] == [(0.0, 0.75, 0.25)] * 4
    assert [row.text for row in softened[1:]] == [row.text for row in profits]


def test_of_a_decided_wording_the_rows_with_its_label_remain() -> None:
    """A net loss is negative by what the labels mean: rows that say otherwise teach nothing."""
    rows = _losses(NEUTRAL, NEGATIVE, NEUTRAL, NEUTRAL)
    (found,) = disagreements(rows)
    assert (found.template, found.counts, found.rows) == ("@ net loss #", (1, 3, 0), (0, 1, 2, 3))
    assert soften(rows) == [rows[1]]


def test_few_rows_and_agreement_are_left_alone() -> None:
    """Three rows say too little, and four of five with one label are agreement."""
    for rows in (_losses(NEUTRAL, NEGATIVE, NEUTRAL), _losses(NEUTRAL, NEGATIVE, NEUTRAL, NEUTRAL, NEUTRAL)):
        assert soften(rows) == rows


def test_figures_that_can_be_compared_are_no_disagreement() -> None:
    """A net of 8 against 5 and of 5 against 8 have one wording and rightly different labels."""
    rows = [
        SentimentExample(f"Net {a} mln vs {b} mln", None, POSITIVE if a > b else NEGATIVE)
        for a, b in ((8, 5), (5, 8), (7, 3), (3, 7))
    ]
    assert soften(rows) == rows


def test_the_real_headlines_disagree_on_net_losses(real_data: Path) -> None:
    """The wording that the notes on the data name is found in the training part of SEntFiN."""
    found = {d.template: d.counts for d in disagreements(datasets.sentfin(real_data, held_out=False))}
    negative, neutral, _ = found["@ net loss #"]
    assert negative >= 10
    assert neutral >= 10
