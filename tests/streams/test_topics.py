"""Topics, and publishing to them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import BrokerResponseError, InvalidReplicationFactorError, NotControllerError
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from streams.broker import EmbeddedBroker
from streams.errors import BrokerUnavailable, DeadLetterReason, MisconfiguredError, TidewatchError, UnreadableInput
from streams.producer import open_producer
from streams.settings import Settings
from streams.topics import DAY_MS, STAMPING, existing_topics, make_topics, unstamped_topics, wanted_topics
from tests.stack.kafka import KafkaServer
from tests.stack.server import free_ports


@pytest.mark.stack
async def test_topics_are_kept_as_stated(kafka: KafkaServer, namespace: str, tmp_path: Path) -> None:
    """On the broker, each topic has the retention or compaction, and the partitions, that the table states."""
    settings = Settings(namespace=namespace, kafka_brokers=kafka.address, data_dir=tmp_path, partitions=3)
    await make_topics(settings, (f"{namespace}.table.series",))
    admin = AdminClient({"bootstrap.servers": kafka.address})

    def config(topic: str) -> dict[str, str]:
        resource = ConfigResource(ResourceType.TOPIC, f"{namespace}.{topic}")
        return {name: entry.value for name, entry in admin.describe_configs([resource])[resource].result(10).items()}

    assert config("news.raw")["retention.ms"] == str(7 * DAY_MS)
    assert config("news.raw.dlq")["retention.ms"] == str(30 * DAY_MS)
    assert config("alerts")["cleanup.policy"] == "delete"
    for name, stamping in (("news.raw", "LogAppendTime"), ("clicks.raw", "LogAppendTime"), ("mentions", "CreateTime")):
        assert config(name)["message.timestamp.type"] == stamping
    for compacted in ("profiles", "table.series"):
        found = config(compacted)
        assert found["cleanup.policy"] == "compact"
        assert int(found["segment.ms"]) <= DAY_MS
    assert len(admin.list_topics(f"{namespace}.mentions").topics[f"{namespace}.mentions"].partitions) == 3


def test_what_others_write_bears_the_time_of_its_arrival() -> None:
    """The broker stamps raw news and clicks; what we send ourselves, and tables, keep the times that they had."""
    stamped = {
        topic.name for topic in wanted_topics(Settings(), ("table.series",)) if STAMPING in (topic.topic_configs or {})
    }
    assert stamped == {"news.raw", "clicks.raw"}


@pytest.mark.stack
async def test_topics_that_keep_the_times_of_producers_are_found(
    kafka: KafkaServer, namespace: str, tmp_path: Path
) -> None:
    """One that was made before, or altered, is named; those that the broker stamps are not."""
    settings = Settings(namespace=namespace, kafka_brokers=kafka.address, data_dir=tmp_path)
    assert await unstamped_topics(settings) == []
    await make_topics(settings)
    assert await unstamped_topics(settings) == []
    entry = ConfigEntry(STAMPING, "CreateTime", incremental_operation=AlterConfigOpType.SET)
    altered = ConfigResource(ResourceType.TOPIC, f"{namespace}.news.raw", incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": kafka.address})
    admin.incremental_alter_configs([altered])[altered].result(10)
    async with asyncio.timeout(30):
        while not (found := await unstamped_topics(settings)):  # the controller answers before the broker knows
            await asyncio.sleep(0.1)
    assert found == [f"{namespace}.news.raw"]


@pytest.mark.stack
async def test_a_changed_number_of_partitions_is_refused(kafka: KafkaServer, namespace: str, tmp_path: Path) -> None:
    """Topics that exist with another number of partitions are refused, and nothing is made."""
    settings = Settings(namespace=namespace, kafka_brokers=kafka.address, data_dir=tmp_path, partitions=3)
    await make_topics(settings)
    with pytest.raises(MisconfiguredError, match=r"TIDEWATCH_PARTITIONS is 5, but .*news\.raw has 3"):
        await make_topics(settings.model_copy(update={"partitions": 5}))


@pytest.mark.stack
async def test_a_record_over_the_limit_is_permanent(kafka: KafkaServer, namespace: str, tmp_path: Path) -> None:
    """A record over the limit is refused by name, by the client and by the broker, and smaller ones still go."""
    settings = Settings(namespace=namespace, kafka_brokers=kafka.address, data_dir=tmp_path, max_message_bytes=20_000)
    await make_topics(settings)
    lax = settings.model_copy(update={"max_message_bytes": 500_000})
    for chosen in (settings, lax):
        async with open_producer(chosen) as producer:
            with pytest.raises(UnreadableInput) as caught:
                await producer.send("news.raw", key=b"k", value=b"x" * 60_000)
            assert caught.value.reason is DeadLetterReason.TOO_LARGE
            await producer.send("news.raw", key=b"k", value=b"x")


@pytest.mark.stack
async def test_a_controller_that_is_given_for_a_broker_is_told(kafka: KafkaServer, tmp_path: Path) -> None:
    """It answers, so that nobody looks for what keeps it from answering; beside a broker it does no harm."""
    controller = f"127.0.0.1:{kafka.controller_port}"
    settings = Settings(kafka_brokers=controller, data_dir=tmp_path)
    with pytest.raises(BrokerUnavailable, match=f"^Kafka at {controller} is no broker .*TIDEWATCH_KAFKA_BROKERS"):
        await existing_topics(settings, ["nothing"])
    both = settings.model_copy(update={"kafka_brokers": f"{controller},{kafka.address}"})
    assert await existing_topics(both, ["nothing"]) == {}


@pytest.mark.parametrize(
    ("code", "kind"), [(NotControllerError, BrokerUnavailable), (InvalidReplicationFactorError, MisconfiguredError)]
)
async def test_a_controller_that_goes_is_no_mistake_of_a_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: type[BrokerResponseError], kind: type[TidewatchError]
) -> None:
    """What passes by itself is told as Kafka's, what has to be set otherwise as the setting's."""
    with EmbeddedBroker() as broker:
        cluster = {"controller_id": 1, "brokers": [{"node_id": 1}]}
        refused = SimpleNamespace(topic_errors=[("news.raw", code.errno, None)])
        monkeypatch.setattr(AIOKafkaAdminClient, "describe_cluster", AsyncMock(return_value=cluster))
        monkeypatch.setattr(AIOKafkaAdminClient, "create_topics", AsyncMock(return_value=refused))
        with pytest.raises(kind, match=code.__name__):
            await make_topics(Settings(kafka_brokers=broker.address, data_dir=tmp_path))


async def test_a_cluster_without_controller_is_retryable(tmp_path: Path) -> None:
    """While Kafka starts no broker is the controller, as in the embedded one: that is said, and no traceback."""
    with EmbeddedBroker() as broker:
        settings = Settings(kafka_brokers=broker.address, data_dir=tmp_path)
        with pytest.raises(BrokerUnavailable, match="no controller"):
            await make_topics(settings)


async def test_no_broker_is_retryable(tmp_path: Path) -> None:
    """Without a broker the error says which address did not answer."""
    (port,) = free_ports(1)
    settings = Settings(kafka_brokers=f"127.0.0.1:{port}", data_dir=tmp_path)
    with pytest.raises(BrokerUnavailable, match=str(port)):
        await make_topics(settings)
    with pytest.raises(BrokerUnavailable, match=str(port)):
        async with open_producer(settings):
            pass
