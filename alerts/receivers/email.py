"""Mail over SMTP: text and HTML, and the same Message-ID at every try, so that a second copy can be told."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from alerts.receivers.receiver import Attempt, Message
from streams.clock import Clock, SystemClock
from streams.subscriptions import Channel, EmailChannel

TLS_PORT = 465
"""Where TLS begins with the connection (RFC 8314)."""
MAX_SUBJECT_CHARS = 200
PERMANENT = 500
_NOT_OF_THE_MESSAGE = (530, 534, 535, 538)
"""The server's words about our login: for the operator to heal, while the message waits."""


class EmailReceiver:
    """Hand messages to one mail server, which the operator chose."""

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
        clock: Clock | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._sender = sender
        self._start_tls = start_tls
        self._timeout_s = timeout_s
        self._clock = clock or SystemClock()

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Try once; see `Receiver.send`."""
        if not isinstance(channel, EmailChannel):
            return Attempt("refused", detail=f"mail cannot be sent to a channel of kind {channel.kind}")
        try:
            mail = self._mail(message, channel.to)
        except (ValueError, IndexError, MessageError) as error:
            return Attempt("refused", detail=f"the mail cannot be written: {type(error).__name__}: {error}"[:200])
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._hand_over(mail, channel.to)
        except TimeoutError:
            return Attempt("failed", detail=f"{self._host} did not answer within {self._timeout_s:g} s")
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused_by_code(min(each.code for each in error.recipients), "every recipient was refused")
        except aiosmtplib.SMTPResponseException as error:
            return _refused_by_code(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Attempt("failed", detail=f"{self._host}: {type(error).__name__}: {error}"[:200])

    async def close(self) -> None:
        """Do nothing: each mail has a connection of its own."""

    async def _hand_over(self, mail: EmailMessage, to: tuple[str, ...]) -> Attempt:
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
            await client.connect()
            refused, _ = await client.send_message(mail, sender=self._sender, recipients=list(to))
            # The mail is theirs now: what happens at the farewell must not send it again.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()
        detail = f"{len(refused)} of {len(to)} recipients were refused" if refused else ""
        return Attempt("delivered", 250, detail)

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


def _refused_by_code(code: int, words: str) -> Attempt:
    permanent = code >= PERMANENT and code not in _NOT_OF_THE_MESSAGE
    return Attempt("refused" if permanent else "failed", code, f"status {code}: {_one_line(words)}"[:200])


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
