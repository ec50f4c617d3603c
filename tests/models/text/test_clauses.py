"""Clauses: which parts of a sentence may stand for it."""

from __future__ import annotations

import pytest

from models.text.clauses import clauses, standing

SENTENCE = (
    "I'm pleased to report that revenue rose 12% to $410 million, driven by strong orders, and adjusted earnings per"
    " share were $1.24."
)


def test_parts_of_a_sentence() -> None:
    """What leads in is left out, and so may be what only adds; a joined clause may stand alone."""
    parts = [SENTENCE[start:end] for start, end in clauses(SENTENCE)]
    assert "revenue rose 12% to $410 million" in parts
    assert "adjusted earnings per share were $1.24." in parts
    assert not any("pleased" in part for part in parts)


@pytest.mark.parametrize("sentence", ["Thank you.", "x" * 1_000, "We, and, ;;;", "…", "12,5, 4, 3"])
def test_short_and_strange_ones_stand_whole(sentence: str) -> None:
    """Where no part has four words the sentence is its one clause."""
    assert list(clauses(sentence)) == [(0, len(sentence))]


def test_every_part_is_verbatim_and_inside() -> None:
    """Offsets lie within the sentence and do not begin or end with a comma."""
    for start, end in clauses(SENTENCE):
        assert 0 <= start < end <= len(SENTENCE)
        assert SENTENCE[start:end].strip(", ") == SENTENCE[start:end]


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ("revenue rose 12%", "Revenue rose 12%."),
        ("it rose,", "It rose."),
        ("eBay rose", "eBay rose."),
        ('He said "yes."', 'He said "yes."'),
        ("it rose?)", "It rose?)"),
        ("利益は39%減だった。", "利益は39%減だった。"),
        ("「利益は減った。」", "「利益は減った。」"),
        ("it rose to 5 million…", "It rose to 5 million…"),
        ("it rose, see https://t.co/abc123", "It rose, see https://t.co/abc123"),
        ("it is told at www.vantor.example", "It is told at www.vantor.example"),
        ("https://t.co/abc123 has it", "https://t.co/abc123 has it."),
        ("", ""),
    ],
)
def test_a_clause_as_a_sentence(clause: str, sentence: str) -> None:
    """It begins with a capital and ends with a mark, unless that would change a name or an address."""
    assert standing(clause) == sentence


def test_a_list_is_one_clause() -> None:
    """Each run of its marks was one: 55,000 in a sentence, and hundreds of sentences of an article took minutes."""
    names = "Orrin; " * 142
    assert list(clauses(names)) == [(0, len(names))]
    told = "Sales of Orrin rose by a tenth; " * 12
    assert len(list(clauses(told))) > 12
