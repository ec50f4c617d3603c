"""`tidewatch subscribe` and `tidewatch silence`, on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from streams.broker import EmbeddedBroker
from streams.compacted import read_latest
from streams.contents import read_to_end
from streams.decoding import encode_record
from streams.errors import DataMissing
from streams.producer import open_producer
from streams.settings import Settings
from streams.subscriptions import DeliveryRequest, Silence, Subscription
from streams.topics import FIRST_PARTITION, Topic
from tests.alerts.receivers.endpoint import SECRET
from tests.pipeline.conftest import embedded_topics
from tidewatch.silence import silence
from tidewatch.subscribe import subscribe

RUN = CliRunner()
FILE = """subscriptions:
  food:
    name: Food
    matchers: {entities: [demo:quillon]}
    channel: {kind: webhook, url: "https://hooks.desk.example/in"}
  banks:
    name: Banks
    channel: {kind: email, to: [desk@news.example]}
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Run a broker that the commands reach."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        monkeypatch.setenv("TIDEWATCH_KAFKA_BROKERS", broker.address)
        yield settings.model_copy(update={"kafka_brokers": broker.address})


def _run(command: object, *arguments: str, read: str | None = None) -> Result:
    app = typer.Typer(add_completion=False)
    app.command()(command)  # type: ignore[type-var]
    return RUN.invoke(app, list(arguments), input=read)


def _kept(settings: Settings) -> dict[str, Subscription]:
    return asyncio.run(read_latest(settings, Topic.SUBSCRIPTIONS, Subscription))


def test_subscriptions_are_added_listed_tested_and_removed(settings: Settings) -> None:
    """Flags make a subscription; the list shows it without its secret; a test is asked for; it can be removed."""
    added = _run(
        subscribe, "add", "food", "--webhook", "https://hooks.desk.example/in", "--severity", "high", "--resolved"
    )
    assert added.exit_code == 0, added.output
    channel = _kept(settings)["food"].channel
    assert channel.kind == "webhook"
    secret = channel.secrets[0].get_secret_value()
    assert secret in added.output
    listed = _run(subscribe, "list", "--json").output
    assert orjson.loads(listed)["matchers"]["severities"] == ["high"]
    assert secret not in listed
    assert "webhook" in _run(subscribe, "list").output
    assert _run(subscribe, "test", "food").exit_code == 0

    async def requests() -> list[DeliveryRequest]:
        topic = settings.named(Topic.DELIVERIES)
        return [DeliveryRequest.model_validate_json(r.value) async for r in read_to_end(settings, [topic])]

    assert [(each.request, each.subscription_id) for each in asyncio.run(requests())] == [("test", "food")]
    assert _run(subscribe, "remove", "food").exit_code == 0
    assert _kept(settings) == {}
    assert isinstance(_run(subscribe, "remove", "food").exception, DataMissing)


def test_a_record_that_cannot_be_read_blocks_nothing(settings: Settings) -> None:
    """The others are listed and kept, and it can be removed by its id; nobody takes it for one that is not there."""

    async def leave() -> None:
        async with open_producer(settings) as producer:
            await producer.send(Topic.SUBSCRIPTIONS, key=b"odd", value=b'{"format": 2}', partition=FIRST_PARTITION)
            await producer.send(Topic.SUBSCRIPTIONS, key=b"lost", value=b"{}", partition=FIRST_PARTITION + 1)

    asyncio.run(leave())
    assert _run(subscribe, "add", "food", "--topic").exit_code == 0
    assert set(_kept(settings)) == {"food"}
    assert _run(subscribe, "remove", "odd").exit_code == 0
    assert isinstance(_run(subscribe, "remove", "lost").exception, DataMissing)


@pytest.mark.parametrize("clock", ["22:00", '"22:00Z"', '"22:00+05:00"', "1320"])
def test_a_time_of_day_is_written_in_quotes_and_without_a_zone(settings: Settings, tmp_path: Path, clock: str) -> None:
    """What YAML reads as a number, and what has a zone of its own, is refused with its line; quoted times are kept."""
    file = tmp_path / "desk.yaml"
    text = (
        "subscriptions:\n  desk:\n    name: Desk\n    channel: {kind: topic}\n"
        "    quiet_hours: {start: CLOCK, end: '06:00', time_zone: Europe/Berlin}\n"
    )
    file.write_text(text.replace("CLOCK", clock), encoding="utf-8")
    refused = _run(subscribe, "apply", str(file))
    assert refused.exit_code == 2
    assert 'such as "22:00"' in refused.output
    assert "desk.yaml:5" in refused.output
    file.write_text(text.replace("CLOCK", '"22:00"'), encoding="utf-8")
    assert _run(subscribe, "apply", str(file)).exit_code == 0
    quiet = _kept(settings)["desk"].quiet_hours
    assert quiet is not None
    assert (quiet.start, quiet.start.tzinfo) == (time(22, 0), None)


def test_slack_s_address_comes_by_the_input(settings: Settings) -> None:
    """The address of Slack's webhook is no argument, which everybody on the machine could read."""
    url = "https://hooks.slack.com/services/T1/B1/t0psecret"
    added = _run(subscribe, "add", "food", "--slack", read=f"{url}\n")
    assert added.exit_code == 0, added.output
    assert "t0psecret" not in added.output
    channel = _kept(settings)["food"].channel
    assert channel.kind == "slack"
    assert channel.url.get_secret_value() == url


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "food"),
        ("add", "food", "--topic", "--email", "a@b.example"),
        ("add", "../food", "--topic"),
        ("add", "food", "--webhook", "https://127.0.0.1/"),
        ("add", "food", "--topic", "--severity", "grave"),
        ("add", "food", "--topic", "--subject", "energy", "--subject", "enrgy"),
        ("add",),
        ("apply",),
    ],
)
def test_what_cannot_be_kept_is_refused(settings: Settings, arguments: tuple[str, ...]) -> None:
    """A mistake ends with status 2, and nothing is kept."""
    assert _run(subscribe, *arguments).exit_code == 2
    assert _kept(settings) == {}


def test_a_file_is_applied_whole_or_not_at_all(settings: Settings, tmp_path: Path) -> None:
    """A file is kept and can be applied again with the same secrets; one mistake, told with its line, keeps all out."""
    path = tmp_path / "subscriptions.yaml"
    path.write_text(FILE)
    applied = _run(subscribe, "apply", str(path))
    assert applied.exit_code == 0, applied.output
    before = _kept(settings)["food"].channel
    assert set(_kept(settings)) == {"banks", "food"}
    assert "whsec_" not in _run(subscribe, "apply", str(path)).output
    assert _kept(settings)["food"].channel == before
    path.write_text(
        FILE.replace("desk@news.example", "nobody").replace("name: Food", "name: Fish").replace("Banks", SECRET)
    )
    refused = _run(subscribe, "apply", str(path))
    assert refused.exit_code == 2
    assert f"{path}:8: subscriptions.banks.channel.to.0" in refused.output
    path.write_text(FILE.replace("entities: [demo:quillon]", "topics: [energy, enrgy]").replace("Food", "Fish"))
    refused = _run(subscribe, "apply", str(path))
    assert refused.exit_code == 2
    assert f"{path}:4: subscriptions.food.matchers.topics.1: there is no topic 'enrgy'" in refused.output
    path.write_text(FILE.replace("name: Banks", 'name: Banks\n    template: "{{ alert.nme }}"'))
    refused = _run(subscribe, "apply", str(path))
    assert refused.exit_code == 2
    assert f"{path}:8: subscriptions.banks.template: line 1: there is no 'nme' here" in refused.output
    assert _kept(settings)["food"].name == "Food"
    assert isinstance(_run(subscribe, "apply", str(tmp_path / "none")).exception, DataMissing)


def test_silences_are_added_listed_and_ended(settings: Settings) -> None:
    """A silence lasts as long as is said; ending it moves its end to now; one that matches everything is refused."""

    def kept() -> dict[str, Silence]:
        return asyncio.run(read_latest(settings, Topic.SILENCES, Silence))

    assert _run(silence, "add", "food").exit_code == 2
    assert _run(silence, "add", "food", "--for", "soon", "--entity", "a").exit_code == 2
    misspelt = _run(silence, "add", "food", "--subject", "enrgy")
    assert misspelt.exit_code == 2
    assert "matchers.topics.0: there is no topic 'enrgy'" in misspelt.output
    assert kept() == {}
    added = _run(silence, "add", "food", "--for", "90m", "--entity", "demo:quillon", "--comment", "known")
    assert added.exit_code == 0, added.output
    until = kept()["food"]
    assert (until.ends_at - until.starts_at).total_seconds() == 5_400
    assert "demo:quillon" in _run(silence, "list").output
    assert _run(silence, "end", "food").exit_code == 0
    assert kept()["food"].ends_at < until.ends_at
    assert "demo:quillon" not in _run(silence, "list").output
    assert isinstance(_run(silence, "end", "none").exception, DataMissing)


def test_a_planned_silence_is_listed_with_its_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list says from when what does not hold yet, and a label by its name and value."""
    monkeypatch.setenv("COLUMNS", "200")
    now = datetime.now(UTC)
    matchers = {"rules": ["turn"], "labels": {"desk": "food"}}
    fields = {"matchers": matchers, "author": "ada", "ends_at": now + timedelta(days=2)}
    starts = {"planned": now + timedelta(days=1), "held": now - timedelta(days=1)}

    async def put() -> None:
        async with open_producer(settings) as producer:
            for name, start in starts.items():
                value = encode_record(Silence.model_validate(fields | {"silence_id": name, "starts_at": start}))
                await producer.send(Topic.SILENCES, key=name.encode(), value=value, partition=FIRST_PARTITION)

    asyncio.run(put())
    lines = {name: line for line in _run(silence, "list").output.splitlines() for name in starts if name in line}
    assert all("rules turn; desk = food" in line for line in lines.values())
    assert f"from {starts['planned'].day} " in lines["planned"]
    assert "from" not in lines["held"]
    assert all("until " in line for line in lines.values())
