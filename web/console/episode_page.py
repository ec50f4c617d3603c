"""The page that a notification links to: one episode with all its evidence."""

from __future__ import annotations

from nicegui import ui

from streams.alerting import AlertTransition
from streams.errors import TidewatchError
from streams.records import EpisodeId
from web.changes import Kind
from web.console.alert_card import AlertCard, CardChoices
from web.console.elements import box, text
from web.console.parts import Parts
from web.console.snapshot import Filters
from web.console.trouble import Trouble
from web.finding import find_episode
from web.sessions import Session


class EpisodePage:
    """Be the page of one browser; it is drawn when it is opened, and after an answer."""

    def __init__(self, parts: Parts, session: Session, episode_id: EpisodeId) -> None:
        self._parts = parts
        self._session = session
        self._episode_id = episode_id
        self._card: AlertCard | None = None
        with box("shell episode", "main"):
            with box("bar", "header"):
                text("h1", "Alert")
                back = text("a", "All alerts and the news", "quiet")
                back.props["href"] = "/"
                text("span", "times in UTC", "soft")
                self._reading, self._answering = Trouble(), Trouble()
            self._root = box("panel alerts", "section").props('aria-label="Alert"')

    @property
    def filled(self) -> bool:
        """Say whether the episode is shown."""
        return self._card is not None

    async def refresh(self) -> None:
        """Show the episode as it is now."""
        try:
            step = await find_episode(self._parts.index, self._parts.feed, self._episode_id)
        except TidewatchError as error:
            self._reading.say(str(error))
            return
        if step is None:
            self._reading.say("There is no such episode, or it ended long ago.")
            return
        self._reading.say("")
        if self._card is not None:
            self._card.show(step)
            return
        answer = self._answer if self._session.writes else None
        with self._root:
            choices = CardChoices(_to_articles, self._parts.registers.responses.said, answer)
            self._card = AlertCard(step, choices)

    async def _answer(self, step: AlertTransition, kind: Kind) -> None:
        try:
            await self._parts.changes.respond(step, kind, self._session.author)
        except TidewatchError as error:
            self._answering.say(str(error))
            return
        self._answering.say("")
        await self.refresh()


def _to_articles(entity_id: str, _name: str) -> None:
    ui.navigate.to(Filters(entity=entity_id).address)
