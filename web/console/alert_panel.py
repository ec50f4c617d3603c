"""The panel of alerts: what is going on, and what ended last."""

from __future__ import annotations

from collections.abc import Sequence

from streams.alerting import AlertTransition
from streams.records import EpisodeId
from web.console.alert_card import AlertCard, CardChoices
from web.console.elements import arrange, box, text
from web.console.episodes import Episodes
from web.console.wording import clock_time

EVIDENCE_SHOWN = 3


class AlertPanel:
    """Draw the episodes; a card that is there is kept, and a line for screen readers says what came and went."""

    def __init__(self, choices: CardChoices) -> None:
        self._choices = choices
        self._cards: dict[EpisodeId, AlertCard] | None = None
        self._spoken = text("p", "", "spoken").props('role="status"')
        with box("panel alerts", "aside").props('aria-label="Alerts"'):
            with box("panel-head"):
                text("h2", "Open alerts")
                self._count = text("span", "–", "count")
            nothing = "Nothing unusual. An alert opens when bad news gathers faster than usual."
            self._nothing = text("p", nothing, "empty")
            self._open = box("alert-list")
            self._divider = text("h3", "Ended lately", "divider")
            self._ended = box("alert-list")
        self._nothing.set_visibility(False)
        self._divider.set_visibility(False)

    def show(self, episodes: Episodes) -> None:
        """Show what is going on, and below it what ended last."""
        going_on, ended = episodes.open(), episodes.resolved()
        self._count.set_text(str(len(going_on)))
        self._nothing.set_visibility(not going_on)
        self._divider.set_visibility(bool(ended))
        self._speak(going_on, ended)
        known = self._cards or {}
        self._cards = {}
        for alert in going_on:
            card = known.get(alert.episode_id)
            if card is None:
                with self._open:
                    card = AlertCard(alert, self._choices, EVIDENCE_SHOWN)
            else:
                card.show(alert)
            self._cards[alert.episode_id] = card
        arrange(self._open, [card.element for card in self._cards.values()])
        self._ended.clear()
        with self._ended:
            for alert in ended:
                with box("ended"):
                    text("span", alert.name, "name")
                    text("span", f"resolved {clock_time(alert.at)}", "soft")

    def _speak(self, going_on: Sequence[AlertTransition], ended: Sequence[AlertTransition]) -> None:
        """Say which alerts have opened and ended since the page was filled."""
        if self._cards is None:
            return
        opened = [f"New alert: {each.name}." for each in going_on if each.episode_id not in self._cards]
        over = [f"Alert ended: {each.name}." for each in ended if each.episode_id in self._cards]
        if opened or over:
            self._spoken.set_text(" ".join(opened + over))
