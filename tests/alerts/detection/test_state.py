"""The state of a series as its table holds it."""

from __future__ import annotations

import struct

import orjson

from alerts.detection.state import MARKET_KEY, SeriesState


def test_a_state_of_an_earlier_version_is_read() -> None:
    """Where the range holds a count before its last number, that is passed over, and nothing else changes."""
    state = SeriesState.new(MARKET_KEY)
    state.first_ms, state.last_ms, state.received_ms, state.spread_ms = 1, 2, 3, 4
    value = state.to_bytes()
    (size,) = struct.unpack_from("<I", value, 1)
    facts = orjson.loads(value[5 : 5 + size])
    earlier = orjson.dumps({**facts, "range": [1, 2, 3, 9, 4]})
    older = value[:1] + struct.pack("<I", len(earlier)) + earlier + value[5 + size :]
    assert older != value
    assert SeriesState.from_bytes(older).to_bytes() == value
