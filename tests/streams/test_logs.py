"""What reaches the log of what libraries say."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest

from streams.errors import MisconfiguredError
from streams.logs import MAX_SAID, QUIET, REPEAT_AFTER_S, TELLING, Sparing, set_up_logs, without_traceback
from streams.settings import Settings


def _record(name: str, at_s: float, node: int = 1, **fields: Any) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.ERROR, "", 0, "Unable connect to node with id %s", (node,), None)
    record.created = at_s
    record.__dict__.update(fields)
    return record


def test_what_a_library_repeats_is_said_once_a_minute_with_how_often() -> None:
    """Thousands of lines about one broker that is away become one a minute."""
    sparing = Sparing()
    records = [_record("aiokafka.client", at_s=1_000.0 + 0.01 * place, node=place) for place in range(500)]
    assert [sparing.filter(record) for record in records] == [True] + [False] * 499
    later = _record("aiokafka.client", at_s=1_000.0 + REPEAT_AFTER_S)
    assert sparing.filter(later)
    assert later.getMessage() == "Unable connect to node with id 1 (499 more like it were left out)"


def test_what_we_say_and_what_broke_is_never_left_out() -> None:
    """Only the chatter of libraries is spared; an exception is logged each time."""
    sparing = Sparing()
    for ours in ("agents.bulk", "models.network.encoder"):  # the second begins as Faust's `mode` does
        assert all(sparing.filter(_record(ours, at_s=0.0)) for _ in range(3))
    broke = (ValueError, ValueError("odd"), None)
    assert all(sparing.filter(_record("faust.app", at_s=0.0, exc_info=broke)) for _ in range(3))


def test_lines_that_all_differ_are_not_remembered_for_ever() -> None:
    """A library that writes each offset into its words fills no memory, and loses no line."""
    sparing = Sparing()
    for place in range(3 * MAX_SAID):
        assert sparing.filter(_record("faust.tables.recovery", at_s=0.0, msg=f"unknown offset {place}", args=()))
    assert len(sparing._said) <= MAX_SAID


def test_an_error_of_ours_is_said_without_a_traceback() -> None:
    """Its message says what to do; forty lines of calls around it say nothing more. Any other error keeps them."""
    ours, other = MisconfiguredError("set it back"), ValueError("a mistake of ours")
    said = without_traceback(None, "error", {"event": "crashed", "exc_info": (type(ours), ours, None)})
    assert said == {"event": "crashed", "error": "MisconfiguredError: set it back"}
    assert "exc_info" in without_traceback(None, "error", {"event": "crashed", "exc_info": (ValueError, other, None)})


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a log that nobody has set up, and leave it as it was."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    for name in (*TELLING, *QUIET):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    monkeypatch.setattr("structlog.configure", lambda **_: None)


@pytest.mark.usefixtures("unset")
@pytest.mark.parametrize(("terminal", "form"), [(False, "json"), (True, "json"), (False, "auto")])
def test_a_program_reads_one_object_a_line(
    terminal: bool, form: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is asked for, and where nobody looks on; with its level, its source and what is bound."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    set_up_logs(Settings(log_format=form), role="index")
    logging.getLogger("aiokafka").warning("Unable connect to node with id %s", 1)
    logging.getLogger("aiokafka").info("left out")
    (line,) = capsys.readouterr().err.splitlines()
    said = orjson.loads(line)
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "event": "Unable connect to node with id 1",
        "level": "warning",
        "logger": "aiokafka",
        "role": "index",
    }


@pytest.mark.usefixtures("unset")
@pytest.mark.parametrize(("terminal", "form"), [(True, "text"), (False, "text"), (True, "auto")])
def test_a_person_reads_lines(
    terminal: bool, form: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where they are asked for, and at a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    set_up_logs(Settings(log_format=form), role="index")
    logging.getLogger("aiokafka").warning("Unable connect")
    line = capsys.readouterr().err
    assert "Unable connect" in line
    assert not line.startswith("{")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Log at DEBUG for one test, and return what was written since."""
    loggers = [logging.getLogger(), *map(logging.getLogger, TELLING)]
    before = [(logger, logger.level) for logger in loggers]
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(loggers[0], "handlers", [])
    monkeypatch.setattr("structlog.configure", lambda **_: None)
    set_up_logs(Settings(log_level="DEBUG"))
    yield stream.getvalue
    for logger, level in before:
        logger.setLevel(level)


def test_what_is_sent_to_kafka_is_never_logged(written: Callable[[], str]) -> None:
    """Requests hold the password and records of subscriptions secrets, byte for byte; also at DEBUG none is written."""
    senders = ("aiokafka.conn", "aiokafka.producer.producer", "faust.topics", "faust.transport.drivers.aiokafka")
    for name in senders:
        logging.getLogger(name).debug("send: %r", "hush")
    logging.getLogger("aiokafka.consumer").debug("what is no request")
    assert "hush" not in written()
    assert "what is no request" in written()


async def test_the_address_of_a_feed_is_never_logged_whole(written: Callable[[], str]) -> None:
    """Its client says each request with user, password and query, at INFO already."""

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "https://wire.example/feed/?token=hush"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.get("https://desk:hush@wire.example/feed?token=hush")
    assert "hush" not in written()
