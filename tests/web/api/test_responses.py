"""Answers to alerts, and what they say of the rules."""

from __future__ import annotations

from streams.subscriptions import Response
from tests.web.conftest import Site, transition
from web.live import LiveAlert


async def test_an_episode_is_acknowledged(locked_site: Site) -> None:
    """An answer names the episode, its series and rule, and who gave it; given twice it has one id."""
    await locked_site.index.put_alerts([transition(1)])
    for _ in range(2):
        answer = await locked_site.client.post(
            "/v1/alerts/e1/responses", json={"kind": "acknowledged"}, headers={"X-API-Key": "w-key"}
        )
        assert answer.status_code == 202, answer.text
    first, second = (Response.model_validate_json(value or b"") for _, _, value in locked_site.producer.sent)
    assert locked_site.producer.sent[0][:2] == ("responses", b"entity:demo:quillon")
    assert (first.episode_id, first.rule, first.kind, first.author) == ("e1", "negative-spike", "acknowledged", "feed")
    assert first.response_id == second.response_id


async def test_an_episode_that_only_came_live_is_found(site: Site) -> None:
    """An alert that the index does not hold yet can be answered."""
    site.broadcast.tell(LiveAlert(0, transition(7)))
    assert (await site.client.post("/v1/alerts/e7/responses", json={"kind": "useful"})).status_code == 202


async def test_what_cannot_be_answered(site: Site) -> None:
    """There is no answer to an unknown episode, no muting of one that ended, and no fourth kind of answer."""
    await site.index.put_alerts([transition(1, "resolved")])
    ask = site.client.post
    assert (await ask("/v1/alerts/none/responses", json={"kind": "useful"})).status_code == 404
    assert (await ask("/v1/alerts/e1/responses", json={"kind": "acknowledged"})).status_code == 409
    assert (await ask("/v1/alerts/e1/responses", json={"kind": "false"})).status_code == 202
    assert (await ask("/v1/alerts/e1/responses", json={"kind": "boring"})).status_code == 422


async def test_precision_follows_the_last_word(site: Site) -> None:
    """Each person's last word on an episode counts, by rule."""
    await site.index.put_alerts([transition(1), transition(2), transition(3)])
    for episode, kind in (
        ("e1", "useful"),
        ("e2", "useful"),
        ("e2", "false"),
        ("e3", "useful"),
        ("e3", "acknowledged"),
    ):
        await site.client.post(f"/v1/alerts/{episode}/responses", json={"kind": kind})
    (rule,) = (await site.client.get("/v1/precision")).json()
    assert rule == {"rule": "negative-spike", "useful": 2, "false": 1, "precision": 2 / 3}
