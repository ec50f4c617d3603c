"""One episode: how unusual it is, the sentences that speak for it, and what people answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from nicegui.elements.mixins.text_element import TextElement

from alerts.amounts import score_text
from streams.alerting import AlertTransition
from streams.records import EpisodeId
from streams.subscriptions import Response
from web.changes import Kind
from web.console.elements import box, button, link, text
from web.console.wording import answer_text, bar_lengths, clock_time, counted, full_time, rarity, surprise

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


class AlertCard:
    """Draw an episode and what has moved in it; its buttons stay, so that who goes by keyboard keeps their place."""

    def __init__(self, alert: AlertTransition, choices: CardChoices, evidence_shown: int | None = None) -> None:
        self._choices = choices
        self._evidence_shown = evidence_shown
        self._alert = alert
        self._shown: tuple[AlertTransition, list[Response]] | None = None
        self._answers: dict[Kind, TextElement] = {}
        with box("alert", "article") as self.element:
            self._facts = box("facts")
            self._said = box("said").props('tabindex="-1"')
            with box("actions"):
                self._draw_actions()
        self.show(alert)

    def show(self, alert: AlertTransition) -> None:
        """Show a step, and what people have answered so far."""
        shown = (alert, self._choices.said(alert.episode_id))
        if shown == self._shown:
            return
        self._shown, self._alert = shown, alert
        self.element.classes(replace=f"alert alert-{alert.severity}")
        self._facts.clear()
        with self._facts:
            _facts(alert, self._evidence_shown)
        self._said.clear()
        with self._said:
            for response in shown[1]:
                text("p", answer_text(response), "soft")
        muted = alert.kind == "resolved" or any(response.kind == "acknowledged" for response in shown[1])
        for kind, drawn in self._answers.items():
            drawn.set_visibility(kind != "acknowledged" or not muted)

    def _draw_actions(self) -> None:
        name, entity_id = self._alert.name, self._alert.entity_id
        if self._choices.answer is not None:
            with box("answers").props('role="group" aria-label="Answer this alert"'):
                for kind, words in ANSWERS:
                    self._answers[kind] = button(words, "quiet", partial(self._answer, kind), label=f"{words}: {name}")
        if entity_id is not None:
            button("Show its articles", "quiet", lambda: self._choices.entity(entity_id, name))

    async def _answer(self, kind: Kind) -> None:
        if self._choices.answer is None:
            return
        await self._choices.answer(self._alert, kind)
        if not self._answers[kind].visible:
            self._said.run_method("focus")


def _facts(alert: AlertTransition, evidence_shown: int | None) -> None:
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
