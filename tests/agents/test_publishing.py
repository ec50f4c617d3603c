"""The receivers that the settings provide for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from agents.publishing import open_receivers
from streams.settings import Settings
from streams.subscriptions import EmailChannel
from tests.alerts.receivers.endpoint import MESSAGE


class Scanning:
    """Take each mail after a while, as a server that looks into it does."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        await asyncio.sleep(1)
        self.taken += 1
        return "250 taken"


async def test_a_mail_server_has_more_time_than_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes longer than an endpoint may is not given up while it takes the mail."""
    monkeypatch.setattr("agents.publishing.TIMEOUT_S", 0.5)
    loop, scanning = asyncio.get_running_loop(), Scanning()
    server = await loop.create_server(lambda: SMTP(scanning, hostname="127.0.0.1", loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="alerts@tidewatch.example")
    unused: Any = None
    receivers = open_receivers(settings, unused)
    attempt = await receivers["email"].send(MESSAGE, EmailChannel(to=("desk@news.example",)))
    server.close()
    for receiver in receivers.values():
        await receiver.close()
    assert (attempt.outcome, scanning.taken) == ("delivered", 1)


async def test_mail_is_not_set_up_without_a_server() -> None:
    """Without a host no receiver of mail is there; the others are."""
    unused: Any = None
    receivers = open_receivers(Settings(), unused)
    for receiver in receivers.values():
        await receiver.close()
    assert set(receivers) == {"webhook", "slack", "topic", "stream"}
