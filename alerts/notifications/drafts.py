"""Drafts: what people write of subscriptions and silences, made whole and checked; secrets go in and not out again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from alerts.notifications.template_trials import template_fault
from alerts.receivers.channels import check_channel
from alerts.topic_names import unknown_topics
from streams.subscriptions import (
    Matchers,
    Silence,
    SilenceId,
    SlackChannel,
    Subscription,
    SubscriptionId,
    WebhookChannel,
)
from streams.validation import WRITE_A_LIST, in_words

ELLIPSIS = "…"
"""In the place of what is not shown of a secret."""
SHOWN_CHARS = 4
KEPT_SECRETS = 2
"""After a rotation: the new one, and the one that subscribers still know."""
_FIELDS = "write fields with their values, such as {name: value}"
_IN_WORDS = {
    "string_unicode": "it holds half of a character, such as \\ud83d: write the character itself",
    "tuple_type": WRITE_A_LIST,
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
    "union_tag_not_found": "write its `kind`: webhook, slack, email, topic or stream",
}
"""What pydantic says in terms of Python, in those of who wrote the draft."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Say what is wrong in a draft, and where; never what a secret says."""

    path: tuple[str | int, ...]
    message: str

    @property
    def where(self) -> str:
        """Return the path with dots."""
        return ".".join(str(part) for part in self.path)


@dataclass(frozen=True, slots=True)
class Drafted:
    """Be a subscription that can be published, and the secret that was made for it, to be shown once."""

    subscription: Subscription
    made_secret: str | None = None


def draft_subscription(
    fields: Mapping[str, Any],
    subscription_id: SubscriptionId,
    *,
    current: Subscription | None,
    fresh_secret: str,
    now: datetime,
    allow_private: bool,
    topics: Collection[str],
) -> Drafted | tuple[Mistake, ...]:
    """Make a subscription of what a person wrote, or say every mistake in it.

    Args:
        fields: those of `Subscription`. `updated_at` is set here; secrets that are left out, or written as they are
            shown, stay what they are.
        subscription_id: what it is kept under.
        current: what is kept under it now.
        fresh_secret: for a webhook that has none yet.
        now: when it was written.
        allow_private: whether webhooks may lead to private addresses.
        topics: those that news can have.
    """
    settled = dict(fields)
    made: str | None = None
    if isinstance(channel := fields.get("channel"), Mapping):
        settled["channel"], made, mistakes = _settle(channel, current, fresh_secret)
        if mistakes:
            return mistakes
    if fields.get("subscription_id", subscription_id) != subscription_id:
        return (Mistake(("subscription_id",), f"it is kept under {subscription_id!r}: leave it out"),)
    reserved = {"subscription_id": subscription_id, "updated_at": now}
    try:
        subscription = Subscription.model_validate(settled | reserved, extra="forbid")
    except ValidationError as error:
        return mistakes_of(error)
    found = [
        Mistake(("channel", *path), why)
        for path, why in check_channel(subscription.channel, allow_private=allow_private)
    ]
    found += _of_topics(subscription.matchers, topics)
    if not subscription.name.strip():
        found.append(Mistake(("name",), "write a name: each notification shows it"))
    if subscription.template is not None and (fault := template_fault(subscription.template)):
        found.append(Mistake(("template",), fault))
    return tuple(found) if found else Drafted(subscription, made)


def draft_silence(
    fields: Mapping[str, Any], silence_id: SilenceId, *, author: str, now: datetime, topics: Collection[str]
) -> Silence | tuple[Mistake, ...]:
    """Make a silence of what a person wrote, or say every mistake in it; without `starts_at` it begins now.

    Its topics are among those that news can have, as `draft_subscription` takes them.
    """
    reserved = {"silence_id": silence_id, "author": author}
    try:
        silence = Silence.model_validate({"starts_at": now} | dict(fields) | reserved, extra="forbid")
    except ValidationError as error:
        return mistakes_of(error)
    found = _of_topics(silence.matchers, topics)
    if silence.matchers == Matchers():
        found.append(
            Mistake(("matchers",), "nothing set would silence everything: name all severities if that is meant")
        )
    if silence.ends_at <= max(silence.starts_at, now):
        found.append(Mistake(("ends_at",), "it has to end after it begins, and not in the past"))
    return tuple(found) if found else silence


def mistakes_of(error: ValidationError) -> tuple[Mistake, ...]:
    """Return the mistakes that pydantic found, without the values that it found them in."""
    mistakes = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        path = each["loc"]
        if path[:1] == ("channel",):  # what follows is which of the union it is
            path = ("channel", *path[2:])
        mistakes.append(Mistake(path, in_words(each, _IN_WORDS)))
    return tuple(mistakes)


def rotated(subscription: Subscription, fresh_secret: str, now: datetime) -> Subscription | None:
    """Put a new secret before the one that is known, or return None where the channel has none to rotate."""
    channel = subscription.channel
    if not isinstance(channel, WebhookChannel):
        return None
    known = [secret.get_secret_value() for secret in channel.secrets]
    fields = {"kind": "webhook", "url": channel.url, "secrets": [fresh_secret, *known][:KEPT_SECRETS]}
    return subscription.model_copy(update={"channel": WebhookChannel.model_validate(fields), "updated_at": now})


def masked(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as JSON values, with of each secret its last characters."""
    fields = subscription.model_dump(mode="json", exclude={"format"})
    channel = subscription.channel
    if isinstance(channel, WebhookChannel):
        fields["channel"]["secrets"] = [mask(secret.get_secret_value()) for secret in channel.secrets]
    elif isinstance(channel, SlackChannel):
        fields["channel"]["url"] = mask(channel.url.get_secret_value())
    fields["channel"].pop("format", None)
    return fields


def mask(secret: str) -> str:
    """Return how a secret is shown: how it begins where that tells nothing, and how it ends."""
    for prefix in ("whsec_", "https://hooks.slack.com/"):
        if secret.startswith(prefix):
            return f"{prefix}{ELLIPSIS}{secret[-SHOWN_CHARS:]}"
    return f"{ELLIPSIS}{secret[-SHOWN_CHARS:]}"


def _of_topics(matchers: Matchers, topics: Collection[str]) -> list[Mistake]:
    return [Mistake(("matchers", "topics", place), why) for place, why in unknown_topics(matchers.topics, topics)]


def _settle(
    channel: Mapping[str, Any], current: Subscription | None, fresh_secret: str
) -> tuple[dict[str, Any], str | None, tuple[Mistake, ...]]:
    """Put secrets in the place of masks and of nothing; return the channel, what was made, and what is no secret."""
    settled, kept = dict(channel), current.channel if current is not None else None
    unknown = "this is how a secret is shown, and it is none that is kept: write the secret itself, or leave it out"
    if channel.get("kind") == "webhook":
        known = [s.get_secret_value() for s in kept.secrets] if isinstance(kept, WebhookChannel) else []
        written = channel.get("secrets")
        if written is None:
            settled["secrets"] = known or [fresh_secret]
            return settled, None if known else fresh_secret, ()
        by_mask = {mask(secret): secret for secret in known}
        if isinstance(written, list | tuple):
            settled["secrets"] = [by_mask.get(s, s) if isinstance(s, str) else s for s in written]
            wrong = [n for n, s in enumerate(settled["secrets"]) if isinstance(s, str) and ELLIPSIS in s]
            return settled, None, tuple(Mistake(("channel", "secrets", place), unknown) for place in wrong)
    if channel.get("kind") == "slack":
        written = channel.get("url")
        known_url = kept.url.get_secret_value() if isinstance(kept, SlackChannel) else None
        if known_url is not None and written in (None, mask(known_url)):
            settled["url"] = known_url
        elif isinstance(written, str) and ELLIPSIS in written:
            return settled, None, (Mistake(("channel", "url"), unknown),)
    return settled, None, ()
