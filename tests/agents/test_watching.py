"""The shell around the watch: what it sends, and its rules file, read again while it runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agents.rules import RulesFile
from agents.watching import Watching
from alerts.rules import Rules
from streams.alerting import Mention, Novelty
from streams.clock import ManualClock
from streams.decoding import decode_record, encode_record
from streams.errors import MisconfiguredError
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic
from tests.agents.durability import StandIn, message
from tests.alerts.timelines import BAD, START, article, words

GOOD = "rules:\n  - {name: spike, kind: negative-spike, budget_per_day: 1}\n"


def _write(path: Path, text: str, second: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (second, second))


def test_a_changed_file_is_read_within_a_second_and_a_broken_one_is_not_followed(tmp_path: Path) -> None:
    """Looked at no more than once a second; mistakes leave the old rules in force until they are mended."""
    path, clock = tmp_path / "rules.yaml", ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    _write(path, GOOD, 1)
    file = RulesFile(Settings(rules_file=path), clock)
    first = file.current()

    _write(path, GOOD.replace("1}", "2}"), 2)
    assert file.current() is first
    clock.at += timedelta(seconds=1)
    changed = file.current()
    assert changed.version != first.version

    _write(path, GOOD.replace("spike,", "spike, bogus: 1,"), 3)
    clock.at += timedelta(seconds=1)
    assert file.current() is changed

    _write(path, GOOD.replace("spike,", "spike, scope: topic, topics: [enrgy],"), 4)
    clock.at += timedelta(seconds=1)
    assert file.current() is changed

    path.unlink()
    clock.at += timedelta(seconds=1)
    assert file.current() is changed

    _write(path, GOOD.replace("1}", "2}"), 5)
    clock.at += timedelta(seconds=1)
    with capture_logs() as said:
        assert file.current() is changed
    assert said == [{"event": "the rules file is whole again", "version": changed.version, "log_level": "info"}]

    _write(path, GOOD, 6)
    clock.at += timedelta(seconds=1)
    assert file.current().version == first.version


def test_without_a_file_the_default_rules_hold() -> None:
    """They never change."""
    clock = ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    file = RulesFile(Settings(), clock)
    clock.at += timedelta(hours=1)
    assert file.current().version == Rules.default().version


def test_a_file_that_is_broken_at_the_start_is_refused(tmp_path: Path) -> None:
    """Nobody watches by rules that were not asked for."""
    path = tmp_path / "rules.yaml"
    path.write_text("rules: 3\n", encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=r"rules\.yaml:1: rules"):
        RulesFile(Settings(rules_file=path), ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))


async def test_novelty_of_each_mention_is_sent_and_sent_again() -> None:
    """Each mention's novelty goes to partition 0 by article; a repeat, in another life too, sends the very same."""
    tables: dict[str, Any] = {}
    copies = [article(START, ["nwa"], BAD, text=words("one"), article_id=name, source=name) for name in ("a", "b")]
    mentions: list[Mention] = [mention for each in copies for mention in each]

    async def live() -> list[bytes | None]:
        clock = ManualClock(START)
        application: Any = StandIn(clock, Settings(), tables)
        watching = Watching(application, RulesFile(Settings(), clock))
        for mention in mentions:
            taken = await watching.take(message(Topic.MENTIONS, mention.series.encode(), encode_record(mention)))
            application.table("series").flush()
            for confirmation in taken:
                await confirmation
        sent = application.outlet.records
        assert [(each.topic, each.key, each.partition) for each in sent] == [
            (Topic.NOVELTY, mention.article_id.encode(), FIRST_PARTITION) for mention in mentions
        ]
        return [each.value for each in sent]

    first = await live()
    told = [decode_record(Novelty, value) for value in first]
    assert [each.series for each in told] == [mention.series for mention in mentions]
    assert [each.first for each in told] == [True, True, False, False]
    assert len({each.story for each in told}) == 1
    assert await live() == first
