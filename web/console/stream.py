"""The stream of articles: a card each, kept where it is as others come, so that nobody loses their place."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui.element import Element

from alerts.amounts import score_text
from streams.enrichment import LABELS, EnrichedArticle, EntityMention, Sentiment
from streams.sinks.index import Hit
from web.console.elements import arrange, box, button, link, text
from web.console.wording import SIGNS, clock_time, full_time, topic_text

ENTITIES_SHOWN = 5
TOPICS_SHOWN = 3
REASONS_SHOWN = 3
_MARKS = re.compile(r"</?mark>")


@dataclass(frozen=True, slots=True)
class Choices:
    """Be what a click on an entity or on a topic leads to."""

    entity: Callable[[str, str], object]
    """Takes id and name."""
    topic: Callable[[str], object]


class ArticleStream:
    """Draw articles; those that are shown already are moved, not drawn again."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._root = box("stream").props('role="feed" aria-label="Articles" id="articles" tabindex="-1"')
        self._cards: dict[str, tuple[object, Element]] = {}

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these articles, in this order."""
        first = not self._cards
        kept: dict[str, tuple[object, Element]] = {}
        for hit in hits:
            article_id, state = hit.article.article.article_id, (hit.article.version, hit.highlight)
            known = self._cards.get(article_id)
            if known is not None and known[0] == state:
                kept[article_id] = known
                continue
            with self._root:
                card = article_card(hit, self._choices)
            kept[article_id] = (state, card if first else card.classes("fresh"))
        arrange(self._root, [card for _, card in kept.values()])
        self._cards = kept


def article_card(hit: Hit, choices: Choices) -> Element:
    """Draw one article: source, time, sentiment in words, title, summary, entities, topics, and the reasons."""
    article, enrichment = hit.article.article, hit.article.enrichment
    with box(f"card tone-{enrichment.sentiment.label}", "article") as card:
        with box("meta"):
            _sentiment(enrichment.sentiment)
            text("span", article.source or "unknown source", "source")
            time = text("time", clock_time(article.published_at))
            time.props.update({"datetime": article.published_at.isoformat(), "title": full_time(article.published_at)})
        with box("title", "h3"):
            link(article.title or "(no title)", article.url)
        telling = next((fragment for fragment in hit.highlight if _plain(fragment) not in article.title), None)
        if telling is not None:
            _highlight(telling)
        elif enrichment.summary.text and enrichment.summary.text != article.title:
            text("p", enrichment.summary.text, "summary")
        if enrichment.entities or enrichment.topics:
            with box("chips"):
                for entity in sorted(enrichment.entities, key=lambda e: (-e.relevance, e.id))[:ENTITIES_SHOWN]:
                    _entity(entity, choices)
                for topic in sorted(enrichment.topics, key=lambda t: -t.probability)[:TOPICS_SHOWN]:
                    name = topic.topic
                    words = topic_text(name)
                    button(words, "topic", lambda name=name: choices.topic(name), label=f"Only the topic {words}")  # type: ignore[misc]
        _reasons(hit.article)
    return card


def _sentiment(sentiment: Sentiment) -> None:
    shares = ", ".join(f"{label} {sentiment.probabilities.get(label, 0):.0%}" for label in LABELS)
    with box("sentiment", "span") as whole:
        whole.props.update({"title": shares})
        text("span", f"{SIGNS[sentiment.label]} {sentiment.label} {score_text(sentiment.score)}", "badge")
        with box("shares", "span").props('aria-hidden="true"'):
            for label in LABELS:
                box(f"share-{label}", "i").style(f"flex-grow: {sentiment.probabilities.get(label, 0):.3f}")


def _entity(entity: EntityMention, choices: Choices) -> None:
    with button(
        "",
        f"chip tone-{entity.sentiment.label}",
        lambda: choices.entity(entity.id, entity.name),
        label=f"Only {entity.name}; spoken of as {entity.sentiment.label}",
    ):
        text("span", SIGNS[entity.sentiment.label], "sign")
        text("span", entity.name)
        if entity.ticker:
            text("span", entity.ticker, "ticker")


def _highlight(fragment: str) -> None:
    """Draw a fragment whose matches lie between <mark> and </mark>, as text: what is escaped in it is unescaped."""
    with box("summary", "p"):
        for place, piece in enumerate(_MARKS.split(fragment)):
            if piece:
                text("mark" if place % 2 else "span", html.unescape(piece))


def _plain(fragment: str) -> str:
    return html.unescape(_MARKS.sub("", fragment))


def _reasons(enriched: EnrichedArticle) -> None:
    """Draw the sentences that carry the sentiment most: each number can be traced to words."""
    label, sentences = enriched.enrichment.sentiment.label, enriched.enrichment.sentences
    if label == "neutral":
        return
    carrying = [sentence for sentence in sentences if sentence.sentiment.label == label]
    if not carrying:
        return
    with box("why", "details"):
        text("summary", f"Why {label}")
        with box("", "ul"):
            for sentence in sorted(carrying, key=lambda s: -abs(s.sentiment.score))[:REASONS_SHOWN]:
                with box("", "li"):
                    text("span", score_text(sentence.sentiment.score), "score")
                    text("span", sentence.text)
