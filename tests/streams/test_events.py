"""CloudEvents."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from streams.alerting import AlertTransition, Evidence
from streams.errors import UnreadableInput
from streams.events import from_cloudevent, to_cloudevent, to_cloudevent_json
from streams.records import EpisodeId, SeriesId
from streams.settings import Settings

AT = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def _transition() -> AlertTransition:
    return AlertTransition(
        transition_id="t1",
        episode_id=EpisodeId("e1"),
        series=SeriesId("entity:demo:quillon"),
        name="Quillon Foods",
        kind="opened",
        revision=0,
        rule="negative-spike",
        severity="high",
        opened_at=AT,
        at=AT,
        received_at=AT,
        observed=7,
        expected=0.5,
        window_s=21_600,
        p_value=1e-9,
        rarity_days=400,
        stories=7,
        articles=9,
        evidence=(Evidence(article_id="a", sentence="Quillon recalls “Größe” ☕.", at=AT, score=-0.9),),
        model="m",
        detector="d",
    )


def test_a_transition_survives_the_binding() -> None:
    """Headers carry the required attributes, and the value reads back as it was."""
    headers, value = to_cloudevent(_transition(), Settings(namespace="desk"))
    assert headers["ce_id"] == b"t1"
    assert headers["ce_type"] == b"tidewatch.alert.opened.v1"
    assert headers["ce_source"] == b"desk.tidewatch"
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_subject"] == b"entity:demo:quillon"
    assert headers["ce_time"].startswith(b"2026-03-02T14:30:00")
    assert headers["content-type"] == b"application/json"
    assert from_cloudevent(headers.items(), value) == _transition()


def test_one_json_object_holds_attributes_and_data() -> None:
    """Over HTTP the event is one object, and its data is the transition."""
    event = orjson.loads(to_cloudevent_json(_transition(), Settings()))
    assert (event["id"], event["type"], event["source"]) == ("t1", "tidewatch.alert.opened.v1", "tidewatch")
    assert event["subject"] == "entity:demo:quillon"
    assert AlertTransition.model_validate(event["data"]) == _transition()


@pytest.mark.parametrize("missing", ["ce_id", "ce_source", "ce_type", "ce_specversion"])
def test_a_record_that_is_no_cloudevent_is_refused(missing: str) -> None:
    """Without a required attribute the record is unreadable, and the error says so."""
    headers, value = to_cloudevent(_transition(), Settings())
    for without in ({name: said for name, said in headers.items() if name != missing}, headers | {missing: None}):
        with pytest.raises(UnreadableInput, match=f"no CloudEvent: without {missing}"):
            from_cloudevent(without.items(), value)


@pytest.mark.parametrize(
    ("name", "said"),
    [("ce_time", b"yesterday"), ("ce_specversion", b"9"), ("ce_id", b""), ("ce_id", b"\xff"), ("ce_subject", b"")],
)
def test_an_attribute_that_is_none_is_refused(name: str, said: bytes) -> None:
    """What a CloudEvent cannot have in it is unreadable."""
    headers, value = to_cloudevent(_transition(), Settings())
    with pytest.raises(UnreadableInput, match="CloudEvent"):
        from_cloudevent((headers | {name: said}).items(), value)


@pytest.mark.parametrize("name", ["traceparent", "ce_time", "content-type"])
def test_a_header_without_a_value_says_nothing(name: str) -> None:
    """Kafka takes such headers, and what copies or traces records adds some."""
    headers, value = to_cloudevent(_transition(), Settings())
    assert from_cloudevent((headers | {name: None}).items(), value) == _transition()


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"a":' * 100_000, b'{"x":' + b"[" * 1_010 + b"]" * 1_010 + b"}"])
def test_data_without_a_bottom_is_refused(nested: bytes) -> None:
    """What nests deeper than JSON is read is unreadable, and ends nobody who follows the topic."""
    headers, _ = to_cloudevent(_transition(), Settings())
    with pytest.raises(UnreadableInput):
        from_cloudevent(headers.items(), nested)
