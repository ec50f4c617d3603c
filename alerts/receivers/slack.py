"""Slack's incoming webhooks: blocks within Slack's limits, and one message a second to each address."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from yarl import URL

from alerts.receivers.answers import Verdicts
from alerts.receivers.connection import Egress
from alerts.receivers.receiver import Attempt, Message
from streams.clock import SystemClock
from streams.subscriptions import Channel, SlackChannel

HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
INTERVAL_S = 1.0
MAX_BLOCKS = 50
MAX_SECTION_CHARS = 3_000
MAX_HEADER_CHARS = 150
MAX_ENTITY_CHARS = 5
"""Of `&amp;`, the longest that one character becomes."""
# 404 and 410: the webhook or its channel is no more. 400 and 403: the payload or the workspace forbids it, for good.
VERDICTS = Verdicts(gone=frozenset((404, 410)), refused=frozenset((400, 403)))


class SlackReceiver:
    """Post a message as blocks. The address is the secret, and is told to nobody."""

    def __init__(self, *, allow_private: bool = False, timeout_s: float = 10.0) -> None:
        self._allow_private = allow_private
        self._timeout_s = timeout_s
        self._egress = Egress(allow_private=allow_private, timeout_s=timeout_s, clock=SystemClock())
        self._pace = Pace()

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Try once, after waiting for the address's turn; see `Receiver.send`."""
        if not isinstance(channel, SlackChannel):
            return Attempt("refused", detail=f"Slack cannot send to a channel of kind {channel.kind}")
        url = channel.url.get_secret_value()
        if not self._allow_private and not is_slack(url):
            return Attempt("refused", detail=f"the address is none of Slack's incoming webhooks ({' or '.join(HOSTS)})")
        wait_s = self._pace.turn(url, asyncio.get_running_loop().time(), self._timeout_s)
        if wait_s > self._timeout_s:
            return Attempt("failed", detail="too many messages wait for this address", retry_after_s=wait_s)
        await asyncio.sleep(wait_s)
        body = orjson.dumps({"text": _escaped(message.subject), "blocks": blocks_of(message)})
        return await self._egress.post(url, body, {"Content-Type": "application/json"}, VERDICTS)

    async def close(self) -> None:
        """Close what is open."""
        await self._egress.close()


class Pace:
    """Give each address one turn a second."""

    def __init__(self) -> None:
        self._next_s: dict[str, float] = {}

    def turn(self, address: str, now_s: float, patience_s: float) -> float:
        """Return how long to wait for the next turn; it is taken only where that is within the patience."""
        for known in [known for known, next_s in self._next_s.items() if next_s <= now_s]:
            del self._next_s[known]
        wait_s = self._next_s.get(address, now_s) - now_s
        if wait_s <= patience_s:
            self._next_s[address] = now_s + wait_s + INTERVAL_S
        return wait_s


def is_slack(url: str) -> bool:
    """Say whether an address is Slack's."""
    try:
        return URL(url).host in HOSTS
    except ValueError:
        return False


def blocks_of(message: Message) -> list[dict[str, Any]]:
    """Build a header and sections; what is over Slack's limits is cut, and the cut is told."""
    header = {"type": "plain_text", "text": _cut(message.subject.strip() or "Tidewatch", MAX_HEADER_CHARS)}
    sections = _sections(message.text)
    most = MAX_BLOCKS - 2
    blocks: list[dict[str, Any]] = [{"type": "header", "text": header}]
    blocks += [{"type": "section", "text": {"type": "mrkdwn", "text": section}} for section in sections[:most]]
    if len(sections) > most:
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": "The rest was cut."}]})
    return blocks


def _sections(text: str) -> list[str]:
    """Escape text and cut it at ends of lines into sections; a line that is too long is cut anywhere."""
    sections: list[str] = []
    section = ""
    for line in text.splitlines():
        widest = MAX_SECTION_CHARS // MAX_ENTITY_CHARS
        parts = [line[at : at + widest] for at in range(0, len(line), widest)] or [""]
        escaped = [_escaped(part) for part in parts]
        pieces = ["".join(escaped)] if sum(map(len, escaped)) < MAX_SECTION_CHARS else escaped
        for piece in pieces:
            if len(section) + len(piece) + 1 > MAX_SECTION_CHARS:
                sections.append(section)
                section = ""
            section += f"{piece}\n"
    return [stripped for each in [*sections, section] if (stripped := each.strip())]


def _escaped(text: str) -> str:
    """Keep text from being read as a mention or a link (Slack's three escapes)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
