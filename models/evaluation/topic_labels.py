"""Articles whose topics were all checked by hand: what partial labels of the sets cannot measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.evaluation.labelled_texts import labelled_rows
from models.topics import NAMES
from streams.records import Article

LABELS = Path(__file__).parents[1] / "data" / "evaluation" / "topics.jsonl"


@dataclass(frozen=True, slots=True)
class TopicLabels:
    """Be an article with every topic that applies to it; any other does not."""

    article: Article
    topics: frozenset[str]

    @property
    def target(self) -> list[float]:
        """Return 1 or 0 for each topic, in the order of `models.topics.NAMES`."""
        return [float(name in self.topics) for name in NAMES]


def topic_labels(data: Path, labels: Path = LABELS) -> list[TopicLabels]:
    """Read the checked articles, their texts out of the data folder.

    Raises:
        DataMissing: a set is not there, or holds no text of a hash that is labelled.
    """
    rows = labelled_rows(data, labels, whole=True)
    return [TopicLabels(article, frozenset(row["topics"])) for row, article in rows]
