"""How one article and one alert look in the console."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from nicegui import ui

from streams.records import AlertTransition, EnrichedArticle, EntityMention, Label

TONES: dict[Label, str] = {"negative": "tone-negative", "neutral": "tone-neutral", "positive": "tone-positive"}
ENTITIES_SHOWN = 5
EVIDENCE_SHOWN = 3


def safe_link(url: str | None) -> str | None:
    """Return an address that may be linked to: http and https only, so that no script hides in it."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def article_card(enriched: EnrichedArticle) -> None:
    """Draw an article: sentiment in words and colour, title, summary, entities, source and time."""
    article, enrichment = enriched.article, enriched.enrichment
    tone = enrichment.sentiment
    with ui.element("article").classes(f"card {TONES[tone.label]}"):
        with ui.element("div").classes("meta"):
            ui.label(f"{tone.label} {tone.score:+.2f}").classes("badge")
            ui.label(article.source or "unknown source")
            ui.label(clock_time(article.published_at))
            for topic in enrichment.topics[:2]:
                ui.label(topic.topic).classes("topic")
        _title(article.title or "(no title)", article.url)
        if enrichment.summary.text and enrichment.summary.text != article.title:
            ui.label(enrichment.summary.text).classes("summary")
        if enrichment.entities:
            with ui.element("div").classes("entities"):
                for entity in sorted(enrichment.entities, key=lambda e: (-e.relevance, e.id))[:ENTITIES_SHOWN]:
                    _entity_chip(entity)


def alert_card(alert: AlertTransition) -> None:
    """Draw an episode: name, severity, observed against expected, since when, and the sentences that speak for it."""
    state = "resolved" if alert.kind == "resolved" else f"{alert.severity} severity"
    with ui.element("article").classes(
        f"card alert alert-{'resolved' if alert.kind == 'resolved' else alert.severity}"
    ):
        with ui.element("div").classes("meta"):
            ui.label(state).classes("badge")
            ui.label(f"since {clock_time(alert.opened_at)}")
        ui.label(alert.name).classes("title")
        ui.label(
            f"{alert.observed:.0f} negative stories in {alert.window_s / 3600:g} h, {alert.expected:.1f} expected;"
            f" {_rarity(alert.rarity_days)}"
        ).classes("summary")
        for evidence in alert.evidence[:EVIDENCE_SHOWN]:
            with ui.element("div").classes("evidence"):
                _title(evidence.sentence or evidence.title, evidence.url, "quote")
                ui.label(f"{evidence.source} · {clock_time(evidence.at)}").classes("source")


def clock_time(moment: datetime) -> str:
    """Return a time as the console shows it, in UTC."""
    return f"{moment:%d %b %H:%M} UTC"


def _title(text: str, url: str | None, style: str = "title") -> None:
    target = safe_link(url)
    if target is None:
        ui.label(text).classes(style)
    else:
        ui.link(text, target, new_tab=True).classes(style).props('rel="noopener noreferrer"')


def _entity_chip(entity: EntityMention) -> None:
    sign = {"negative": "▼", "neutral": "■", "positive": "▲"}[entity.sentiment.label]
    ticker = f" {entity.ticker}" if entity.ticker else ""
    chip = ui.label(f"{sign} {entity.name}{ticker}").classes(f"chip {TONES[entity.sentiment.label]}")
    chip.props(f'aria-label="{entity.sentiment.label} about {_attribute(entity.name)}"')


def _attribute(text: str) -> str:
    return "".join(character for character in text if character.isalnum() or character in " .-&'")


def _rarity(days: float) -> str:
    if days >= 365:
        return "less than once a year for this name"
    return f"about once in {days:.0f} days for this name" if days >= 2 else "not rare for this name"
