"""Mail over SMTP: text and HTML, and the same Message-ID at every try, so that a second copy can be told."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from alerts.receivers.receiver import Attempt, Message
from streams.clock import Clock, SystemClock
from streams.subscriptions import Channel, EmailChannel, NotificationId

TLS_PORT = 465
"""Where TLS begins with the connection (RFC 8314)."""
CONNECT_TIMEOUT_S = 60.0
"""Up to the login: a server that hangs then has nothing in its hands yet, and holds a place no longer than this."""
FAREWELL_TIMEOUT_S = 5.0
MAX_SUBJECT_CHARS = 200
PERMANENT = 500
_NOT_OF_THE_MESSAGE = (530, 534, 535, 538)
"""The server's words about our login, which some say to a recipient or a mail: for the operator to heal, too."""
MAX_PARTLY_KEPT = 10_000
"""Mails that some recipients took and others did not yet."""


class EmailReceiver:
    """Hand messages to one mail server, which the operator chose. Whoever sends bounds how many go there at once."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None,
        password: str | None,
        sender: str,
        start_tls: bool,
        timeout_s: float,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        clock: Clock | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._sender = sender
        self._start_tls = start_tls
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._clock = clock or SystemClock()
        self._taken_by: OrderedDict[NotificationId, frozenset[str]] = OrderedDict()
        """Those who need no second copy. In memory only: after a restart they get one, with the same Message-ID."""

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Try once; see `Receiver.send`."""
        if not isinstance(channel, EmailChannel):
            return Attempt("refused", detail=f"mail cannot be sent to a channel of kind {channel.kind}")
        try:
            mail = self._mail(message, channel.to)
        except (ValueError, IndexError, MessageError) as error:
            return Attempt("refused", detail=f"the mail cannot be written: {type(error).__name__}: {error}"[:200])
        try:
            return await self._send_to_those_left(mail, message.notification_id, channel.to)
        except TimeoutError as error:
            return Attempt("failed", detail=f"{self._host} {error}")
        except aiosmtplib.SMTPDataError as error:
            return _judged(error.code, error.message)
        except aiosmtplib.SMTPResponseException as error:
            # At the greeting, the login or the sender: of us, not of the mail, which waits while the operator heals it.
            return Attempt("failed", error.code, _told(error.code, error.message))
        except (aiosmtplib.SMTPException, OSError) as error:
            return Attempt("failed", detail=f"{self._host}: {type(error).__name__}: {error}"[:200])

    async def close(self) -> None:
        """Do nothing: each mail has a connection of its own."""

    async def _send_to_those_left(
        self, mail: EmailMessage, notification_id: NotificationId, to: tuple[str, ...]
    ) -> Attempt:
        before = self._taken_by.get(notification_id, frozenset())
        left = [address for address in to if address not in before]
        refused = await self._hand_over(mail, left) if left else {}
        taken = frozenset(to) - refused.keys()
        if not taken:
            return _judged(min(refused.values()), "every recipient was refused")
        told = f"{len(refused)} of {len(to)} recipients were refused"
        for_now = [code for code in refused.values() if not _is_permanent(code)]
        if for_now:
            self._taken_by[notification_id] = taken
            if len(self._taken_by) > MAX_PARTLY_KEPT:
                self._taken_by.popitem(last=False)
            return Attempt("failed", min(for_now), f"status {min(for_now)}: {told}", partly=True)
        self._taken_by.pop(notification_id, None)
        return Attempt("delivered", 250, told if refused else "")

    async def _hand_over(self, mail: EmailMessage, to: list[str]) -> dict[str, int]:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._port == TLS_PORT,
            start_tls=self._start_tls and self._port != TLS_PORT,
            timeout=self._timeout_s,
        )
        try:
            async with _within(self._connect_timeout_s, "was not ready"):
                await client.connect()
            async with _within(self._timeout_s, "did not take the mail"):
                refused, _ = await client.send_message(mail, sender=self._sender, recipients=to)
            # The mail is theirs now: what happens at the farewell must not send it again.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=FAREWELL_TIMEOUT_S)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {each.recipient: each.code for each in error.recipients}
        finally:
            client.close()
        return {address: answer.code for address, answer in refused.items()}

    def _mail(self, message: Message, to: tuple[str, ...]) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = _one_line(message.subject)[:MAX_SUBJECT_CHARS]
        mail["From"] = Address(display_name="Tidewatch", addr_spec=self._sender)
        mail["To"] = [Address(addr_spec=each) for each in to]
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = message_id(message.notification_id, self._sender)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail


@contextlib.asynccontextmanager
async def _within(limit_s: float, missed: str) -> AsyncIterator[None]:
    """Bound a part of a try; the error says what was missed."""
    try:
        async with asyncio.timeout(limit_s):
            yield
    except TimeoutError:
        raise TimeoutError(f"{missed} within {limit_s:g} s") from None


def message_id(notification_id: str, sender: str) -> str:
    """Derive the Message-ID of a notification: the same at every try, whatever characters its id has."""
    digest = hashlib.sha256(notification_id.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def check_mail_address(address: str) -> str | None:
    """Say why a mail address cannot be written into a header, or None where it can."""
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        return f"{address!r} is no mail address: {error}"
    return None if parsed.username and "." in parsed.domain else f"{address!r} is no mail address: write name@host"


def _is_permanent(code: int) -> bool:
    return code >= PERMANENT and code not in _NOT_OF_THE_MESSAGE


def _judged(code: int, words: str) -> Attempt:
    """Judge what the server says of the mail itself, or of all who were to have it."""
    return Attempt("refused" if _is_permanent(code) else "failed", code, _told(code, words))


def _told(code: int, words: str) -> str:
    return f"status {code}: {_one_line(words)}"[:200]


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
