"""Measuring the linking of names: against articles labelled by hand, and end to end with the sentiment.

The labels lie in `data/evaluation/linking.jsonl`; `data/README.md` says what they cover.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.entities.finding import find_entities
from models.entities.gazetteer import Gazetteer
from models.evaluation.labelled_texts import SETS, labelled_rows
from models.lessons.datasets import fold_of, rows
from streams.enrichment import Label, Span
from streams.records import Article, ArticleId, EntityId

LABELS = Path(__file__).parents[1] / "data" / "evaluation" / "linking.jsonl"
HELD_OUT_FOLDS = 5
NamedSpan = tuple[str, int, int]
JudgeSpans = Callable[[Sequence[NamedSpan]], Sequence[Label]]
"""Give a label for each headline with the start and end of a name in it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Be a labelled place: an entity's, or (id None) that of a word that names none.

    `optional` marks what a reader may take either way: finding it is neither right nor wrong. `ambiguous` marks a
    word that is an ordinary word, a person or a place as well.
    """

    span: Span
    id: EntityId | None
    optional: bool = False
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """Be an article with every mention in the part of it that was read."""

    article: Article
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class LinkingFigures:
    """Be what the linking got right: of what it found, of what there was, and of ambiguous words that it linked."""

    articles: int
    wanted: int
    found: int
    right: int
    recalled: int
    ambiguous_found: int
    ambiguous_right: int

    @property
    def precision(self) -> float:
        """Return the share of found mentions that are right."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """Return the share of labelled mentions that were found."""
        return self.recalled / max(1, self.wanted)

    @property
    def ambiguous_precision(self) -> float:
        """Return the share of linked ambiguous words that are right."""
        return self.ambiguous_right / max(1, self.ambiguous_found)


@dataclass(frozen=True, slots=True)
class EndToEndFigures:
    """Be how many of the headlines' entities were found, and were found and judged right, nobody giving their spans."""

    entities: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Return the share of entities that were found."""
        return self.found / max(1, self.entities)

    @property
    def accuracy(self) -> float:
        """Return the share of all entities that were found and have the right label."""
        return self.right / max(1, self.entities)


def labelled_articles(data: Path, labels: Path = LABELS) -> list[LabelledArticle]:
    """Read the labelled articles, their texts out of the data folder.

    Raises:
        DataMissing: a set is not there, or holds no text of a hash that is labelled.
    """
    found: list[LabelledArticle] = []
    for row, article in labelled_rows(data, labels):
        mentions = tuple(
            Mention(
                Span(field=label["field"], start=label["start"], end=label["end"]),
                label["id"],
                optional=label.get("optional", False),
                ambiguous=label.get("ambiguous", False),
            )
            for label in row["labels"]
        )
        found.append(LabelledArticle(article, mentions))
    return found


def evaluate_linking(articles: Sequence[LabelledArticle], gazetteer: Gazetteer) -> LinkingFigures:
    """Measure on labelled articles.

    A found mention is right if it overlaps a labelled one of the same entity. What has no class that is labelled
    (`other`: regulators, sectors, tickers of nobody) does not count, nor does what is optional.
    """
    wanted = found = right = recalled = ambiguous_found = ambiguous_right = 0
    for labelled in articles:
        gold = [m for m in labelled.mentions if m.id is not None and not m.optional]
        hard = [m for m in labelled.mentions if m.ambiguous]
        optional = [m for m in labelled.mentions if m.optional]
        ours = [
            (entity.id, span)
            for entity in find_entities(labelled.article, gazetteer)
            if entity.kind != "other"
            for span in entity.spans
            if not any(_overlap(span, m.span) for m in optional)
        ]
        wanted += len(gold)
        found += len(ours)
        recalled += sum(any(i == m.id and _overlap(span, m.span) for i, span in ours) for m in gold)
        for entity_id, span in ours:
            good = any(entity_id == m.id and _overlap(span, m.span) for m in gold)
            ambiguous = any(_overlap(span, m.span) for m in hard)
            right += good
            ambiguous_found += ambiguous
            ambiguous_right += good and ambiguous
    return LinkingFigures(len(articles), wanted, found, right, recalled, ambiguous_found, ambiguous_right)


def evaluate_end_to_end(data: Path, gazetteer: Gazetteer, judge: JudgeSpans) -> EndToEndFigures:
    """Measure on the fifth of SEntFiN that is held out: an entity counts if it is found and judged right.

    Raises:
        DataMissing: the set is not there.
    """
    spans: list[NamedSpan] = []
    truth: list[Label] = []
    entities = 0
    at = SETS["sentfin"].at
    for number, row in enumerate(rows(data, "sentfin")):
        if fold_of(row["text"], HELD_OUT_FOLDS) != 0:
            continue
        article = Article(
            article_id=ArticleId(f"sentfin-{number}"), body=row["text"], published_at=at, updated_at=at, received_at=at
        )
        ours = [span for entity in find_entities(article, gazetteer) for span in entity.spans]
        for name, label in row["entities"].items():
            entities += 1
            start = row["text"].find(name)
            gold = Span(field="body", start=max(0, start), end=max(0, start) + len(name))
            hit = next((span for span in ours if start >= 0 and _overlap(span, gold)), None)
            if hit is not None:
                spans.append((row["text"], hit.start, hit.end))
                truth.append(label)
    given = judge(spans)
    right = sum(ours == known for ours, known in zip(given, truth, strict=True))
    return EndToEndFigures(entities, len(spans), right)


def _overlap(one: Span, other: Span) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end
