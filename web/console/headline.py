"""The top of the page: what runs and what does not, and four figures that say how things stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from alerts.amounts import score_text
from web.console.elements import box, text
from web.console.snapshot import Snapshot
from web.console.theme import Theme
from web.console.trouble import Trouble
from web.console.wording import age
from web.health import Health

MARK = """<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M2 20c4-9 8-9 11 0s7 8 10 0 5-7 7-4" fill="none"
stroke="currentColor" stroke-width="3.2" stroke-linecap="round"/></svg>"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Be a figure and the words below it."""

    value: TextElement
    name: TextElement

    def show(self, value: str, name: str) -> None:
        """Change both."""
        self.value.set_text(value)
        self.name.set_text(name)


class Headline:
    """Draw the bar and the figures, and change their words."""

    def __init__(self, theme: Theme) -> None:
        link = text("a", "Skip to the articles", "skip")
        link.props["href"] = "#articles"
        with box("bar", "header"):
            ui.html(MARK, sanitize=False).classes("mark")
            text("h1", "Tidewatch")
            with box("health").props('role="status" aria-label="Health"'):
                self._index = text("span", "Index …", "pill")
                self._broker = text("span", "Broker …", "pill")
                self._newest = text("span", "", "pill plain")
            sent = text("a", "Notifications", "quiet")
            sent.props["href"] = "/notifications"
            theme.draw_switch()
            self.reading, self.answering = Trouble(), Trouble()
        with box("figures", "section").props('aria-label="Figures"'):
            self._alerts = _figure("open alerts")
            self._published = _figure("articles")
            self._negative = _figure("negative")
            self._score = _figure("mean score")

    def figures(self, snapshot: Snapshot, open_alerts: int, span: str, now: datetime) -> None:
        """Show how things stand."""
        share, score = snapshot.negative_share, snapshot.mean_score
        self._alerts.show(str(open_alerts), "open alerts")
        self._published.show(f"{snapshot.published:,}", f"articles in {span}")
        self._negative.show("–" if share is None else f"{share:.0%}", f"negative in {span}")
        self._score.show("–" if score is None else score_text(score), f"mean score in {span}")
        self._alerts.value.classes(add="grave" if open_alerts else "", remove="" if open_alerts else "grave")
        newest = snapshot.newest
        said = "no article yet" if newest is None else f"newest article {age((now - newest).total_seconds())}"
        self._newest.set_text(f"{said}; times in UTC")

    def health(self, health: Health) -> None:
        """Show whether index and broker answer; a pointer on a pill tells more."""
        for pill, name, well, detail in (
            (self._index, "Index", health.index.reachable, health.index.detail),
            (self._broker, "Broker", health.broker_reachable, health.broker),
        ):
            pill.set_text(f"{name} {'answers' if well else 'is away'}")
            pill.classes(add="well" if well else "ill", remove="ill" if well else "well")
            pill.props["title"] = detail


def _figure(name: str) -> Figure:
    with box("panel figure"):
        return Figure(text("span", "–", "value"), text("span", name, "name"))
