"""Pushing, searching and getting articles, and their time line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.alerting import Novelty
from streams.clock import epoch_ms
from streams.records import SeriesId, StoryId
from streams.sinks.index import NoveltyDocument
from tests.web.conftest import NOW, Site, enriched, fill
from web.api import articles

GOOD = {"title": "Quillon opens a plant", "source": "Wire", "url": "https://wire.example/1"}
LINES = {"Content-Type": "application/x-ndjson"}


async def test_an_article_is_pushed_as_it_came(site: Site) -> None:
    """The bytes go to news.raw unchanged, under the id that the answer names and the time that it was checked at."""
    raw = b'{"title":  "Quillon opens a plant", "unknown": 1}'
    answer = await site.client.post("/v1/articles", content=raw)
    assert answer.status_code == 202
    (article_id,) = answer.json()["accepted"]
    assert site.producer.sent == [("news.raw", article_id.encode(), raw)]
    assert site.producer.times_ms == [epoch_ms(NOW)]


async def test_lines_are_pushed_without_what_parts_them(site: Site) -> None:
    """An object that comes as a line goes to news.raw as the same object alone would."""
    raw = [b'{"title":  "Quillon opens a plant"}', b'{"title": "Orrin closes one"}']
    answer = await site.client.post("/v1/articles", content=raw[0] + b"\n\n" + raw[1] + b"\n", headers=LINES)
    assert answer.status_code == 202
    assert [value for _, _, value in site.producer.sent] == raw


async def test_a_search_finds_what_a_reader_sees(site: Site) -> None:
    """The HTML of a feed hides no name and no phrase, is not found itself, and is not shown."""
    await fill(site.index, [enriched("AT&amp;T cuts <b>outlook</b>", body="<p>Growth is <b>strong</b> today.</p>")])
    for words in ("AT&T", '"growth is strong"'):
        (found,) = (await site.client.get("/v1/articles", params={"q": words})).json()["articles"]
        assert (found["title"], found["body"]) == ("AT&T cuts outlook", "Growth is strong today.")
    assert found["highlight"] == ["<mark>Growth is strong</mark> today."]
    assert (await site.client.get("/v1/articles", params={"q": "amp"})).json()["total"] == 0


async def test_several_are_checked_one_by_one(site: Site) -> None:
    """Of an array or of lines the good ones are taken as they came, and each bad one is told with its reason."""
    body = b'[ {"title":  "a", "n": 1e3} ,{"title": 7}, {"body": "\xc3\x9f"}]'
    answer = await site.client.post("/v1/articles", content=body)
    assert answer.status_code == 202
    assert [value for _, _, value in site.producer.sent] == [b'{"title":  "a", "n": 1e3}', b'{"body": "\xc3\x9f"}']
    assert [(r["position"], r["reason"]) for r in answer.json()["refused"]] == [(1, "wrong_type")]
    answer = await site.client.post("/v1/articles", content=b'{"title": "a"}\n\n{cut\n{"title": "b"}\n', headers=LINES)
    assert [(r["position"], r["reason"]) for r in answer.json()["refused"]] == [(1, "not_json")]
    assert len(site.producer.sent) == 4


async def test_where_nothing_can_be_taken_each_reason_is_told(site: Site) -> None:
    """Several items that are all bad are a problem that lists them, and nothing is published."""
    answer = await site.client.post("/v1/articles", json=[{"title": 7}, None])
    assert answer.status_code == 422
    assert [each["reason"] for each in answer.json()["refused"]] == ["wrong_type", "null"]
    assert site.producer.sent == []


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"{cut", 422, "not_json"),
        (b"", 422, "empty"),
        (b'{"title": ""}', 422, "missing_text"),
        (b'{"title": "x", "published_at": "2027-01-01T00:00:00Z"}', 422, "impossible_date"),
        (b'{"title": "x", "body": "' + b"a" * 200_001 + b'"}', 413, "too_large"),
        (b'{"title": "x", "more": "' + b"a" * 1_000_000 + b'"}', 413, "too_large"),
        (b'[{"title": "x", "n": ' + b"9" * 5_000 + b"}]", 422, "not_json"),
        (b'[{"title": "x"}', 422, "not_json"),
        (b'[{"title": "x"}] 1', 422, "not_json"),
        (b'[{"title": "x"} {"title": "y"}]', 422, "not_json"),
        (b'["\xff"]', 422, "not_utf8"),
        (b"[" * 100_000, 422, "nested_too_deep"),
        (b"[" + b",".join([b'{"title": "x"}'] * 1_001) + b"]", 413, None),
        (b'{"title": "x", "body": "' + b"a" * 8_000_001 + b'"}', 413, None),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_cannot_be_taken_is_a_problem(site: Site, content: bytes, status: int, reason: str | None) -> None:
    """A single bad article is answered with its reason as a problem document, and nothing is published."""
    answer = await site.client.post("/v1/articles", content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("reason") == reason
    assert answer.json()["detail"]
    assert site.producer.sent == []


async def test_an_empty_array_is_nothing_to_do(site: Site) -> None:
    """An array without items is taken, and nothing is published."""
    assert (await site.client.post("/v1/articles", content=b"[ ]")).json() == {"accepted": [], "refused": []}


@pytest.mark.parametrize("kind", [{}, {"Content-Type": "text/plain"}])
async def test_a_page_of_another_site_cannot_push(site: Site, kind: dict[str, str]) -> None:
    """What a browser sends to another site without asking is refused: plain text, and bytes without a type."""
    headers = {"Origin": "https://elsewhere.example"} | kind
    answer = await site.client.post("/v1/articles", content=b'{"title": "x"}', headers=headers)
    assert answer.status_code == 415
    assert site.producer.sent == []


async def test_a_program_need_not_name_the_type(site: Site) -> None:
    """What `curl -d` sends is taken, though it calls itself a form."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await site.client.post("/v1/articles", content=b'{"title": "x"}', headers=headers)).status_code == 202


async def test_a_broker_that_is_away_is_503(site: Site) -> None:
    """Without a broker the caller is asked to come again."""
    site.producer.away = True
    answer = await site.client.post("/v1/articles", json=GOOD)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_articles_are_searched_paged_and_got(site: Site) -> None:
    """Words, entity and label narrow a search; pages follow each other; an article is got whole."""
    articles = [enriched(f"Report {n}", n, "Profit rose." if n % 2 else "A fraud and a loss.") for n in range(5)]
    await fill(site.index, articles)
    found = (await site.client.get("/v1/articles", params={"q": "fraud", "entity": "demo:quillon"})).json()
    assert found["total"] == 3
    assert "<mark>fraud</mark>" in found["articles"][0]["highlight"][0]
    first = (await site.client.get("/v1/articles", params={"limit": 2})).json()
    assert [a["title"] for a in first["articles"]] == ["Report 4", "Report 3"]
    second = (await site.client.get("/v1/articles", params={"limit": 2, "cursor": first["cursor"]})).json()
    assert [a["title"] for a in second["articles"]] == ["Report 2", "Report 1"]
    got = (await site.client.get(f"/v1/articles/{articles[0].article.article_id}")).json()
    assert got["sentences"][0]["text"] == "Report 0"
    assert got["entities"][0]["id"] == "demo:quillon"
    missing = await site.client.get("/v1/articles/none")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


async def test_an_article_shows_how_new_it_was(site: Site) -> None:
    """By series, once it was watched; before that there is nothing to show."""
    article = enriched("Report")
    await fill(site.index, [article])
    address = f"/v1/articles/{article.article.article_id}"
    assert (await site.client.get(address)).json()["novelty"] == {}
    told = Novelty(
        article_id=article.article.article_id,
        series=SeriesId("entity:demo:quillon"),
        story=StoryId("00ff"),
        first=False,
        before_24h=2,
        before_7d=5,
    )
    await site.index.put_novelties([NoveltyDocument(told, NOW)])
    expected = {"story": "00ff", "first": False, "before_24h": 2, "before_7d": 5}
    assert (await site.client.get(address)).json()["novelty"] == {"entity:demo:quillon": expected}


@pytest.mark.parametrize(
    "params", [{"cursor": "made up"}, {"limit": 0}, {"label": "angry"}, {"since": "0001-01-01T00:00:00+10:00"}]
)
async def test_a_search_that_makes_no_sense_is_a_problem(site: Site, params: dict[str, str]) -> None:
    """A cursor that was made up, a limit or a label that does not exist, a time outside the calendar: all are 422."""
    answer = await site.client.get("/v1/articles", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_times_narrow_a_search(site: Site) -> None:
    """`since` holds the moment itself, `until` does not; a time without a zone is in UTC."""
    await fill(site.index, [enriched("Report", 0)])
    at = (NOW - timedelta(hours=1)).replace(tzinfo=None).isoformat()
    assert (await site.client.get("/v1/articles", params={"since": at})).json()["total"] == 1
    assert (await site.client.get("/v1/articles", params={"until": at})).json()["total"] == 0


async def test_the_timeline_counts_by_label(site: Site) -> None:
    """The slices of the time line add up to the articles."""
    await fill(site.index, [enriched(f"Report {n}", n * 20) for n in range(3)])
    slices = (await site.client.get("/v1/sentiment", params={"bucket_s": 1_800})).json()
    assert sum(sum(each["counts"].values()) for each in slices) == 3
    assert (await site.client.get("/v1/sentiment", params={"bucket_s": 1})).status_code == 422


async def test_a_timeline_of_too_many_slices_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says what makes it shorter, and either way does; nothing is left out of an answer unsaid."""
    monkeypatch.setattr(articles, "MAX_SLICES", 2)
    await fill(site.index, [enriched(f"Report {n}", n * 20) for n in range(3)])
    answer = await site.client.get("/v1/sentiment", params={"bucket_s": 60})
    assert answer.status_code == 422
    assert "2 slices of 60 s: give a wider `bucket_s`, or `since` and `until`" in answer.json()["detail"]
    wider = (await site.client.get("/v1/sentiment", params={"bucket_s": 1_800})).json()
    assert [sum(each["counts"].values()) for each in wider] == [2, 1]
    since = (NOW - timedelta(minutes=59)).isoformat()
    later = (await site.client.get("/v1/sentiment", params={"bucket_s": 60, "since": since})).json()
    assert [sum(each["counts"].values()) for each in later] == [1, 1]
