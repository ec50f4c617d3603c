"""The panel of alerts: what is going on, how unusual it is, and the sentences that speak for it."""

from __future__ import annotations

from collections.abc import Callable

from streams.alerting import AlertTransition
from web.console.elements import box, button, link, text
from web.console.episodes import Episodes
from web.console.wording import clock_time, rarity, score_text, surprise

EVIDENCE_SHOWN = 3


class AlertPanel:
    """Draw the episodes anew whenever one of them moves."""

    def __init__(self, on_entity: Callable[[str, str], object]) -> None:
        self._on_entity = on_entity
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
                self._card(alert)
            if ended:
                text("h3", "Ended lately", "divider")
            for alert in ended:
                with box("ended"):
                    text("span", alert.name, "name")
                    text("span", f"resolved {clock_time(alert.at)}", "soft")

    def _card(self, alert: AlertTransition) -> None:
        with box(f"alert alert-{alert.severity}", "article"):
            with box("meta"):
                text("span", f"{alert.severity} severity", "severity")
                text("span", f"since {clock_time(alert.opened_at)}")
            with box("title", "h3"):
                text("span", alert.name)
                if alert.ticker:
                    text("span", alert.ticker, "ticker")
            _bars(alert)
            text("p", surprise(alert), "surprise")
            text("p", f"{rarity(alert.rarity_days)}; {alert.articles} articles".capitalize(), "soft")
            for evidence in alert.evidence[:EVIDENCE_SHOWN]:
                with box("evidence", "blockquote"):
                    link(evidence.sentence or evidence.title, evidence.url)
                    where = " · ".join(part for part in (evidence.source, clock_time(evidence.at)) if part)
                    text("footer", f"{where} · {score_text(evidence.score)}")
            if alert.entity_id is not None:
                name, entity_id = alert.name, alert.entity_id
                button("Show its articles", "quiet", lambda: self._on_entity(entity_id, name))


def _bars(alert: AlertTransition) -> None:
    """Draw observed against expected to one scale; the text below says the same."""
    scale = max(alert.observed, alert.expected) or 1.0
    with box("bars").props('aria-hidden="true"'):
        for name, value in (("observed", alert.observed), ("expected", alert.expected)):
            text("span", name)
            with box("track"):
                box(f"fill fill-{name}").style(f"width: {max(1.5, 100 * value / scale):.1f}%")
