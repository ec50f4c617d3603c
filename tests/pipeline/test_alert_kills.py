"""The alert role under kills on real Kafka: the benchmark of kills, shortened."""

from __future__ import annotations

import pytest

from benchmarks.kills.program import survive
from tests.stack.kafka import KafkaServer

KILLS = 4


@pytest.mark.stack
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_when_the_alert_role_is_killed(kafka: KafkaServer) -> None:
    """Steps and notifications are those of one undisturbed process; a repeat has the same id and says the same."""
    report = await survive(kafka.address, KILLS, bursts=10, seed=4)
    assert report.faults == []
    assert report.kills == KILLS
    assert report.episodes >= 3
    assert report.notifications > report.episodes
    assert report.requests_repeated > 0
