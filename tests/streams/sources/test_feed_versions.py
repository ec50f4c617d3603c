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
    assert list(versions.values()) == [1_772_445_600_000]


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
