"""The measure of linking, on invented articles, and the labels that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from models.entities.gazetteer import Gazetteer, GazetteerEntry
from models.evaluation.linking import LABELS, LabelledArticle, Mention, evaluate_linking, labelled_articles
from models.evaluation.topic_labels import topic_labels
from models.topics import NAMES
from streams.enrichment import Span
from streams.errors import DataMissing
from streams.records import EntityId
from tests.models.conftest import MakeArticle

GAZETTEER = Gazetteer(
    [
        GazetteerEntry(id=EntityId("t:VTR"), name="Vantor Robotics"),
        GazetteerEntry(id=EntityId("t:AM"), name="Anvil Metals"),
        GazetteerEntry(id=EntityId("b:x"), name="Harbour Board", kind="other"),
    ]
)


def _mention(start: int, end: int, entity_id: str | None, **marks: bool) -> Mention:
    return Mention(Span(field="body", start=start, end=end), EntityId(entity_id) if entity_id else None, **marks)


def _figures(make_article: MakeArticle, body: str, mentions: Sequence[Mention]) -> tuple[int, int, int, int, int]:
    figures = evaluate_linking([LabelledArticle(make_article("", body), tuple(mentions))], GAZETTEER)
    return figures.wanted, figures.found, figures.right, figures.ambiguous_found, figures.ambiguous_right


def test_right_wrong_and_missed(make_article: MakeArticle) -> None:
    """A link to another entity is wrong, an unlinked one missed, and kind `other` does not count."""
    body = "Vantor Robotics, Anvil Metals, Tide, Harbour Board"
    mentions = [_mention(0, 15, "t:VTR"), _mention(17, 29, "t:OTHER", ambiguous=True), _mention(31, 35, "t:TDE")]
    assert _figures(make_article, body, mentions) == (3, 2, 1, 1, 0)


def test_optional_counts_neither_way(make_article: MakeArticle) -> None:
    """What a reader may take either way is neither right nor wrong nor missed."""
    assert _figures(make_article, "Vantor Robotics", [_mention(0, 15, "t:VTR", optional=True)]) == (0, 0, 0, 0, 0)


def test_the_kept_labels() -> None:
    """There are 300 articles, at least 80 with ambiguous words, both names and not, and no text beside the labels."""
    rows = [orjson.loads(line) for line in LABELS.read_bytes().splitlines()]
    hard = [label for row in rows for label in row["labels"] if label.get("ambiguous")]
    assert len({(row["set"], row["sha256"]) for row in rows}) == 300
    assert sum(any(label.get("ambiguous") for label in row["labels"]) for row in rows) >= 80
    assert {label["id"] is None for label in hard} == {True, False}
    assert all(set(row) == {"set", "sha256", "labels"} for row in rows)


def test_the_labels_fit_their_texts(real_data: Path) -> None:
    """Every text is found by its hash, and every label lies inside it."""
    for labelled in labelled_articles(real_data):
        for mention in labelled.mentions:
            text = labelled.article.title if mention.span.field == "title" else labelled.article.body
            assert 0 <= mention.span.start < mention.span.end <= len(text)
    checked = topic_labels(real_data)
    assert len(checked) == 200
    assert all(item.topics and item.topics <= set(NAMES) for item in checked)


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    """A missing data folder is said."""
    with pytest.raises(DataMissing):
        labelled_articles(tmp_path)
