"""Every topic: its key, what it holds, how long it is kept, and the making of it before anybody subscribes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, TopicAlreadyExistsError, for_code

from streams.errors import BrokerUnavailable, MisconfiguredError
from streams.refusals import refusal
from streams.security import kafka_security
from streams.settings import Settings

DAY_MS = 86_400_000
STAMPING, STAMPED_BY_BROKER = "message.timestamp.type", "LogAppendTime"
FIRST_PARTITION = 0
"""Where everything of the alert role lives: one owner gives a total order."""


class Topic(StrEnum):
    """Name a topic, before the namespace is put in front."""

    NEWS_RAW = "news.raw"
    NEWS_ENRICHED = "news.enriched"
    MENTIONS = "mentions"
    NOVELTY = "novelty"
    CLICKS_RAW = "clicks.raw"
    CLICKS = "clicks"
    READS = "reads"
    PROFILES = "profiles"
    ALERTS = "alerts"
    WATCHLISTS = "watchlists"
    SUBSCRIPTIONS = "subscriptions"
    SILENCES = "silences"
    RESPONSES = "responses"
    NOTIFICATIONS = "notifications"
    DELIVERIES = "deliveries"
    TICKS = "ticks"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """Say how one topic is kept: for `retention_ms`, or for ever by key where compacted."""

    topic: Topic
    key: str
    retention_ms: int
    compacted: bool = False
    stamped: bool = False
    """The broker stamps its records as they arrive: others write it, and their clocks may be anything."""

    def config(self, max_message_bytes: int) -> dict[str, str]:
        """Return the broker's settings of the topic."""
        # The broker counts the batch that carries a record, so its cap lies a little above the producer's.
        config = {"max.message.bytes": str(max_message_bytes + 4096)}
        if self.stamped:
            config[STAMPING] = STAMPED_BY_BROKER
        if self.compacted:
            # The active segment is never compacted, so segments have to roll.
            return config | {
                "cleanup.policy": "compact",
                "segment.ms": str(DAY_MS // 24),
                "min.cleanable.dirty.ratio": "0.1",
            }
        return config | {"cleanup.policy": "delete", "retention.ms": str(self.retention_ms)}


SPECS: tuple[TopicSpec, ...] = (
    TopicSpec(Topic.NEWS_RAW, "any", 7 * DAY_MS, stamped=True),
    TopicSpec(Topic.NEWS_ENRICHED, "article id", 7 * DAY_MS),
    TopicSpec(Topic.MENTIONS, "series", 7 * DAY_MS),
    TopicSpec(Topic.NOVELTY, "article id", 7 * DAY_MS),
    TopicSpec(Topic.CLICKS_RAW, "any", 7 * DAY_MS, stamped=True),
    TopicSpec(Topic.CLICKS, "article id", 7 * DAY_MS),
    TopicSpec(Topic.READS, "reader id", 7 * DAY_MS),
    TopicSpec(Topic.PROFILES, "reader id", -1, compacted=True),
    TopicSpec(Topic.ALERTS, "series", 180 * DAY_MS),
    TopicSpec(Topic.WATCHLISTS, "reader id", -1, compacted=True),
    TopicSpec(Topic.SUBSCRIPTIONS, "subscription id", -1, compacted=True),
    TopicSpec(Topic.SILENCES, "silence id", -1, compacted=True),
    TopicSpec(Topic.RESPONSES, "series", 180 * DAY_MS),
    TopicSpec(Topic.NOTIFICATIONS, "subscription id", 7 * DAY_MS),
    TopicSpec(Topic.DELIVERIES, "notification id", 30 * DAY_MS),
    TopicSpec(Topic.TICKS, "none", DAY_MS),
)
DEAD_LETTER_RETENTION_MS = 30 * DAY_MS
VISIBLE_WITHIN_S = 30.0


def dead_letter_topic(topic: str) -> str:
    """Return the name of the topic that holds the dead letters of another."""
    return f"{topic}.dlq"


def wanted_topics(settings: Settings, changelogs: tuple[str, ...] = ()) -> list[NewTopic]:
    """List every topic with its configuration: ours, their dead-letter topics, and the tables' changelogs."""

    def new(name: str, config: dict[str, str]) -> NewTopic:
        return NewTopic(
            name=name,
            num_partitions=settings.partitions,
            replication_factor=settings.replication,
            topic_configs=config,
        )

    topics = [new(settings.named(spec.topic), spec.config(settings.max_message_bytes)) for spec in SPECS]
    kept = {"cleanup.policy": "delete", "retention.ms": str(DEAD_LETTER_RETENTION_MS)}
    topics += [new(settings.named(dead_letter_topic(spec.topic)), kept) for spec in SPECS]
    compacted = TopicSpec(Topic.PROFILES, "table key", -1, compacted=True).config(settings.max_message_bytes)
    topics += [new(name, compacted) for name in changelogs]
    return topics


async def make_topics(settings: Settings, changelogs: tuple[str, ...] = ()) -> list[str]:
    """Make every topic that is missing, and check the number of partitions of those that are there.

    Returns:
        The names of the topics that were made.

    Raises:
        BrokerUnavailable: no broker answered, or none is the controller yet.
        MisconfiguredError: a topic has another number of partitions than the setting, or the broker refuses to make it.
    """
    wanted = wanted_topics(settings, changelogs)
    async with _admin(settings) as admin:
        existing = await _existing(admin, [topic.name for topic in wanted])
        check_partitions(existing, settings)
        missing = [topic for topic in wanted if topic.name not in existing]
        if missing:
            cluster = await admin.describe_cluster()
            if cluster["controller_id"] not in {broker["node_id"] for broker in cluster["brokers"]}:
                raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers} has no controller, which makes topics, yet")
            try:
                response = await admin.create_topics(missing)
            except AttributeError as unheard:  # aiokafka's word for a client that has heard of no controller
                raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers} has no controller yet") from unheard
            for name, code, *_ in response.topic_errors:
                error = for_code(code)
                if not code or error is TopicAlreadyExistsError:
                    continue
                if error.retriable:  # the controller has gone meanwhile
                    raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers} cannot make topics: {error.__name__}")
                raise MisconfiguredError(f"the broker refused to make topic {name!r}: {error.__name__}")
        # The controller answers before every broker knows: who subscribes too early consumes nothing.
        async with asyncio.timeout(VISIBLE_WITHIN_S):
            while len(await _existing(admin, [topic.name for topic in wanted])) < len(wanted):  # noqa: ASYNC110 - nothing to be told by
                await asyncio.sleep(0.1)
    return [topic.name for topic in missing]


async def existing_topics(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """Return those of the named topics that exist, with their number of partitions.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    async with _admin(settings) as admin:
        return await _existing(admin, names)


async def unstamped_topics(settings: Settings) -> list[str]:
    """Return the topics of others' records whose times are their producers', where the broker tells.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    names = [settings.named(spec.topic) for spec in SPECS if spec.stamped]
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, {STAMPING: ""}) for name in names]
    async with _admin(settings) as admin:
        try:
            answers = await admin.describe_configs(asked)
        except IncompatibleBrokerVersion:  # the embedded one
            return []
    return [
        name
        for answer in answers
        for code, _, _, name, entries in answer.resources
        if not code and [value for _, value, *_ in entries] != [STAMPED_BY_BROKER]
    ]


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_brokers, **kafka_security(settings))
    try:
        await admin.start()
        yield admin
    except (KafkaError, OSError, TimeoutError) as error:
        raise await refusal(settings, error) from error
    finally:
        await admin.close()


async def _existing(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    found = set(await admin.list_topics()) & set(names)
    described = await admin.describe_topics(sorted(found)) if found else []
    return {entry["topic"]: len(entry["partitions"]) for entry in described}


def check_partitions(existing: dict[str, int], settings: Settings) -> None:
    """Refuse topics whose number of partitions is not the setting's.

    Raises:
        MisconfiguredError: names the topics and what can be done.
    """
    wrong = {name: count for name, count in sorted(existing.items()) if count != settings.partitions}
    if wrong:
        listed = ", ".join(f"{name} has {count}" for name, count in wrong.items())
        raise MisconfiguredError(
            f"TIDEWATCH_PARTITIONS is {settings.partitions}, but {listed}. Keys and tables would come apart: set it"
            " back, or start a new TIDEWATCH_NAMESPACE and replay into it."
        )
