"""The console's one page: the live stream of articles, the time line of sentiment, and the alerts."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import get_args

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from nicegui import background_tasks, ui

from streams.clock import Clock
from streams.enrichment import Label
from streams.errors import TidewatchError
from streams.settings import Settings
from streams.sinks.index import Index
from web.console.alert_panel import AlertPanel
from web.console.elements import box, button, text
from web.console.episodes import Episodes
from web.console.headline import Headline
from web.console.login import router as login_router
from web.console.snapshot import Filters, Snapshot, read_snapshot
from web.console.stream import ArticleStream, Choices
from web.console.timeline import timeline_options
from web.console.toolbar import Toolbar
from web.health import Probe
from web.live import AlertFeed
from web.sessions import COOKIE, opens

REFRESH_S = 2.0
HEALTH_S = 5.0
FIRST_WITHIN_S = 1.5
"""An index that is slower than this fills the page later; NiceGUI gives a page 3 s to be built."""
PRIMARY = "#0e6b97"
"""Of a chosen button: white on it is 5.9 to 1."""
PAGE = 30
MOST = 300
EPISODES_READ = 200
STYLE = Path(__file__).with_name("style.css")
FAVICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7"
fill="#0b5f86"/><path d="M3 19c4-7 7-7 10 0s6 7 9 0 5-6 7-3" fill="none" stroke="#fff" stroke-width="3"
stroke-linecap="round"/></svg>"""


class Console:
    """Be the page of one browser: what it is shown, and what it asks for next."""

    def __init__(self, index: Index, feed: AlertFeed, probe: Probe, clock: Clock, filters: Filters) -> None:
        self._index = index
        self._feed = feed
        self._probe = probe
        self._clock = clock
        self._episodes = Episodes()
        self._limit = PAGE
        self._shown: tuple[Snapshot, Filters] | None = None
        self._refreshing = asyncio.Lock()
        self._draw(filters)

    def _draw(self, filters: Filters) -> None:
        with box("shell", "main"):
            self._headline = Headline()
            with box("chart panel", "section").props('aria-label="Sentiment"'):
                with box("panel-head"):
                    self._chart_title = text("h2", "Sentiment over time")
                    spans = box("spans")
                self._chart = ui.echart(timeline_options(()), renderer="svg").classes("timeline")
            self._panel = AlertPanel(self._choose_entity)
            self._toolbar = Toolbar(filters, self._change)
            with spans:
                self._toolbar.draw_spans()
            with box("articles", "section"):
                with box("panel-head"):
                    self._stream_title = text("h2", "Articles")
                    self._matching = text("span", "", "soft")
                self._stream = ArticleStream(Choices(self._choose_entity, self._choose_topic))
                self._empty = text("p", "", "empty")
                self._older = button("Show older articles", "quiet older", self._show_older)
                self._older.set_visibility(False)

    async def refresh(self) -> None:
        """Ask the index anew; what it cannot answer stays as it was, and is said."""
        async with self._refreshing:
            filters = self._toolbar.filters
            try:
                snapshot = await read_snapshot(self._index, filters, self._limit, self._clock.now())
                steps = await self._index.list_alerts(limit=EPISODES_READ)
            except TidewatchError as error:
                shown = "Nothing could be read yet" if self._shown is None else "What is shown was read earlier"
                self._headline.trouble(f"{shown}: {error}")
                return
            self._headline.trouble("")
            if self._episodes.take(steps) or self._shown is None:
                self._panel.show(self._episodes)
            if (snapshot, filters) != self._shown:
                self._show(snapshot, filters)
            self._headline.figures(snapshot, len(self._episodes.open()), filters.span.name, self._clock.now())

    async def check_health(self) -> None:
        """Show whether index and broker answer."""
        self._headline.health(await self._probe.check())

    async def follow_alerts(self) -> None:
        """Show each step of an episode as it comes, for as long as the browser stays."""
        while True:
            async for alert in self._feed.listen():
                if self._episodes.take([alert.transition]):
                    self._panel.show(self._episodes)

    def _show(self, snapshot: Snapshot, filters: Filters) -> None:
        self._stream.show(snapshot.hits)
        self._matching.set_text(f"{snapshot.matching:,} {'article fits' if snapshot.matching == 1 else 'articles fit'}")
        self._empty.set_text(
            "No article fits these filters." if filters.narrowed else "News appears here as it is read."
        )
        self._empty.set_visibility(not snapshot.hits)
        self._older.set_visibility(len(snapshot.hits) < min(snapshot.matching, MOST))
        described = self._toolbar.described()
        order = "best matches first" if filters.text else "newest first"
        self._stream_title.set_text(f"Articles, {order}")
        self._chart_title.set_text(f"Sentiment over time{': ' + described if described else ''}")
        if self._shown is None or snapshot.buckets != self._shown[0].buckets:
            self._chart.options.update(timeline_options(snapshot.buckets))
        self._shown = (snapshot, filters)

    async def _change(self) -> None:
        self._limit = PAGE
        await self.refresh()

    async def _choose_entity(self, entity_id: str, name: str) -> None:
        await self._toolbar.choose_entity(entity_id, name)

    async def _choose_topic(self, topic: str) -> None:
        await self._toolbar.choose_topic(topic)

    async def _show_older(self) -> None:
        self._limit = min(MOST, self._limit + PAGE)
        await self.refresh()


def add_console(app: FastAPI, settings: Settings, *, index: Index, feed: AlertFeed, probe: Probe, clock: Clock) -> None:
    """Add the page and its login to an application; NiceGUI serves one application a process."""
    app.include_router(login_router)
    style = STYLE.read_text(encoding="utf-8")

    @ui.page("/", title="Tidewatch", favicon=FAVICON, api_router=None)
    async def console(
        request: Request, q: str = "", entity: str = "", topic: str = "", label: str = ""
    ) -> RedirectResponse | None:
        if not opens(settings, request.cookies.get(COOKIE), clock.now()):
            return RedirectResponse("/login", status_code=303)
        ui.add_css(style)
        ui.colors(primary=PRIMARY)
        filters = Filters(q, entity, topic, next((known for known in get_args(Label) if known == label), None))
        page = Console(index, feed, probe, clock, filters)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_WITHIN_S):
                await page.refresh()
        ui.timer(REFRESH_S, page.refresh)
        ui.timer(HEALTH_S, page.check_health)
        following = background_tasks.create(page.follow_alerts(), name="alerts of one browser")
        ui.context.client.on_delete(following.cancel)
        return None

    ui.run_with(app, dark=None, language="en-US", tailwind=False, show_welcome_message=False)
