"""Clicks, and the interests that come of them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from models.features import features_of
from models.interest import ProfileState, learn, publish
from streams.decoding import decode_click
from streams.interests import Click
from streams.records import ReaderId
from tests.web.conftest import NOW, Site, enriched


async def test_clicks_are_keyed_by_reader(site: Site) -> None:
    """A click goes to clicks.raw under its reader; one without an article is refused."""
    answer = await site.client.post("/v1/clicks", json=[{"reader_id": "r", "article_id": "a"}, {"reader_id": "r"}])
    assert answer.status_code == 202
    assert [(topic, key) for topic, key, _ in site.producer.sent] == [("clicks.raw", b"r")]
    assert answer.json()["refused"][0]["position"] == 1


async def test_an_undated_click_keeps_the_id_that_the_answer_names(site: Site) -> None:
    """Kafka stamps it a little later; one that is dated goes out as it came."""
    dated = b'{"reader_id":  "r", "article_id": "a", "at": "2026-03-02T14:35:00Z"}'
    undated = b'{"reader_id":  "r", "article_id": "a", "kind": "share", "dwell_s": 7}'
    for sent in (dated, undated):
        (click_id,) = (await site.client.post("/v1/clicks", content=sent)).json()["accepted"]
        published = site.producer.sent[-1][2]
        click = decode_click(published, received_at=NOW + timedelta(seconds=1), max_future_s=0)
        assert click.click_id == click_id
        assert (published == sent) == (sent is dated)
    assert (click.kind, click.at, click.dwell_s) == ("share", NOW, 7)


async def test_interests_are_shown_and_forgotten(site: Site) -> None:
    """A reader's interests are shown with names, strongest first, and are gone when erased."""
    article = enriched("Quillon opens a plant")
    click = Click(click_id="c", reader_id=ReaderId("r 1"), article_id=article.article.article_id, at=NOW)
    state = learn(ProfileState.new(ReaderId("r 1")), features_of(article).read(click), 7.0)
    await site.index.put_profiles([publish(state)])
    shown = (await site.client.get("/v1/readers/r 1/interests")).json()
    assert (shown["clicks"], shown["entities"][0]["name"]) == (1, "Quillon Foods")
    assert (await site.client.delete("/v1/readers/r 1")).status_code == 204
    assert site.producer.sent == [("reads", b"r 1", None)]
    assert (await site.client.get("/v1/readers/r 1/interests")).status_code == 404
    assert (await site.client.delete("/v1/readers/r 1")).status_code == 404


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("reader", ["desk/anna", "/anna", "anna/interests", "a/b/c", "interests"])
async def test_an_id_with_slashes_is_read_and_erased(site: Site, reader: str, encoded: bool) -> None:
    """Whatever id a click may have can be asked for and erased, and it is no other reader's."""
    article = enriched("Quillon opens a plant")
    for each in (reader, "anna", "desk"):
        click = Click(click_id="c", reader_id=ReaderId(each), article_id=article.article.article_id, at=NOW)
        await site.index.put_profiles(
            [publish(learn(ProfileState.new(ReaderId(each)), features_of(article).read(click), 7.0))]
        )
    address = f"/v1/readers/{quote(reader, safe='' if encoded else '/')}"
    assert (await site.client.get(f"{address}/interests")).json()["reader_id"] == reader
    assert (await site.client.delete(address)).status_code == 204
    assert site.producer.sent[-1] == ("reads", reader.encode(), None)
    assert (await site.client.get(f"{address}/interests")).status_code == 404
    for other in ("anna", "desk"):
        assert (await site.client.get(f"/v1/readers/{other}/interests")).status_code == 200


async def test_nobody_has_no_interests(site: Site) -> None:
    """An empty id is refused, and nothing is erased for it."""
    assert (await site.client.delete("/v1/readers/")).status_code == 422
    assert (await site.client.get("/v1/readers//interests")).status_code == 422
    assert site.producer.sent == []
