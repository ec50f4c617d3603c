"""Slack's incoming webhooks."""

from __future__ import annotations

import dataclasses

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from alerts.receivers.slack import MAX_BLOCKS, MAX_SECTION_CHARS, Pace, SlackReceiver, blocks_of
from streams.subscriptions import SlackChannel
from tests.alerts.receivers.endpoint import MESSAGE, answering, serving


def _channel(url: str) -> SlackChannel:
    return SlackChannel.model_validate({"url": url})


async def test_a_message_is_posted_as_blocks() -> None:
    """The subject is the header and the text of notices, the text a section, and a mention is no mention."""
    async with serving(answering(200, "ok")) as endpoint:
        receiver = SlackReceiver(allow_private=True)
        message = dataclasses.replace(MESSAGE, text="Fell <!channel> 3 & more")
        assert (await receiver.send(message, _channel(endpoint.url))).outcome == "delivered"
        await receiver.close()
        sent = orjson.loads(endpoint.bodies[0])
    assert sent["text"] == MESSAGE.subject
    assert sent["blocks"][0]["text"] == {"type": "plain_text", "text": MESSAGE.subject}
    assert sent["blocks"][1]["text"]["text"] == "Fell &lt;!channel&gt; 3 &amp; more"


async def test_a_name_calls_nobody() -> None:
    """What a phone shows is read by Slack as text is: a name from a feed is no mention and no link there."""
    async with serving(answering(200, "ok")) as endpoint:
        receiver = SlackReceiver(allow_private=True)
        message = dataclasses.replace(MESSAGE, subject="Tidal & <!channel> [high] <https://orrin.example|Orrin>")
        await receiver.send(message, _channel(endpoint.url))
        await receiver.close()
        sent = orjson.loads(endpoint.bodies[0])
    assert sent["text"] == "Tidal &amp; &lt;!channel&gt; [high] &lt;https://orrin.example|Orrin&gt;"
    assert sent["blocks"][0]["text"] == {"type": "plain_text", "text": message.subject}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (404, "no_service", "gone"),
        (410, "channel_is_archived", "gone"),
        (400, "invalid_payload", "refused"),
        (403, "action_prohibited", "refused"),
        (500, "rollup_error", "failed"),
    ],
)
async def test_slack_s_own_words_decide(status: int, body: str, outcome: str) -> None:
    """An address or channel that is no more ends the subscription's endpoint; a server's error is tried again."""
    async with serving(answering(status, body)) as endpoint:
        receiver = SlackReceiver(allow_private=True)
        attempt = await receiver.send(MESSAGE, _channel(endpoint.url))
        await receiver.close()
    assert (attempt.outcome, attempt.status) == (outcome, status)
    assert body in attempt.detail


async def test_slack_s_patience_is_honoured() -> None:
    """A 429 says when to come back."""
    async with serving(answering(429, "rate_limited", {"Retry-After": "30"})) as endpoint:
        receiver = SlackReceiver(allow_private=True)
        attempt = await receiver.send(MESSAGE, _channel(endpoint.url))
        await receiver.close()
    assert (attempt.outcome, attempt.retry_after_s) == ("failed", 30.0)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.example/services/T1/B1/t0psecret",
        "https://hooks.slack.com.news.example/services/T1/B1/t0psecret",
        "https://127.0.0.1/services/T1/B1/t0psecret",
        "https://[::1/t0psecret",
    ],
)
async def test_only_slack_s_hosts_are_posted_to(url: str) -> None:
    """An address elsewhere is refused, and not repeated in the reason."""
    receiver = SlackReceiver()
    attempt = await receiver.send(MESSAGE, _channel(url))
    await receiver.close()
    assert attempt.outcome == "refused"
    assert "t0psecret" not in attempt.detail


def test_an_address_has_one_turn_a_second() -> None:
    """Turns of one address follow at a second's distance, another's do not wait, and nobody waits past patience."""
    pace = Pace()
    assert [pace.turn("a", 100.0, 2.5) for _ in range(4)] == [0.0, 1.0, 2.0, 3.0]
    assert pace.turn("b", 100.0, 2.5) == 0.0
    assert pace.turn("a", 101.5, 2.5) == 1.5
    assert pace.turn("a", 200.0, 2.5) == 0.0


@given(st.text(alphabet=st.sampled_from("a &<>\n✓"), max_size=400), st.integers(1, 2_000))
def test_blocks_keep_slack_s_limits(text: str, times: int) -> None:
    """Whatever the text, the blocks are those that Slack takes: by its own library's checks, and its stated limits."""
    message = dataclasses.replace(MESSAGE, subject=text, text=text * min(times, 300_000 // (len(text) + 1)))
    blocks = blocks_of(message)
    assert len(blocks) <= MAX_BLOCKS
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        if block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= MAX_SECTION_CHARS
            assert "<" not in block["text"]["text"]


def test_a_cut_is_told() -> None:
    """A text over fifty sections ends with a word about the rest; one below is whole."""
    line = "Quillon fell. " * 100
    long, short = (dataclasses.replace(MESSAGE, text="\n".join([line] * count)) for count in (200, 20))
    assert blocks_of(long)[-1]["type"] == "context"
    whole = "\n".join(block["text"]["text"] for block in blocks_of(short)[1:])
    assert whole.count("Quillon fell.") == 2_000
