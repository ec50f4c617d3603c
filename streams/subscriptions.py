"""What people set about alerts: subscriptions with their channels, silences, and answers to an alert."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, NewType
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, SerializationInfo, field_serializer

from streams.alerting import Severity
from streams.records import EntityId, EpisodeId, Moment, ReaderId, Record, SeriesId

SubscriptionId = NewType("SubscriptionId", str)
SilenceId = NewType("SilenceId", str)
NotificationId = NewType("NotificationId", str)

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?")
REVEAL = "reveal"
"""Key of the serialization context under which secrets are written: only for the topic and the table."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone of the IANA database, such as Europe/Zurich") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _time_of_day(value: object) -> object:
    # YAML reads 22:00 without quotes as a number of minutes, which pydantic would take for seconds in UTC.
    if isinstance(value, str) and _TIME_OF_DAY.fullmatch(value):
        return value
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError('write a time of day in quotes and without a zone, such as "22:00"; its zone is `time_zone`')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


def _written(secret: SecretStr, info: SerializationInfo) -> str:
    return secret.get_secret_value() if (info.context or {}).get(REVEAL) else str(secret)


class WebhookChannel(Record):
    """Send to an HTTP address, signed as Standard Webhooks 1.0.0."""

    kind: Literal["webhook"] = "webhook"
    url: str = Field(max_length=2_000)
    secrets: tuple[SecretStr, ...] = Field(min_length=1, max_length=4)
    """`whsec_…`, newest first: while a secret is rotated every message carries one signature of each."""

    @field_serializer("secrets")
    def _write_secrets(self, secrets: tuple[SecretStr, ...], info: SerializationInfo) -> list[str]:
        return [_written(secret, info) for secret in secrets]


class SlackChannel(Record):
    """Post to an incoming webhook of Slack; its address is the secret."""

    kind: Literal["slack"] = "slack"
    url: SecretStr

    @field_serializer("url")
    def _write_url(self, url: SecretStr, info: SerializationInfo) -> str:
        return _written(url, info)


class EmailChannel(Record):
    """Send to mail addresses, as text and HTML."""

    kind: Literal["email"] = "email"
    to: tuple[str, ...] = Field(min_length=1, max_length=20)


class TopicChannel(Record):
    """Publish to the Kafka topic `notifications`, keyed by the subscription."""

    kind: Literal["topic"] = "topic"


class StreamChannel(Record):
    """Show to whoever listens to the subscription's server-sent events."""

    kind: Literal["stream"] = "stream"


Channel = Annotated[
    WebhookChannel | SlackChannel | EmailChannel | TopicChannel | StreamChannel, Field(discriminator="kind")
]


class Matchers(Record):
    """Say which alerts are meant: each field that is set has to hold, and one of its values is enough."""

    entities: tuple[EntityId, ...] = ()
    watchlists: tuple[str, ...] = ()
    """Names of lists in the rules file."""
    topics: tuple[str, ...] = ()
    series: tuple[SeriesId, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)


class QuietHours(Record):
    """Hold notifications back between two times of day, every day; `start` later than `end` spans midnight."""

    start: TimeOfDay
    end: TimeOfDay
    time_zone: TimeZone


class Subscription(Record):
    """Ask for alerts: which, where to, and how often."""

    format: Literal[1] = 1
    subscription_id: SubscriptionId
    name: str = Field(max_length=200)
    matchers: Matchers = Matchers()
    """Nothing set matches every alert."""
    reader_id: ReaderId | None = None
    """Besides, only what this reader reads: the names on the reader's watch-list."""
    channel: Channel
    group_by: tuple[Literal["entity", "topic", "rule", "severity"], ...] = ()
    group_wait_s: float = Field(default=0.0, ge=0, le=3600)
    """How long the first alert of a group waits for company; 0 sends each alert by itself at once."""
    digest: Literal["none", "hourly", "daily"] = "none"
    digest_at: TimeOfDay = time(8, 0)
    """Of the daily digest, in `time_zone`."""
    time_zone: TimeZone = "UTC"
    quiet_hours: QuietHours | None = None
    max_per_hour: int = Field(default=60, ge=1, le=10_000)
    """Past it, what came is told as "and 12 more" when the next notification may go."""
    updates: bool = True
    resolved: bool = False
    """Whether the end of an episode is told too."""
    template: str | None = Field(default=None, max_length=8_000)
    """Jinja2 for the text, run in a sandbox; the built-in one where unset."""
    enabled: bool = True
    updated_at: Moment
    """Later than the beginning of the try that found the endpoint gone, it switches the endpoint on again."""


class Silence(Record):
    """Send nothing of what matches between two moments; the subscribers are told when it ends."""

    format: Literal[1] = 1
    silence_id: SilenceId
    matchers: Matchers
    starts_at: Moment
    ends_at: Moment
    author: str = Field(max_length=200)
    comment: str = Field(default="", max_length=1_000)


class Response(Record):
    """Be what a person answers to an alert: acknowledged (mutes it until it ends), useful, or a false alarm."""

    format: Literal[1] = 1
    response_id: str
    episode_id: EpisodeId
    series: SeriesId
    rule: str
    kind: Literal["acknowledged", "useful", "false"]
    author: str = Field(max_length=200)
    at: Moment


class DeliveryOutcome(Record):
    """Be one try of one notification, and its answer: what settling takes."""

    format: Literal[1] = 1
    notification_id: NotificationId
    subscription_id: SubscriptionId
    attempt: int = Field(ge=1)
    outcome: Literal["delivered", "failed", "refused", "gone"]
    """`failed` is tried again, `refused` is not, `gone` also disables the endpoint."""
    dead: bool = False
    """Whether nothing more is tried: refused, gone, or the last try of the schedule. A replay can revive it."""
    channel: str = ""
    """Kind of the channel."""
    status: int | None = None
    detail: str = Field(default="", max_length=500)
    retry_after_s: float | None = None
    at: Moment
    """The end of the try."""
    took_s: float
    episode_ids: tuple[EpisodeId, ...] = ()

    @property
    def begun_at(self) -> datetime:
        """Return when the try began: it went to the address that was set then."""
        return self.at - timedelta(seconds=self.took_s)


class Watchlist(Record):
    """Be the names that a subscriber reads about most: sent when they change."""

    format: Literal[1] = 1
    reader_id: ReaderId
    entities: tuple[EntityId, ...]
    at: Moment


class DeliveryRequest(Record):
    """Ask for a delivery out of turn: a dead one once more, or a test of a subscription. Sent to `deliveries`."""

    format: Literal[1] = 1
    request: Literal["replay", "test"]
    request_id: str = Field(min_length=1, max_length=200)
    subscription_id: SubscriptionId
    notification_id: NotificationId | None = None
    """What is replayed; a test has none."""
    author: str = Field(default="", max_length=200)
    at: Moment


def encode_subscription(subscription: Subscription) -> bytes:
    """Write a subscription with its secrets, for the topic `subscriptions`; every other way of writing hides them."""
    context: dict[str, Any] = {REVEAL: True}
    return subscription.model_dump_json(context=context).encode()
