"""Feedback: what a line teaches, and what is wrong with one that cannot be used."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest

from models.lessons.feedback import read_feedback
from models.topics import NAMES
from streams.errors import DataMissing, MisconfiguredError


def test_lines_become_lessons(tmp_path: Path) -> None:
    """A label is about the entity's span, topics are yes and no, and everything else stays unknown."""
    path = tmp_path / "feedback.jsonl"
    path.write_text(
        '{"text": "Vantor soars as Orrin sinks", "entity": "Orrin", "label": "negative"}\n\n'
        '{"text": "Orrin pays out", "topics": ["dividend"], "not_topics": ["ipo"]}\n',
        encoding="utf-8",
    )
    first, second = read_feedback(path)
    assert first.sentiments == (((16, 21), (1.0, 0.0, 0.0)),)
    assert first.topics is None
    assert second.topics is not None
    assert second.topics[NAMES.index("dividend")] == 1.0
    assert second.topics[NAMES.index("ipo")] == 0.0
    assert math.isnan(second.topics[NAMES.index("legal")])
    assert not second.one_topic


def test_a_name_inside_a_word_is_not_it(tmp_path: Path) -> None:
    """A label is about the first place where the name is a word of its own, with its possessive as well."""
    path = tmp_path / "feedback.jsonl"
    path.write_text(
        '{"text": "Tideway maker: Tide falls", "entity": "Tide", "label": "negative"}\n'
        '{"text": "Ebb-Tide rivals: Tide\'s profit, Tide rises", "entity": "Tide\'s", "label": "positive"}\n'
        '{"text": "AT&T and $TDE", "entity": "$TDE", "label": "positive"}\n',
        encoding="utf-8",
    )
    spans = [lesson.sentiments[0][0] for lesson in read_feedback(path)]
    assert spans == [(15, 19), (17, 23), (9, 13)]


def test_a_name_is_looked_for_in_what_is_read(tmp_path: Path) -> None:
    """Typographic apostrophes and unbroken blanks are those of a keyboard, and an address in a tag is no text."""
    path = tmp_path / "feedback.jsonl"
    path.write_text(
        '{"text": "Orrin’s Grill sinks", "entity": "Orrin\'s Grill", "label": "negative"}\n'
        '{"text": "Vantor\u00a0Inc and Orrin\'s", "entity": "Orrin’s", "label": "positive"}\n'
        '{"text": "Vantor\u00a0Inc sinks", "entity": "Vantor Inc", "label": "negative"}\n'
        '{"text": "<a href=\\"/Orrin\\">Vantor</a> beats Orrin", "entity": "Orrin", "label": "negative"}\n',
        encoding="utf-8",
    )
    lessons = read_feedback(path)
    said = [lesson.sentences[0][slice(*(lesson.sentiments[0][0] or (0, 0)))] for lesson in lessons]
    assert said == ["Orrin's Grill", "Orrin's", "Vantor Inc", "Orrin"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ('{"text": ""}', "text"),
        ('{"text": "Orrin sinks", "label": "bad"}', "label"),
        ('{"text": "Orrin sinks", "topics": ["weather"]}', "topics"),
        ('{"text": "Orrin sinks", "entity": "Vantor", "label": "negative"}', "does not occur"),
        ('{"text": "Orrins sink", "entity": "Orrin", "label": "negative"}', "as a word of its own"),
        ('{"text": "Orrin sinks"}', "give label, topics"),
        ('{"text": " ", "label": "positive"}', "text: it holds no word"),
        ('{"text": "<br>", "label": "positive"}', "text: it holds no word"),
        ('{"text": "Orrin sinks", "entity": "", "label": "negative"}', "entity: '' is no name"),
        ('{"text": "Orrin sinks", "entity": " ", "label": "negative"}', "entity: ' ' is no name"),
        ('{"text": "Orrin sinks", "topics": ["ipo"], "not_topics": ["ipo"]}', "topics: ipo is in not_topics too"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    """Each mistake names file, line and field."""
    path = tmp_path / "feedback.jsonl"
    path.write_text('{"text": "Orrin sinks", "label": "negative"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=rf"feedback\.jsonl:2: .*{told}"):
        read_feedback(path)


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    """Gzip teaches what its lines teach, and a broken one is told once."""
    path = tmp_path / "feedback.jsonl"
    packed = gzip.compress(b'{"text": "Orrin sinks", "label": "negative"}\n' * 3)
    path.write_bytes(packed)
    assert len(read_feedback(path)) == 3
    path.write_bytes(packed[:-9])
    with pytest.raises(DataMissing, match="breaks off"):
        read_feedback(path)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    """Nothing to learn, or no file, is no success."""
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(DataMissing, match="holds no feedback"):
        read_feedback(tmp_path / "empty.jsonl")
    with pytest.raises(DataMissing, match="not there"):
        read_feedback(tmp_path / "none.jsonl")
