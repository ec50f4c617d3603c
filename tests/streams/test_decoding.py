"""Decoding raw messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from streams.decoding import decode_article, decode_click, decode_record, encode_record
from streams.errors import DeadLetterReason, UnreadableInput
from streams.interests import Click
from streams.records import Article

ARRIVED = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def _read(value: bytes | None) -> Article:
    return decode_article(value, received_at=ARRIVED, max_body_chars=1_000, max_future_s=86_400)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, DeadLetterReason.NULL),
        (b"null", DeadLetterReason.NULL),
        (b"", DeadLetterReason.EMPTY),
        (b" \n", DeadLetterReason.EMPTY),
        (b"\xff\xfe\x00", DeadLetterReason.NOT_UTF8),
        (b'{"title": "cut', DeadLetterReason.NOT_JSON),
        (b'{"title": "\\ud800"}', DeadLetterReason.NOT_JSON),
        (b'{"title":' + b"[" * 10_000 + b"]" * 10_000 + b"}", DeadLetterReason.NESTED_TOO_DEEP),
        (b"[1, 2]", DeadLetterReason.WRONG_TYPE),
        (b'{"title": 7}', DeadLetterReason.WRONG_TYPE),
        (b'{"title": "x", "entities": [{"name": ""}]}', DeadLetterReason.WRONG_TYPE),
        (b'{"title": "x", "entities": [{"name": "<b></b>"}]}', DeadLetterReason.WRONG_TYPE),
        (b'{"title": "<b></b>", "body": "<!-- ad -->"}', DeadLetterReason.MISSING_TEXT),
        (b'{"title": "x", "published_at": {}}', DeadLetterReason.WRONG_TYPE),
        (b'{"title": "x", "published_at": true}', DeadLetterReason.WRONG_TYPE),
        (b"{}", DeadLetterReason.MISSING_TEXT),
        (b'{"title": " ", "body": "\\u0000"}', DeadLetterReason.MISSING_TEXT),
        (b'{"body": "' + b"a" * 1_001 + b'"}', DeadLetterReason.TOO_LARGE),
        (b'{"title": "' + b"a" * 2_001 + b'"}', DeadLetterReason.TOO_LARGE),
        (b'{"title": "x", "published_at": "2026-02-30T00:00:00Z"}', DeadLetterReason.IMPOSSIBLE_DATE),
        (b'{"title": "x", "published_at": "9999-12-31T23:59:59-05:00"}', DeadLetterReason.IMPOSSIBLE_DATE),
        (b'{"title": "x", "published_at": "1899-12-31T00:00:00Z"}', DeadLetterReason.IMPOSSIBLE_DATE),
        (b'{"title": "x", "published_at": 0}', DeadLetterReason.IMPOSSIBLE_DATE),
        (b'{"title": "x", "published_at": "20261302"}', DeadLetterReason.IMPOSSIBLE_DATE),
        (b'{"title": "x", "updated_at": "2026-03-04T00:00:00Z"}', DeadLetterReason.IMPOSSIBLE_DATE),
    ],
)
def test_each_kind_of_poison_has_its_own_reason(value: bytes | None, reason: DeadLetterReason) -> None:
    """Each way of being unreadable is told apart, and says where."""
    with pytest.raises(UnreadableInput) as caught:
        _read(value)
    assert caught.value.reason is reason
    assert caught.value.detail


def test_a_date_in_another_form_is_told_with_one_that_does() -> None:
    """The form of feeds' headers is the commonest."""
    with pytest.raises(UnreadableInput, match="'Mon, 02 Mar 2026 09:00:00 GMT' is no date; write 2026-03-02T09:00:00Z"):
        _read(b'{"title": "x", "published_at": "Mon, 02 Mar 2026 09:00:00 GMT"}')


def test_a_number_before_2001_is_told_how_to_be_written() -> None:
    """A real time of 1987 is taken as text."""
    with pytest.raises(
        UnreadableInput, match=r"'541350061' is no date: .* from 2001-09-09 on only; write 2026-03-02T09:00:00Z"
    ):
        _read(b'{"title": "x", "published_at": 541350061}')
    assert _read(b'{"title": "x", "published_at": "1987-02-26T15:01:01Z"}').published_at.year == 1987


def test_an_article_is_plain_text() -> None:
    """HTML, control characters and marks that turn the order around go from title, body, source and names."""
    article = _read(
        b'{"title": "AT&amp;T <b>cuts</b>\\n\\u001b\\u202eoutlook", "body": "<p>R&amp;D \\u0007fell.</p>\\tMore.",'
        b' "source": "Barron&#39;s", "entities": [{"name": "AT&amp;T", "id": "t"}]}'
    )
    assert article.title == "AT&T cuts outlook"
    assert article.body == "R&D fell.\n\n\tMore."
    assert _read(b'{"body": "<ul>\\n <li>a</li>\\n\\n<li>b</li></ul><p>c\\nd</p>"}').body == "a\n\nb\n\nc\nd"
    assert article.source == "Barron's"
    assert [(hint.name, hint.id) for hint in article.entities] == [("AT&T", "t")]


def test_the_caps_are_those_of_the_text() -> None:
    """HTML around it takes no room."""
    picture = f'<img src="data:image/png;base64,{"A" * 3_000}">'
    article = _read(orjson.dumps({"title": picture + "x" * 2_000, "body": picture + "y" * 1_000}))
    assert (len(article.title), len(article.body)) == (2_000, 1_000)


def test_a_missing_date_is_not_poison() -> None:
    """The broker's time stands in for a missing date, and is marked."""
    article = _read(b'{"title": "Harbourline raises its dividend"}')
    assert article.published_at == ARRIVED
    assert article.published_at_source == "broker"


def test_a_naive_date_is_utc() -> None:
    """A date without a zone is read as UTC."""
    assert _read(b'{"title": "x", "published_at": "2026-03-01T09:00:00"}').published_at == datetime(
        2026, 3, 1, 9, tzinfo=UTC
    )


def test_the_id_survives_a_correction() -> None:
    """A corrected text under the same address keeps its id; tracking parameters do not change it."""
    first = _read(b'{"title": "a", "source": "Wire", "url": "https://wire.example/n/1?utm_source=x"}')
    again = _read(b'{"title": "b", "source": "wire ", "url": "https://WIRE.example:443/n/1#top"}')
    other = _read(b'{"title": "a", "source": "Wire", "url": "https://wire.example/n/2"}')
    assert first.article_id == again.article_id != other.article_id


def test_without_an_address_title_and_time_identify() -> None:
    """Without an address, a corrected body keeps the id and another time does not."""
    first = _read(b'{"title": "a", "body": "1", "published_at": "2026-03-01T09:00:00Z"}')
    corrected = _read(b'{"title": "a", "body": "2", "published_at": "2026-03-01T09:00:00Z"}')
    later = _read(b'{"title": "a", "body": "1", "published_at": "2026-03-01T10:00:00Z"}')
    assert first.article_id == corrected.article_id != later.article_id


@pytest.mark.parametrize(
    "url", ["http://[bad/x", "http://wire.example:99999/x", "http://wire.example:x/y", "http://\u2100.example/"]
)
def test_an_address_that_cannot_be_one_still_identifies(url: str) -> None:
    """A broken address is a feed's slip: its article is taken, and a click with the same address finds it."""
    article = _read(orjson.dumps({"title": "a", "source": "Wire", "url": f" {url} "}))
    click = orjson.dumps({"reader_id": "r", "source": "Wire", "url": url})
    assert article.url == url
    assert decode_click(click, received_at=ARRIVED, max_future_s=60).article_id == article.article_id
    assert _read(orjson.dumps({"title": "a", "source": "Wire", "url": f"{url}2"})).article_id != article.article_id


def test_a_blank_address_identifies_nothing() -> None:
    """Articles whose address is white space are told apart by title and time, as those without one."""
    blank, other, bare = (
        _read(orjson.dumps({"title": title, "url": url})).article_id
        for title, url in (("a", " "), ("b", " "), ("a", None))
    )
    assert blank == bare != other


def test_a_click_names_its_article_by_id_or_address() -> None:
    """Both ways of naming an article lead to the same id."""
    article = _read(b'{"title": "a", "source": "Wire", "url": "https://wire.example/n/1"}')
    value = b'{"reader_id": "r1", "source": "Wire", "url": "https://wire.example/n/1", "at": "2026-03-02T14:00:00Z"}'
    click = decode_click(value, received_at=ARRIVED, max_future_s=60)
    assert click.article_id == article.article_id
    assert click.click_id == decode_click(value, received_at=ARRIVED + timedelta(hours=1), max_future_s=60).click_id


@pytest.mark.parametrize(
    "value",
    [
        b'{"article_id": "a"}',
        b'{"reader_id": "r"}',
        b'{"reader_id": "r", "url": " "}',
        b'{"reader_id": "r", "article_id": "a", "kind": "stare"}',
        b'{"reader_id": "r", "article_id": "a", "dwell_s": "inf"}',
        b'{"reader_id": "r", "article_id": "a", "dwell_s": "nan"}',
        b'{"reader_id": "r", "article_id": "a", "dwell_s": "1e400"}',
        b'{"reader_id": "r", "article_id": "a", "dwell_s": -1}',
    ],
)
def test_an_incomplete_click_is_refused(value: bytes) -> None:
    """A click needs a reader, an article and a kind that is known, and takes a time that can be counted."""
    with pytest.raises(UnreadableInput) as caught:
        decode_click(value, received_at=ARRIVED, max_future_s=60)
    assert caught.value.reason is DeadLetterReason.WRONG_TYPE


def test_records_round_trip_and_refuse_a_newer_format() -> None:
    """A record reads back as it was; a format from the future is named, not guessed."""
    article = _read(b'{"title": "a"}')
    assert decode_record(Article, encode_record(article)) == article
    with pytest.raises(UnreadableInput) as caught:
        decode_record(Click, b'{"format": 2}')
    assert caught.value.reason is DeadLetterReason.UNKNOWN_FORMAT
