"""Mail, to a real mail server."""

from __future__ import annotations

import asyncio
import dataclasses
import email
import email.policy
import logging
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from alerts.receivers.email import EmailReceiver, check_mail_address, message_id
from alerts.receivers.receiver import Receiver
from streams.subscriptions import EmailChannel, NotificationId, SlackChannel
from tests.alerts.receivers.endpoint import MESSAGE

DESK = EmailChannel(to=("desk@news.example",))


class Mailbox:
    """Keep what arrives; refuse recipients by their name, and messages by a set answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.logins: list[bytes] = []
        self.full = "452 mailbox full"
        self.answer = "250 taken"
        self.scanned, self.farewell = threading.Event(), threading.Event()
        self.scanned.set()
        self.farewell.set()

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, unless it is named unknown or full."""
        if address.startswith("unknown"):
            return "550 no such mailbox"
        if address.startswith("full") and not self.full.startswith("250"):
            return self.full
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message."""
        await _open(self.scanned)
        content = envelope.content
        assert isinstance(content, bytes)
        self.recipients.append(envelope.rcpt_tos)
        self.mails.append(email.message_from_bytes(content, EmailMessage, policy=email.policy.default))
        return self.answer

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Say farewell, once that may be said."""
        await _open(self.farewell)
        return "221 Bye"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        """Let one password in."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"right", handled=False)


async def _open(gate: threading.Event) -> None:
    while not gate.is_set():
        await asyncio.sleep(0.01)


@pytest.fixture
def mailbox() -> Mailbox:
    """Give an empty mailbox."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    """Run a mail server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=mailbox.authenticate,
        auth_require_tls=False,
        ready_timeout=10,
    )
    controller.start()
    yield controller
    controller.stop()


def _receiver(
    server: Controller, username: str | None = None, password: str | None = None, timeout_s: float = 10
) -> EmailReceiver:
    return EmailReceiver(
        "127.0.0.1",
        server.port,
        username=username,
        password=password,
        sender="alerts@tidewatch.example",
        start_tls=False,
        timeout_s=timeout_s,
    )


async def test_a_mail_has_text_html_and_one_id(server: Controller, mailbox: Mailbox) -> None:
    """Text and HTML arrive, and a second try carries the Message-ID of the first."""
    receiver: Receiver = _receiver(server)
    attempts = [await receiver.send(MESSAGE, DESK) for _ in range(2)]
    await receiver.close()
    assert [attempt.outcome for attempt in attempts] == ["delivered", "delivered"]
    mail, again = mailbox.mails
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().strip() == MESSAGE.text
    assert rich.get_content().strip() == MESSAGE.html
    assert mail["Subject"] == MESSAGE.subject
    assert mail["To"] == "desk@news.example"
    assert mail["Message-ID"] == again["Message-ID"] == message_id("ntf_1", "alerts@tidewatch.example")
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_a_subject_is_one_line(server: Controller, mailbox: Mailbox) -> None:
    """A subject with line ends adds no header."""
    message = dataclasses.replace(MESSAGE, subject="Fell\r\nBcc: spy@news.example\r\n\r\nbody\u2028 ü")
    assert (await _receiver(server).send(message, DESK)).outcome == "delivered"
    assert mailbox.mails[0]["Subject"] == "Fell Bcc: spy@news.example body ü"
    assert mailbox.mails[0]["Bcc"] is None


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: spy@news.example", "no address", "", "@news.example", "a b@c"]
)
async def test_an_address_that_is_none_is_refused(server: Controller, mailbox: Mailbox, address: str) -> None:
    """What is no mail address reaches no header, and is refused for good."""
    attempt = await _receiver(server).send(MESSAGE, EmailChannel(to=(address,)))
    assert attempt.outcome == "refused"
    assert mailbox.mails == []
    assert check_mail_address(address) is not None
    assert check_mail_address("desk@news.example") is None


@pytest.mark.parametrize(
    ("to", "outcome", "status"),
    [
        (("unknown@news.example",), "refused", 550),
        (("full@news.example",), "failed", 452),
        (("unknown@news.example", "full@news.example"), "failed", 452),
        (("unknown@news.example", "desk@news.example"), "delivered", 250),
    ],
)
async def test_refused_recipients(server: Controller, to: tuple[str, ...], outcome: str, status: int) -> None:
    """A mailbox that does not exist is refused, a full one tried again, and one that took the mail is enough."""
    attempt = await _receiver(server).send(MESSAGE, EmailChannel(to=to))
    assert (attempt.outcome, attempt.status) == (outcome, status)
    assert attempt.detail


async def test_who_is_refused_for_now_gets_the_mail_later(server: Controller, mailbox: Mailbox) -> None:
    """The mail is tried again for those who were refused for now, and those who took it get no second copy."""
    receiver = _receiver(server)
    channel = EmailChannel(to=("desk@news.example", "full@news.example", "unknown@news.example"))
    for _ in range(2):
        attempt = await receiver.send(MESSAGE, channel)
        assert (attempt.outcome, attempt.status, attempt.partly) == ("failed", 452, True)
        assert "2 of 3 recipients were refused" in attempt.detail
    mailbox.full = "250 OK"
    attempt = await receiver.send(MESSAGE, channel)
    assert (attempt.outcome, attempt.detail) == ("delivered", "1 of 3 recipients were refused")
    assert mailbox.recipients == [["desk@news.example"], ["full@news.example"]]
    first, second = mailbox.mails
    assert (first["Message-ID"], first["To"]) == (second["Message-ID"], second["To"])


async def test_who_took_the_mail_is_forgotten_in_bounded_memory(
    server: Controller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the bound the oldest mail goes to everybody once more, under the Message-ID that it had."""
    monkeypatch.setattr("alerts.receivers.email.MAX_PARTLY_KEPT", 1)
    receiver = _receiver(server)
    channel = EmailChannel(to=("desk@news.example", "full@news.example"))
    other = dataclasses.replace(MESSAGE, notification_id=NotificationId("ntf_2"))
    for message in (MESSAGE, other, MESSAGE):
        assert (await receiver.send(message, channel)).outcome == "failed"
    assert mailbox.recipients == [["desk@news.example"]] * 3
    assert mailbox.mails[0]["Message-ID"] == mailbox.mails[2]["Message-ID"]


@pytest.mark.parametrize("late", ["550 no such mailbox", "250 OK"])
async def test_the_last_word_on_a_recipient_decides(server: Controller, mailbox: Mailbox, late: str) -> None:
    """Where some took the mail, it is delivered once nobody is refused for now any more."""
    receiver = _receiver(server)
    channel = EmailChannel(to=("desk@news.example", "full@news.example"))
    assert (await receiver.send(MESSAGE, channel)).outcome == "failed"
    mailbox.full = late
    attempt = await receiver.send(MESSAGE, channel)
    assert attempt.outcome == "delivered"
    assert bool(attempt.detail) == late.startswith("550")
    assert mailbox.recipients[0] == ["desk@news.example"]


@pytest.mark.parametrize(("answer", "outcome"), [("451 greylisted", "failed"), ("554 no spam here", "refused")])
async def test_the_server_s_answer_decides(server: Controller, mailbox: Mailbox, answer: str, outcome: str) -> None:
    """4xx is tried again and 5xx is not, and the server's words are told."""
    mailbox.answer = answer
    attempt = await _receiver(server).send(MESSAGE, DESK)
    assert attempt.outcome == outcome
    assert answer.partition(" ")[2] in attempt.detail


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("greeting", "554 5.7.1 client host blocked"),
        ("HELO", "550 5.7.1 who are you"),
        ("MAIL", "553 5.7.1 sender not owned by user"),
    ],
)
async def test_a_refusal_of_us_is_tried_again(at: str, answer: str) -> None:
    """A server that refuses who we are says nothing of the mail: the operator can heal it, and the mail is kept."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{answer if at == 'greeting' else '220 mx'}\r\n".encode())
        while line := await reader.readline():
            verb = line[:4].decode().upper()
            writer.write(f"{answer if at == verb.replace('EHLO', 'HELO') else '250 OK'}\r\n".encode())
        writer.close()

    refusing = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = refusing.sockets[0].getsockname()[1]
    receiver = EmailReceiver(
        "127.0.0.1", port, username=None, password=None, sender="a@t.example", start_tls=False, timeout_s=10
    )
    attempt = await receiver.send(MESSAGE, DESK)
    refusing.close()
    assert (attempt.outcome, attempt.status) == ("failed", int(answer[:3]))
    assert answer.partition(" ")[2] in attempt.detail


async def test_login(server: Controller, mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    """A login goes through; a wrong one is the operator's to heal, so the mail is kept and the password untold."""
    caplog.set_level(logging.DEBUG)
    assert (await _receiver(server, "tide", "right").send(MESSAGE, DESK)).outcome == "delivered"
    attempt = await _receiver(server, "tide", "wr0ng-passw0rd").send(MESSAGE, DESK)
    assert (attempt.outcome, attempt.status) == ("failed", 535)
    assert set(mailbox.logins) == {b"tide"}
    assert "wr0ng-passw0rd" not in caplog.text + attempt.detail


async def test_a_server_that_is_away_or_has_no_tls(server: Controller) -> None:
    """A server that does not listen, or lacks the TLS that is asked for, is a failure with a reason."""
    away = EmailReceiver(
        "127.0.0.1", 1, username=None, password=None, sender="a@t.example", start_tls=False, timeout_s=5
    )
    bare = EmailReceiver(
        "127.0.0.1", server.port, username=None, password=None, sender="a@t.example", start_tls=True, timeout_s=5
    )
    for receiver in (away, bare):
        attempt = await receiver.send(MESSAGE, DESK)
        assert attempt.outcome == "failed"
        assert attempt.detail


async def test_a_server_that_hangs_before_the_mail_is_left() -> None:
    """A server that takes the connection and does not greet is left long before one that has the mail in its hands."""
    hung = asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    receiver = EmailReceiver(
        "127.0.0.1",
        server.sockets[0].getsockname()[1],
        username=None,
        password=None,
        sender="a@t.example",
        start_tls=False,
        timeout_s=3_600,
        connect_timeout_s=0.2,
    )
    attempt = await receiver.send(MESSAGE, DESK)
    hung.set()
    server.close()
    assert (attempt.outcome, attempt.detail) == ("failed", "127.0.0.1 was not ready within 0.2 s")


async def test_a_mail_that_is_not_answered_is_failed(server: Controller, mailbox: Mailbox) -> None:
    """A server that takes the mail and says nothing is a failure once the time is over."""
    mailbox.scanned.clear()
    attempt = await _receiver(server, timeout_s=0.5).send(MESSAGE, DESK)
    assert (attempt.outcome, attempt.detail) == ("failed", "127.0.0.1 did not take the mail within 0.5 s")


async def test_a_server_that_hangs_at_the_farewell_has_taken_the_mail(
    server: Controller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken is delivered, whatever comes after it: else it would go out once more."""
    monkeypatch.setattr("alerts.receivers.email.FAREWELL_TIMEOUT_S", 0.2)
    mailbox.farewell.clear()
    attempt = await _receiver(server, timeout_s=2).send(MESSAGE, DESK)
    assert (attempt.outcome, len(mailbox.mails)) == ("delivered", 1)


async def test_another_kind_of_channel_is_refused(server: Controller) -> None:
    """A receiver that is handed the wrong channel says so."""
    channel = SlackChannel.model_validate({"url": "https://hooks.slack.com/services/x"})
    assert (await _receiver(server).send(MESSAGE, channel)).outcome == "refused"
