"""Corrections in feeds, with and without a time of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from streams.sources.feed_entries import Fields
from streams.sources.feed_versions import Versions, unpublished

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _entry(title: str, **more: str) -> Fields:
    return {"title": title, "body": "Sales fell.", "source": "Wire", "url": "https://wire.example/1", **more}


def _polled(*entries: Fields, versions: Versions | None = None, now: datetime = NOW) -> tuple[list[Fields], Versions]:
    found = [(str(entry), entry) for entry in entries]
    new, after = unpublished(found, (), versions or {}, now)
    return [fields for _, fields in new], after


@pytest.mark.parametrize(
    ("first", "second", "updated_at"),
    [
        ({"published_at": "2026-03-02T09:00:00+00:00"}, {"published_at": "2026-03-02T09:00:00+00:00"}, "12:30"),
        ({"published_at": "2026-03-02T09:00:00+00:00"}, {"published_at": "2026-03-02T08:00:00+00:00"}, "12:30"),
        ({"published_at": "2026-03-02T09:00:00+00:00"}, {"published_at": "2026-03-02T09:30:00+00:00"}, None),
        (
            {"published_at": "2026-03-02T09:00:00+00:00"},
            {"published_at": "2026-03-02T09:00:00+00:00", "updated_at": "2026-03-02T10:00:00+00:00"},
            "10:00",
        ),
        (
            {"published_at": "2026-03-02T09:00:00+00:00", "updated_at": "2026-03-02T10:00:00+00:00"},
            {"published_at": "2026-03-02T09:00:00+00:00", "updated_at": "2026-03-02T10:00:00+00:00"},
            "12:30",
        ),
        ({"updated_at": "2026-03-02T10:00:00+00:00"}, {"updated_at": "2026-03-02T09:00:00+00:00"}, "12:30"),
        ({}, {}, None),
        ({}, {"published_at": "2026-03-02T09:00:00+00:00"}, "12:30"),
        ({"published_at": "2026-03-02T17:00:00+00:00"}, {"published_at": "2026-03-02T17:00:00+00:00"}, "17:00:00.001"),
        ({"published_at": "2027-03-02T09:00:00+00:00"}, {"published_at": "2026-03-02T09:00:00+00:00"}, "12:30"),
    ],
)
def test_a_changed_text_is_later_than_what_it_corrects(
    first: dict[str, str], second: dict[str, str], updated_at: str | None
) -> None:
    """Its own later time holds; where it says none, now does, or just past a time that lies ahead."""
    _, versions = _polled(_entry("Orrin falls 90%", **first))
    ((fields,), _) = _polled(_entry("Orrin falls 9%", **second), versions=versions, now=NOW + timedelta(minutes=30))
    said = fields.get("updated_at")
    wanted = datetime.fromisoformat(f"2026-03-02T{updated_at}+00:00") if updated_at else None
    assert (datetime.fromisoformat(str(said)) if said else None) == wanted
    assert {**fields, "updated_at": None} == {**_entry("Orrin falls 9%", **second), "updated_at": None}


def test_each_correction_is_later_than_the_one_before() -> None:
    """The time that was given to one counts for the next, whatever that says of itself."""
    dates = {"published_at": "2026-03-02T09:00:00+00:00"}
    _, versions = _polled(_entry("a", **dates))
    _, versions = _polled(_entry("b", **dates), versions=versions, now=NOW + timedelta(minutes=30))
    between = dates | {"updated_at": "2026-03-02T12:15:00+00:00"}
    ((fields,), _) = _polled(_entry("c", **between), versions=versions, now=NOW + timedelta(hours=1))
    assert fields["updated_at"] == "2026-03-02T13:00:00+00:00"


def test_entries_of_one_poll_correct_nothing() -> None:
    """A feed whose entries share an address gives them in any order: none is made the latest."""
    dates = ("2026-03-02T10:00:00+00:00", "2026-03-02T09:00:00+00:00")
    entries = [_entry(f"Orrin at {date}", published_at=date) for date in dates]
    found, versions = _polled(*entries)
    assert found == entries
    assert [ms for ms, _ in versions.values()] == [1_772_445_600_000]


@pytest.mark.parametrize(
    "other",
    [{"url": "https://wire.example/2"}, {"source": "Ledger"}, {"url": ""}],
)
def test_another_article_is_no_correction(other: dict[str, str]) -> None:
    """What the index would keep beside it needs no time of update."""
    dates = {"published_at": "2026-03-02T09:00:00+00:00"}
    _, versions = _polled(_entry("a", **dates))
    ((fields,), _) = _polled(_entry("b", **dates) | other, versions=versions)
    assert "updated_at" not in fields


def test_an_address_with_another_tracking_tag_is_the_same() -> None:
    """The article is known by its id, as it is everywhere."""
    dates = {"published_at": "2026-03-02T09:00:00+00:00"}
    _, versions = _polled(_entry("a", **dates))
    again = _entry("b", **dates) | {"url": "https://wire.example/1?utm_source=rss"}
    ((fields,), _) = _polled(again, versions=versions)
    assert fields["updated_at"] == NOW.isoformat()


def test_a_changed_body_without_an_address_is_a_correction() -> None:
    """Title and time identify it."""
    dates = {"published_at": "2026-03-02T09:00:00+00:00", "url": ""}
    _, versions = _polled(_entry("a", **dates))
    ((fields,), _) = _polled(_entry("a", **dates) | {"body": "Sales rose."}, versions=versions)
    assert fields["updated_at"] == NOW.isoformat()


def test_a_correction_that_is_taken_back_is_corrected_again() -> None:
    """The text that the feed has now wins, though it was published before; while it stands, nothing is sent again."""
    one, two = (_entry(title, published_at="2026-03-02T09:00:00+00:00") for title in ("one", "two"))
    seen: set[str] = set()
    versions: Versions = {}
    sent: list[tuple[object, object]] = []
    for minute, entry in enumerate((one, two, one, one, two)):
        digest = "1" if entry is one else "2"
        now = NOW + timedelta(minutes=minute)
        new, versions = unpublished([(digest, entry)], seen, versions, now)
        seen |= {digest}
        sent += [(fields["title"], fields.get("updated_at")) for _, fields in new]
    later = [(NOW + timedelta(minutes=minute)).isoformat() for minute in (1, 2, 4)]
    assert sent == [("one", None), ("two", later[0]), ("one", later[1]), ("two", later[2])]


def test_two_entries_under_one_address_stay_as_they_are() -> None:
    """As long as the feed has both, neither takes the other back."""
    entries = [("1", _entry("one")), ("2", _entry("two"))]
    _, versions = unpublished(entries, (), {}, NOW)
    assert unpublished(entries, ("1", "2"), versions, NOW + timedelta(minutes=5))[0] == []
