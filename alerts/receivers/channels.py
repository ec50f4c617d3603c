"""Whether a channel can be sent to, judged when a person writes it down; each receiver judges again when it sends."""

from __future__ import annotations

import base64
import secrets

from pydantic import SecretStr

from alerts.receivers.addresses import check_url
from alerts.receivers.email import check_mail_address
from alerts.receivers.slack import HOSTS, is_slack
from streams.subscriptions import Channel, EmailChannel, SlackChannel, WebhookChannel

SECRET_PREFIX = "whsec_"  # noqa: S105 - not a secret but how one begins
MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
"""Standard Webhooks 1.0.0."""
MADE_BYTES = 32

Fault = tuple[tuple[str | int, ...], str]
"""Where in the channel, and what is wrong; never what a secret says."""


def make_secret() -> str:
    """Return a new secret for signing webhooks."""
    return f"{SECRET_PREFIX}{base64.b64encode(secrets.token_bytes(MADE_BYTES)).decode()}"


def check_channel(channel: Channel, *, allow_private: bool) -> list[Fault]:
    """Return what is wrong with a channel, all of it."""
    if isinstance(channel, WebhookChannel):
        faults: list[Fault] = []
        if why := check_url(channel.url, allow_private=allow_private):
            faults.append((("url",), why))
        for place, secret in enumerate(channel.secrets):
            if why := _check_secret(secret):
                faults.append((("secrets", place), why))
        return faults
    if isinstance(channel, SlackChannel):
        url = channel.url.get_secret_value()
        if why := check_url(url, allow_private=allow_private):
            return [(("url",), why)]
        if not allow_private and not is_slack(url):
            return [(("url",), f"the address is none of Slack's incoming webhooks ({' or '.join(HOSTS)})")]
    if isinstance(channel, EmailChannel):
        checked = [(place, check_mail_address(address)) for place, address in enumerate(channel.to)]
        return [(("to", place), why) for place, why in checked if why]
    return []


def _check_secret(secret: SecretStr) -> str | None:
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:  # no base64, or no ASCII
        key = b""
    if text.startswith(SECRET_PREFIX) and MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES:
        return None
    return f"write {SECRET_PREFIX} and the base64 of {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes"
