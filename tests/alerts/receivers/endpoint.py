"""An endpoint of a subscriber: a real HTTP server, a scripted name server, and channels that lead there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from alerts.receivers.receiver import Message
from streams.subscriptions import NotificationId, WebhookChannel
from tests.stack.receiver import Handler, listening

SECRET = "whsec_dGlkZXdhdGNoLXRlc3RzLWtlZXAtbm8tc2VjcmV0cw=="
MESSAGE = Message(
    notification_id=NotificationId("ntf_1"),
    subject="Quillon Foods: 8 negative stories",
    text="Quillon recalls a product.",
    html="<p>Quillon recalls a product.</p>",
    payload=b'{"specversion":"1.0"}',
)


@dataclass(slots=True)
class Endpoint:
    """Be the address of a server, and what it was asked."""

    url: str
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self.url.rsplit(":", 1)[1].split("/")[0])


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Endpoint]:
    """Serve a handler on loopback."""
    endpoint = Endpoint("")

    async def keep(request: web.Request) -> web.StreamResponse:
        endpoint.requests.append(request)
        endpoint.bodies.append(await request.read())
        return await handler(request)

    async with listening(keep, tls) as address:
        endpoint.url = f"{address}/hook"
        yield endpoint


def answering(status: int, text: str = "", headers: dict[str, str] | None = None) -> Handler:
    """Return a handler that always gives one answer."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers=headers)

    return answer


def webhook(url: str, *secrets: str) -> WebhookChannel:
    """Return a channel."""
    return WebhookChannel.model_validate({"url": url, "secrets": secrets or (SECRET,)})


class ScriptedNames(AbstractResolver):
    """Answer each question with the next of the script's answers, and the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses that the script says."""
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in answer
        ]

    async def close(self) -> None:
        """Close nothing."""
