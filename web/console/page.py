"""The console: the page of articles, time line and alerts, that of one episode, and that of what is sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from pathlib import Path
from typing import get_args

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from nicegui import app as nicegui_app
from nicegui import background_tasks, ui

from streams.alerting import AlertTransition
from streams.enrichment import Label
from streams.errors import TidewatchError
from streams.records import EpisodeId
from streams.settings import Settings
from web.changes import Kind
from web.console.alert_card import CardChoices
from web.console.alert_panel import AlertPanel
from web.console.elements import box, button, text
from web.console.episode_page import EpisodePage
from web.console.episodes import Episodes, read_episodes
from web.console.headline import Headline
from web.console.login import login_address
from web.console.login import router as login_router
from web.console.notifications import NotificationsPage
from web.console.parts import Parts
from web.console.snapshot import Filters, Snapshot, read_snapshot
from web.console.stream import ArticleStream, Choices
from web.console.theme import Theme
from web.console.timeline import timeline_options
from web.console.toolbar import Toolbar
from web.console.unknown import unknown_page
from web.sessions import COOKIE, Session, session_of

REFRESH_S = 2.0
HEALTH_S = 5.0
FIRST_WITHIN_S = 1.5
"""An index that is slower than this fills the page later; NiceGUI gives a page 3 s to be built."""
PRIMARY = "#0e6b97"
"""Of a chosen button: white on it is 5.9 to 1."""
PAGE = 30
MOST = 300
STYLE = Path(__file__).with_name("style.css")
FAVICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7"
fill="#0b5f86"/><path d="M3 19c4-7 7-7 10 0s6 7 9 0 5-6 7-3" fill="none" stroke="#fff" stroke-width="3"
stroke-linecap="round"/></svg>"""


class Console:
    """Be the page of one browser: what it is shown, and what it asks for next."""

    def __init__(self, parts: Parts, session: Session, filters: Filters, theme: Theme) -> None:
        self._index = parts.index
        self._feed = parts.feed
        self._probe = parts.probe
        self._clock = parts.clock
        self._responses = parts.registers.responses
        self._changes = parts.changes
        self._session = session
        self._answered: tuple[str, ...] = ()
        self._episodes = Episodes()
        self._limit = PAGE
        self._shown: tuple[Snapshot, Filters] | None = None
        self._refreshing = asyncio.Lock()
        self._draw(filters, theme)

    def _draw(self, filters: Filters, theme: Theme) -> None:
        with box("shell", "main"):
            self._headline = Headline(theme)
            with box("chart panel", "section").props('aria-label="Sentiment"'):
                with box("panel-head"):
                    self._chart_title = text("h2", "Sentiment over time")
                    spans = box("spans")
                self._chart = ui.echart(timeline_options(()), renderer="svg").classes("timeline")
            answer = self._answer if self._session.writes else None
            self._panel = AlertPanel(CardChoices(self._choose_entity, self._responses.said, answer))
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
                steps = await read_episodes(self._index)
            except TidewatchError as error:
                shown = "Nothing could be read yet" if self._shown is None else "What is shown was read earlier"
                self._headline.reading.say(f"{shown}: {error}")
                return
            self._headline.reading.say("")
            answered = tuple(
                r.response_id for step in self._episodes.open() for r in self._responses.said(step.episode_id)
            )
            if self._episodes.take(steps) or self._shown is None or answered != self._answered:
                self._panel.show(self._episodes)
                self._answered = answered
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
        self._toolbar.learn_name(hit.article for hit in snapshot.hits)
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
        ui.navigate.history.replace(self._toolbar.filters.address)
        await self.refresh()

    async def _answer(self, step: AlertTransition, kind: Kind) -> None:
        try:
            await self._changes.respond(step, kind, self._session.author)
        except TidewatchError as error:
            self._headline.answering.say(str(error))
            return
        self._headline.answering.say("")
        self._panel.show(self._episodes)

    async def _choose_entity(self, entity_id: str, name: str) -> None:
        await self._toolbar.choose_entity(entity_id, name)

    async def _choose_topic(self, topic: str) -> None:
        await self._toolbar.choose_topic(topic)

    async def _show_older(self) -> None:
        self._limit = min(MOST, self._limit + PAGE)
        await self.refresh()


def add_console(app: FastAPI, settings: Settings, parts: Parts) -> None:
    """Add the pages and their login to an application; NiceGUI serves one application a process."""
    app.include_router(login_router)
    nicegui_app.add_exception_handler(404, unknown_page)
    style = STYLE.read_text(encoding="utf-8")

    @ui.page("/", title="Tidewatch", favicon=FAVICON, api_router=None)
    async def console(
        request: Request, q: str = "", entity: str = "", topic: str = "", label: str = ""
    ) -> RedirectResponse | None:
        session = session_of(settings, request.cookies.get(COOKIE), parts.clock.now())
        if session is None:
            return _to_login(request)
        ui.add_css(style)
        theme = Theme(request)
        ui.colors(primary=PRIMARY)
        filters = Filters(q, entity, topic, next((known for known in get_args(Label) if known == label), None))
        page = Console(parts, session, filters, theme)
        await _first(page.refresh())
        ui.timer(REFRESH_S, page.refresh)
        ui.timer(HEALTH_S, page.check_health)
        following = background_tasks.create(page.follow_alerts(), name="alerts of one browser")
        ui.context.client.on_delete(following.cancel)
        return None

    @ui.page("/alerts/{episode_id}", title="Alert – Tidewatch", favicon=FAVICON, api_router=None)
    async def episode(request: Request, episode_id: str) -> RedirectResponse | None:
        session = session_of(settings, request.cookies.get(COOKIE), parts.clock.now())
        if session is None:
            return _to_login(request)
        ui.add_css(style)
        Theme(request)
        page = EpisodePage(parts, session, EpisodeId(episode_id))
        await _first(page.refresh())

        async def fill() -> None:
            if page.filled:
                filling.cancel()
            else:
                await page.refresh()

        filling = ui.timer(REFRESH_S, fill)
        return None

    @ui.page("/notifications", title="Notifications – Tidewatch", favicon=FAVICON, api_router=None)
    async def notifications(request: Request) -> RedirectResponse | None:
        session = session_of(settings, request.cookies.get(COOKIE), parts.clock.now())
        if session is None:
            return _to_login(request)
        ui.add_css(style)
        Theme(request)
        page = NotificationsPage(parts, session)
        await _first(page.refresh())
        ui.timer(REFRESH_S, page.refresh)
        return None

    ui.run_with(
        app, title="Tidewatch", favicon=FAVICON, dark=None, language="en-US", tailwind=False, show_welcome_message=False
    )


def _to_login(request: Request) -> RedirectResponse:
    path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return RedirectResponse(login_address(path), status_code=303)


async def _first(refresh: Coroutine[object, object, None]) -> None:
    """Fill a page before it is sent, unless that takes too long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FIRST_WITHIN_S):
            await refresh
