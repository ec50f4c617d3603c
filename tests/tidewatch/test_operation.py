"""The small commands of an operator: `dlq`, `health`, and the command itself."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from agents.progress import Status
from agents.roles import status_path
from streams.broker import EmbeddedBroker
from streams.contents import read_to_end
from streams.decoding import encode_record
from streams.producer import Receipt, open_producer
from streams.records import DeadLetter
from streams.settings import Role, Settings
from tests.pipeline.conftest import embedded_topics
from tidewatch.__main__ import COMMANDS, app

RUN = CliRunner()


def _letter(topic: str, lies: Receipt, **fields: Any) -> DeadLetter:
    given = {"reason": "not_json", "detail": "line 1: cut short", "role": "enrich", "size_bytes": 4}
    place = {"topic": topic, "partition": lies.partition, "offset": lies.offset, "at": datetime.now(UTC)}
    return DeadLetter.model_validate(given | place | {"first_bytes": "e2N1dA=="} | fields)


async def _leave_a_letter(settings: Settings) -> None:
    async with open_producer(settings) as producer:
        letter = _letter("news.raw", await producer.send("news.raw", key=b"k", value=b"{cut"))
        lapsed = letter.model_copy(update={"offset": letter.offset + 99_000_000, "detail": "a long story " * 9})
        for place, each in enumerate([letter, letter, lapsed]):
            key = f"enrich/news.raw/{each.partition}/{each.offset}".encode()
            await producer.send("news.raw.dlq", key=key, value=encode_record(each), partition=place % 4)


@pytest.mark.parametrize(("option", "known"), [("--topic", "news.raw"), ("--reason", "not_json")])
def test_a_misspelt_topic_or_reason_is_refused_with_those_that_there_are(option: str, known: str) -> None:
    """It would seem as if nothing had been put aside."""
    result = RUN.invoke(app, ["dlq", option, "news.rew"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert known in result.output


def test_dead_letters_are_listed_and_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter that a repeat wrote twice is listed once; its original goes back to its topic; a lapsed one is told."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        monkeypatch.setenv("TIDEWATCH_KAFKA_BROKERS", broker.address)
        asyncio.run(_leave_a_letter(settings))
        listed = RUN.invoke(app, ["dlq"])
        assert listed.exit_code == 0, listed.output
        assert "2 dead letters" in listed.output
        assert "not_json" in listed.output
        assert re.search(r" news\.raw/\d@99000000 ", listed.output), "the place is cut off"
        lines = RUN.invoke(app, ["dlq", "--json", "--reason", "not_json"]).output.splitlines()
        assert [orjson.loads(line)["reason"] for line in lines] == ["not_json", "not_json"]
        again = RUN.invoke(app, ["dlq", "--replay"])
        assert "1 sent again, 1 no longer held" in again.output

        async def values() -> list[bytes]:
            return [record.value async for record in read_to_end(settings, ["news.raw"])]

        assert asyncio.run(values()) == [b"{cut", b"{cut"]


def test_what_is_sent_again_lies_where_it_lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alert role reads one partition of its topics, whatever the key says."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        monkeypatch.setenv("TIDEWATCH_KAFKA_BROKERS", broker.address)

        async def leave() -> None:
            async with open_producer(settings) as producer:
                for place in range(8):
                    key = f"desk-{place}".encode()
                    lies = await producer.send("subscriptions", key=key, value=b"{}", partition=0)
                    letter = _letter("subscriptions", lies, reason="wrong_type", role="alert", first_bytes="")
                    await producer.send("subscriptions.dlq", key=key, value=encode_record(letter))

        asyncio.run(leave())
        assert "8 sent again" in RUN.invoke(app, ["dlq", "--replay"]).output

        async def partitions() -> list[int]:
            return [record.partition async for record in read_to_end(settings, ["subscriptions"])]

        assert asyncio.run(partitions()) == [0] * 16


def test_health_is_the_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live role is healthy; one that stalled, left an old status or never ran is not."""
    monkeypatch.setenv("TIDEWATCH_DATA_DIR", str(tmp_path))
    path = status_path(Role.ENRICH, Settings(data_dir=tmp_path))
    assert RUN.invoke(app, ["health", "enrich"]).exit_code == 1
    for state, age_s, code in (("live", 0, 0), ("waiting", 0, 0), ("stalled", 0, 1), ("live", 60, 1)):
        Status("enrich", state, time.time() - age_s, 3, 0.0).save(path)  # type: ignore[arg-type]
        assert RUN.invoke(app, ["health", "enrich"]).exit_code == code, (state, age_s)


def test_every_command_is_there() -> None:
    """Each command of the table can be asked for help, and the table is what `--help` shows."""
    help_text = RUN.invoke(app, ["--help"]).output
    for name in COMMANDS:
        assert name in help_text
        result = RUN.invoke(app, [name, "--help"])
        assert result.exit_code == 0, f"{name}: {result.output}"


def test_what_an_error_says_in_brackets_is_shown() -> None:
    """A field in brackets, as Elasticsearch and our own files name them, is no markup of the terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "tidewatch", "rules", "check", "no[rule].yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("DataMissing: no[rule].yaml cannot be read: ")
    assert done.stderr.count("\n") == 1


def test_unusable_settings_end_in_one_line() -> None:
    """A setting that cannot work ends with its name and a sentence, not with a traceback."""
    environment = {"TIDEWATCH_NAMESPACE": "Desk 1", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tidewatch", "doctor"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    said = (
        "TIDEWATCH_NAMESPACE: use lower-case letters, digits and hyphens, at most 41, beginning with a letter or digit"
    )
    assert done.stderr == f"{said}\n"
