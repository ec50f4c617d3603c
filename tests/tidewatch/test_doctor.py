"""`tidewatch doctor`."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from agents.roles import changelogs
from streams.broker import PARTITIONS, EmbeddedBroker
from streams.settings import Settings
from streams.sinks.index import IndexHealth
from streams.topics import make_topics
from tests.pipeline.conftest import embedded_topics
from tests.stack.kafka import KafkaServer
from tests.stack.server import free_ports
from tidewatch.doctor import LEAST_FREE_BYTES, examine, examine_broker, examine_disk, examine_model


async def test_all_is_well_on_embedded_parts(tmp_path: Path) -> None:
    """With every topic there, nothing is found wrong."""
    settings = Settings(data_dir=tmp_path, model="stub", kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        findings = await examine(settings.model_copy(update={"kafka_brokers": broker.address}))
    assert [(f.part, f.well) for f in findings] == [("broker", True), ("index", True), ("model", True), ("disk", True)]


async def test_a_broker_that_is_away_is_told(tmp_path: Path) -> None:
    """Without a broker the finding names the address and a remedy."""
    (port,) = free_ports(1)
    finding = await examine_broker(Settings(data_dir=tmp_path, kafka_brokers=f"127.0.0.1:{port}"))
    assert not finding.well
    assert str(port) in finding.seen
    assert "TIDEWATCH_KAFKA_BROKERS" in finding.remedy


async def test_an_index_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """It is a finding like the others, which are examined all the same."""
    url, file = "https://localhost:9200", Path(__file__)
    settings = Settings(data_dir=tmp_path, model="stub", kafka_brokers="unset", index="elasticsearch")
    settings = settings.model_copy(update={"elasticsearch_url": url, "elasticsearch_ca_file": file})
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        findings = await examine(settings.model_copy(update={"kafka_brokers": broker.address}))
    assert [(f.part, f.well) for f in findings] == [("broker", True), ("index", False), ("model", True), ("disk", True)]
    assert f"TIDEWATCH_ELASTICSEARCH_CA_FILE {file} holds no certificates" in findings[1].seen


async def test_missing_topics_are_told(tmp_path: Path) -> None:
    """With a topic missing the finding says how to make it."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)[1:]) as broker:
        finding = await examine_broker(settings.model_copy(update={"kafka_brokers": broker.address}))
    assert not finding.well
    assert "'news.raw' first" in finding.seen
    assert "tidewatch init" in finding.remedy


async def test_another_number_of_partitions_is_refused(tmp_path: Path) -> None:
    """A changed number of partitions is refused: keys and tables would come apart."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset", partitions=PARTITIONS + 1)
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        finding = await examine_broker(settings.model_copy(update={"kafka_brokers": broker.address}))
    assert not finding.well
    assert f"TIDEWATCH_PARTITIONS is {PARTITIONS + 1}" in finding.seen


async def test_topics_that_keep_the_times_of_producers_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topics that were made before are named, with the command that alters them."""
    monkeypatch.setattr("tidewatch.doctor.unstamped_topics", AsyncMock(return_value=["clicks.raw"]))
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        finding = await examine_broker(settings.model_copy(update={"kafka_brokers": broker.address}))
    assert not finding.well
    assert "clicks.raw" in finding.seen
    assert "message.timestamp.type=LogAppendTime" in finding.remedy


def test_another_embedding_space_is_refused(tmp_path: Path) -> None:
    """Vectors of another space in the index are refused, and both spaces named."""
    settings = Settings(data_dir=tmp_path, model="stub")
    finding = examine_model(settings, IndexHealth(reachable=True, detail="", spaces=("another-1",)))
    assert not finding.well
    assert "another-1" in finding.seen
    assert "stub-1" in finding.seen


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A folder without a model is a finding, not a traceback."""
    finding = examine_model(Settings(data_dir=tmp_path, model=str(tmp_path)), IndexHealth(reachable=True, detail=""))
    assert not finding.well


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little space is a finding with the amount that is wanted."""
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 10, LEAST_FREE_BYTES - 1))
    assert not examine_disk(Settings(data_dir=tmp_path)).well


@pytest.mark.stack
async def test_init_makes_topics_once(kafka: KafkaServer, namespace: str, tmp_path: Path) -> None:
    """Topics are made with what the table says of them; a second time there is nothing to make."""
    settings = Settings(data_dir=tmp_path, kafka_brokers=kafka.address, namespace=namespace)
    names = embedded_topics(settings)
    assert sorted(await make_topics(settings, changelogs(settings))) == sorted(names)
    assert await make_topics(settings, changelogs(settings)) == []
    assert (await examine_broker(settings)).well
