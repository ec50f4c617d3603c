"""One episode: how unusual it is, the sentences that speak for it, and what people answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from streams.alerting import AlertTransition
from streams.records import EpisodeId
from streams.subscriptions import Response
from web.changes import Kind
from web.console.elements import box, button, link, text
from web.console.wording import answer_text, bar_lengths, clock_time, counted, full_time, rarity, score_text, surprise

ANSWERS: tuple[tuple[Kind, str], ...] = (
    ("acknowledged", "Acknowledge"),
    ("useful", "Useful"),
    ("false", "False alarm"),
)


@dataclass(frozen=True, slots=True)
class CardChoices:
    """Be what a click on a card leads to."""

    entity: Callable[[str, str], object]
    """Takes id and name."""
    said: Callable[[EpisodeId], list[Response]]
    """Gives what was answered so far."""
    answer: Callable[[AlertTransition, Kind], Awaitable[None]] | None
    """Takes an answer; None for somebody who may only read."""


def alert_card(alert: AlertTransition, choices: CardChoices, evidence_shown: int) -> None:
    """Draw an episode."""
    with box(f"alert alert-{alert.severity}", "article"):
        with box("meta"):
            text("span", f"{alert.severity} severity", "severity")
            text("span", f"since {clock_time(alert.opened_at)}").props["title"] = full_time(alert.opened_at)
            if alert.kind == "resolved":
                text("span", f"resolved {clock_time(alert.at)}")
        with box("title", "h3"):
            text("span", alert.name)
            if alert.ticker:
                text("span", alert.ticker, "ticker")
        _bars(alert)
        text("p", surprise(alert), "surprise")
        text("p", f"{rarity(alert.rarity_days)}; {counted(alert.articles, 'article', 'articles')}".capitalize(), "soft")
        for evidence in alert.evidence[:evidence_shown]:
            with box("evidence", "blockquote"):
                link(evidence.sentence or evidence.title, evidence.url)
                where = " · ".join(part for part in (evidence.source, clock_time(evidence.at)) if part)
                text("footer", f"{where} · {score_text(evidence.score)}")
        for response in choices.said(alert.episode_id):
            text("p", answer_text(response), "soft")
        with box("actions"):
            _answers(alert, choices)
            if alert.entity_id is not None:
                name, entity_id = alert.name, alert.entity_id
                button("Show its articles", "quiet", lambda: choices.entity(entity_id, name))


def _answers(alert: AlertTransition, choices: CardChoices) -> None:
    answer = choices.answer
    if answer is None:
        return
    muted = any(response.kind == "acknowledged" for response in choices.said(alert.episode_id))
    with box("answers").props('role="group" aria-label="Answer this alert"'):
        for kind, words in ANSWERS:
            if kind != "acknowledged" or not (muted or alert.kind == "resolved"):
                button(words, "quiet", partial(answer, alert, kind), label=f"{words}: {alert.name}")


def _bars(alert: AlertTransition) -> None:
    """Draw observed against expected to one scale; the text below says the same."""
    lengths = bar_lengths(alert)
    if not lengths:
        return
    with box("bars").props('aria-hidden="true"'):
        for name, length in lengths:
            text("span", name)
            with box("track"):
                box(f"fill fill-{name}").style(f"width: {max(1.5, length):.1f}%")
