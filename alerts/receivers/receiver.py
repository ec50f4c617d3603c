"""The receiver port: a rendered message goes out, and what came of it comes back as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from streams.subscriptions import Channel, NotificationId


@dataclass(frozen=True, slots=True)
class Message:
    """Be one notification, rendered: every channel takes from it what it can show."""

    notification_id: NotificationId
    """The same on every retry."""
    subject: str
    text: str
    html: str
    payload: bytes
    """A CloudEvent in JSON, below 20 kB: the body of a webhook."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Be the answer to one try; never an exception."""

    outcome: Literal["delivered", "failed", "refused", "gone"]
    """`failed` is worth another try, `refused` is not, `gone` also disables the endpoint."""
    status: int | None = None
    detail: str = ""
    """What to tell an operator; never a secret, and of an answer's body at most its first 200 characters."""
    retry_after_s: float | None = None
    partly: bool = False
    """Whether some of the channel's addresses took it: others are not held up for those that did not."""


class Receiver(Protocol):
    """Send messages to one kind of channel."""

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Try once, within a bounded time; cancellation is the only exception that leaves."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
