"""The console's one page: the live stream of articles, the time line of sentiment, and the alerts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from streams.clock import Clock
from streams.errors import TidewatchError
from streams.records import AlertTransition, EntityId, Label
from streams.settings import Settings
from streams.sinks.index import ArticleQuery, Hit, Index, SentimentBucket
from web.console.cards import alert_card, article_card
from web.console.login import router as login_router
from web.console.style import STYLE
from web.console.timeline import timeline_options
from web.sessions import COOKIE, opens

REFRESH_S = 2.0
SHOWN = 30
SPAN = timedelta(hours=24)
BUCKET_S = 1_800


@dataclass(slots=True)
class View:
    """Be what one browser looks at, and what it was shown last."""

    text: str = ""
    entity: str = ""
    label: Label | None = None
    hits: Sequence[Hit] = ()
    total: int = 0
    buckets: Sequence[SentimentBucket] = field(default_factory=list)
    alerts: Sequence[AlertTransition] = ()
    trouble: str = ""

    def query(self, limit: int) -> ArticleQuery:
        """Return the search that the filters ask for."""
        return ArticleQuery(
            text=self.text.strip(),
            entity_id=EntityId(self.entity.strip()) if self.entity.strip() else None,
            label=self.label,
            limit=limit,
        )

    async def refresh(self, index: Index) -> None:
        """Ask the index anew; what it cannot answer stays as it was, and is said."""
        try:
            page = await index.search_articles(self.query(SHOWN))
            self.hits, self.total = page.hits, page.total
            self.alerts = await index.list_alerts(limit=20)
            newest = max((hit.article.article.published_at for hit in page.hits), default=None)
            if newest is not None:
                asked = self.query(1)
                span = ArticleQuery(
                    text=asked.text, entity_id=asked.entity_id, label=asked.label, since=newest - SPAN, limit=1
                )
                self.buckets = await index.sentiment_timeline(span, BUCKET_S)
            else:
                self.buckets = []
            self.trouble = ""
        except TidewatchError as error:
            self.trouble = str(error)


def add_console(app: FastAPI, settings: Settings, index: Index, clock: Clock) -> None:
    """Add the page and its login to an application; NiceGUI serves one application a process."""
    app.include_router(login_router)

    @ui.page("/", title="Tidewatch", favicon="🌊", api_router=None)
    async def console(request: Request) -> RedirectResponse | None:
        if not opens(settings, request.cookies.get(COOKIE), clock.now()):
            return RedirectResponse("/login")
        await _draw(index)
        return None

    ui.run_with(app, dark=None, show_welcome_message=False)


async def _draw(index: Index) -> None:
    ui.add_css(STYLE)
    view = View()
    await view.refresh(index)
    with ui.element("main").classes("shell"):
        with ui.element("header").classes("bar wide"):
            ui.html("<h1>Tidewatch</h1>", sanitize=False)
            figures = ui.html("", sanitize=False).classes("figure")
        stream, chart, alerts = _panels(view)
    shown: tuple[object, ...] = ()

    async def update() -> None:
        nonlocal shown
        await view.refresh(index)
        figures.set_content(_figures(view))
        now = (
            [(hit.article.article.article_id, hit.article.version) for hit in view.hits],
            [alert.transition_id for alert in view.alerts],
        )
        if now != shown:
            shown = now
            stream.refresh()
            alerts.refresh()
            chart.options.clear()
            chart.options.update(timeline_options(view.buckets, BUCKET_S))
            chart.update()

    await update()
    ui.timer(REFRESH_S, update)


def _panels(view: View) -> tuple[ui.refreshable[[], None], ui.echart, ui.refreshable[[], None]]:
    @ui.refreshable
    def stream() -> None:
        if not view.hits:
            ui.label("No article fits. News appears here as it is read.").classes("empty")
        for hit in view.hits:
            article_card(hit.article)

    @ui.refreshable
    def alerts() -> None:
        if not view.alerts:
            ui.label("Nothing unusual.").classes("empty")
        for alert in view.alerts:
            alert_card(alert)

    with ui.element("section").classes("stream").props('aria-label="Articles"'):
        with ui.element("div").classes("panel filters").style("margin-bottom: .8rem"):
            ui.input("Search", on_change=lambda event: setattr(view, "text", event.value or "")).props(
                "dense outlined clearable debounce=400"
            )
            ui.input("Entity id", on_change=lambda event: setattr(view, "entity", event.value or "")).props(
                "dense outlined clearable debounce=400"
            )
            ui.toggle(
                {None: "all", "negative": "negative", "neutral": "neutral", "positive": "positive"},
                value=None,
                on_change=lambda event: setattr(view, "label", event.value),
            ).props("dense no-caps unelevated")
        stream()
    with ui.element("aside").classes("side"):
        with ui.element("section").classes("panel").props('aria-label="Sentiment"'):
            ui.html("<h2>Sentiment, last 24 hours of news</h2>", sanitize=False)
            chart = ui.echart(timeline_options(view.buckets, BUCKET_S)).style("height: 230px; width: 100%")
        with ui.element("section").classes("panel").props('aria-label="Alerts"'):
            ui.html("<h2>Alerts</h2>", sanitize=False)
            alerts()
    return stream, chart, alerts


def _figures(view: View) -> str:
    open_alerts = sum(alert.kind != "resolved" for alert in view.alerts)
    if view.trouble:
        return f'<span class="health-bad" role="alert">{html.escape(view.trouble)}</span>'
    return (
        f"<b>{view.total:,}</b> articles &nbsp; <b>{open_alerts}</b> open alerts &nbsp;"
        ' <span class="health-ok">● live</span>'
    )
