"""What people said of alerts, as the web process sees it: who acknowledged what, and how precise each rule is."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.records import EpisodeId
from streams.subscriptions import Response
from streams.topics import Topic
from web.following import Entry, Progress

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Precision:
    """Say how many of a rule's alerts were marked useful, and how many false."""

    rule: str
    useful: int
    false: int

    @property
    def share(self) -> float:
        """Return the share of useful ones among those that were marked."""
        return self.useful / (self.useful + self.false)


class ResponseLog:
    """Hold what each person said last of each episode."""

    def __init__(self) -> None:
        self.topic = Topic.RESPONSES
        self._verdicts: dict[tuple[EpisodeId, str], Response] = {}
        self._acknowledged: dict[EpisodeId, Response] = {}
        self._progress = Progress(self.topic)

    def begin(self, first: int, end: int) -> int:
        """Go on, or read anew all that is kept; see `Follower.begin`."""
        if self._progress.resumes(first, end) and self._progress.next is not None:
            return self._progress.next
        self._verdicts.clear()
        self._acknowledged.clear()
        return first

    def take(self, entry: Entry) -> None:
        """Take a response."""
        try:
            response = decode_record(Response, entry.value)
        except UnreadableInput:
            log.warning("not a response", topic=self.topic, offset=entry.offset)
        else:
            if response.kind == "acknowledged":
                self._acknowledged.setdefault(response.episode_id, response)
            else:
                self._verdicts[response.episode_id, response.author] = response
        self._progress.reached(entry.offset + 1)

    def reached(self, offset: int) -> None:
        """Move on; see `Follower.reached`."""
        self._progress.reached(offset)

    async def until(self, offset: int) -> None:
        """Wait until a response that was published is read; see `Progress.until`."""
        await self._progress.until(offset)

    async def precision(self) -> list[Precision]:
        """Count per rule; an episode that was called both counts as both."""
        await self._progress.until()
        counts: dict[str, list[int]] = {}
        for response in self._verdicts.values():
            counts.setdefault(response.rule, [0, 0])[response.kind == "false"] += 1
        return [Precision(rule, useful, false) for rule, (useful, false) in sorted(counts.items())]

    def said(self, episode_id: EpisodeId) -> list[Response]:
        """Return what was said of an episode, as far as it has been read."""
        acknowledged = self._acknowledged.get(episode_id)
        verdicts = [response for (episode, _), response in self._verdicts.items() if episode == episode_id]
        return ([acknowledged] if acknowledged else []) + verdicts
