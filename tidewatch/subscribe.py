"""`tidewatch subscribe`: who is told of alerts, and where; set on the topic, as the web process does."""

from __future__ import annotations

import asyncio
import getpass
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from alerts.notifications.drafts import Drafted, Mistake, draft_subscription, masked
from alerts.notifications.subscriptions_file import KEPT_ID, SubscriptionsFile, read_subscriptions
from alerts.receivers.channels import make_secret
from models.topics import NAMES
from streams.compacted import latest_keys, read_latest
from streams.decoding import encode_record
from streams.errors import DataMissing
from streams.producer import Producer, open_producer
from streams.settings import Settings, load_settings
from streams.subscriptions import DeliveryRequest, Subscription, SubscriptionId, encode_subscription
from streams.topics import FIRST_PARTITION, Topic
from tidewatch.terminal import harmless


class Act(StrEnum):
    """Name what is done."""

    ADD = "add"
    LIST = "list"
    REMOVE = "remove"
    TEST = "test"
    APPLY = "apply"


Many = list[str] | None


def subscribe(
    act: Annotated[Act, typer.Argument(help="add, list, remove, test, or apply a file.")],
    target: Annotated[str | None, typer.Argument(help="The id of a subscription; for apply a YAML file.")] = None,
    name: Annotated[str, typer.Option(help="What it is called; the id if not said.")] = "",
    webhook: Annotated[str | None, typer.Option(help="Send to this address, signed with a secret made here.")] = None,
    slack: Annotated[bool, typer.Option("--slack", help="Post to Slack; the address is read from the input.")] = False,
    email: Annotated[Many, typer.Option(help="Send mail to this address; may be repeated.")] = None,
    topic: Annotated[bool, typer.Option("--topic", help="Publish to the topic `notifications`.")] = False,
    entity: Annotated[Many, typer.Option(help="Only of this entity, by its id; may be repeated, as the next.")] = None,
    watchlist: Annotated[Many, typer.Option(help="Only of entities on this list of the rules file.")] = None,
    subject: Annotated[Many, typer.Option(help="Only on this topic of news.")] = None,
    rule: Annotated[Many, typer.Option(help="Only of this rule.")] = None,
    severity: Annotated[Many, typer.Option(help="Only of this severity: low, medium, high.")] = None,
    reader: Annotated[str | None, typer.Option(help="Only what this reader reads about.")] = None,
    digest: Annotated[str, typer.Option(help="none, hourly or daily.")] = "none",
    resolved: Annotated[bool, typer.Option("--resolved", help="Tell the end of an episode too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List each as a line of JSON.")] = False,
) -> None:
    """Add, list, remove or test subscriptions, or apply a file of them; others than the file names stay."""
    settings = load_settings()
    if act is Act.LIST:
        _list(settings, as_json)
        return
    if target is None:
        raise typer.BadParameter("name a file" if act is Act.APPLY else "name a subscription", param_hint="TARGET")
    if act is Act.APPLY:
        _apply(settings, Path(target))
    elif act is Act.ADD:
        if not KEPT_ID.fullmatch(target):
            raise typer.BadParameter("use letters, digits, dots, hyphens and underscores", param_hint="TARGET")
        matchers = {
            "entities": entity,
            "watchlists": watchlist,
            "topics": subject,
            "rules": rule,
            "severities": severity,
        }
        fields = {
            "name": name or target,
            "matchers": {field: values for field, values in matchers.items() if values},
            "channel": _channel(webhook, slack, email, topic),
            "reader_id": reader,
            "digest": digest,
            "resolved": resolved,
        }
        _put(settings, {target: fields}, None)
    else:
        asyncio.run(_remove(settings, target) if act is Act.REMOVE else _test(settings, target))


def _channel(webhook: str | None, slack: bool, email: Many, topic: bool) -> dict[str, Any]:
    chosen: list[dict[str, Any]] = []
    if webhook is not None:
        chosen.append({"kind": "webhook", "url": webhook})
    if slack:
        # Its address is a secret: on the command line everybody on the machine could read it.
        chosen.append({"kind": "slack", "url": sys.stdin.readline().strip()})
    if email:
        chosen.append({"kind": "email", "to": email})
    if topic:
        chosen.append({"kind": "topic"})
    if len(chosen) != 1:
        raise typer.BadParameter("choose one of --webhook, --slack, --email and --topic")
    return chosen[0]


def _list(settings: Settings, as_json: bool) -> None:
    kept = asyncio.run(read_latest(settings, Topic.SUBSCRIPTIONS, Subscription))
    if as_json:
        for subscription in kept.values():
            typer.echo(orjson.dumps(masked(subscription)))
        return
    table = Table("id", "name", "channel", "told", title=f"{len(kept)} subscriptions")
    for key, subscription in kept.items():
        told = subscription.digest if subscription.digest != "none" else "at once"
        table.add_row(
            harmless(key),
            harmless(subscription.name),
            subscription.channel.kind,
            told if subscription.enabled else "off",
        )
    Console().print(table)


def _apply(settings: Settings, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataMissing(f"{path} cannot be read: {error}") from error
    file = read_subscriptions(text)
    _put(settings, file.subscriptions, (path, file))


def _put(
    settings: Settings, wanted: Mapping[str, Mapping[str, Any]], source: tuple[Path, SubscriptionsFile] | None
) -> None:
    """Keep every subscription, or none where one has a mistake (status 2)."""
    current = asyncio.run(read_latest(settings, Topic.SUBSCRIPTIONS, Subscription))
    mistakes = list(source[1].mistakes) if source is not None else []
    drafts: list[Drafted] = []
    for key, fields in wanted.items():
        drafted = draft_subscription(
            fields,
            SubscriptionId(key),
            current=current.get(key),
            fresh_secret=make_secret(),
            now=datetime.now(UTC),
            allow_private=settings.webhook_allow_private,
            topics=NAMES,
        )
        if isinstance(drafted, Drafted):
            drafts.append(drafted)
        else:
            mistakes += [Mistake(("subscriptions", key, *each.path), each.message) for each in drafted]
    if mistakes:
        lines = source[1].told(str(source[0]), mistakes) if source else [f"{m.where}: {m.message}" for m in mistakes]
        for line in lines:
            typer.echo(line, err=True)
        raise typer.Exit(2)
    asyncio.run(_publish_all(settings, drafts))
    for drafted in drafts:
        if drafted.made_secret is not None:
            typer.echo(f"{drafted.subscription.subscription_id}: signed with {drafted.made_secret}, shown this once")
    typer.echo(f"{len(drafts)} subscriptions kept")


async def _publish_all(settings: Settings, drafts: list[Drafted]) -> None:
    async with open_producer(settings) as producer:
        for drafted in drafts:
            key = drafted.subscription.subscription_id.encode()
            await _send(producer, Topic.SUBSCRIPTIONS, key, encode_subscription(drafted.subscription))


async def _remove(settings: Settings, subscription_id: str) -> None:
    await _known(settings, subscription_id)
    async with open_producer(settings) as producer:
        await _send(producer, Topic.SUBSCRIPTIONS, subscription_id.encode(), None)
    typer.echo(f"{subscription_id} removed")


async def _test(settings: Settings, subscription_id: str) -> None:
    await _known(settings, subscription_id)
    request = DeliveryRequest(
        request="test",
        request_id=uuid.uuid4().hex,
        subscription_id=SubscriptionId(subscription_id),
        author=getpass.getuser(),
        at=datetime.now(UTC),
    )
    async with open_producer(settings) as producer:
        await _send(producer, Topic.DELIVERIES, request.request_id.encode(), encode_record(request))
    typer.echo(f"a test of {subscription_id} was asked for; what comes of it is in /v1/deliveries and on the console")


async def _known(settings: Settings, subscription_id: str) -> None:
    if subscription_id not in await latest_keys(settings, Topic.SUBSCRIPTIONS):
        raise DataMissing(f"there is no subscription {subscription_id!r}: `tidewatch subscribe list` names them")


async def _send(producer: Producer, topic: Topic, key: bytes, value: bytes | None) -> None:
    await producer.send(topic, key=key, value=value, partition=FIRST_PARTITION)
