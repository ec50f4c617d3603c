"""The panel of alerts: what is going on, and what ended last."""

from __future__ import annotations

from web.console.alert_card import CardChoices, alert_card
from web.console.elements import box, text
from web.console.episodes import Episodes
from web.console.wording import clock_time

EVIDENCE_SHOWN = 3


class AlertPanel:
    """Draw the episodes anew whenever one of them moves."""

    def __init__(self, choices: CardChoices) -> None:
        self._choices = choices
        with box("panel alerts", "aside").props('aria-label="Alerts"'):
            with box("panel-head"):
                text("h2", "Open alerts")
                self._count = text("span", "–", "count")
            self._root = box("alert-list").props('aria-live="polite"')

    def show(self, episodes: Episodes) -> None:
        """Show what is going on, and below it what ended last."""
        going_on, ended = episodes.open(), episodes.resolved()
        self._count.set_text(str(len(going_on)))
        self._root.clear()
        with self._root:
            if not going_on:
                text("p", "Nothing unusual. An alert opens when bad news gathers faster than usual.", "empty")
            for alert in going_on:
                alert_card(alert, self._choices, EVIDENCE_SHOWN)
            if ended:
                text("h3", "Ended lately", "divider")
            for alert in ended:
                with box("ended"):
                    text("span", alert.name, "name")
                    text("span", f"resolved {clock_time(alert.at)}", "soft")
