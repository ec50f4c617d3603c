"""Notices as messages."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.notifications.grouping import Batch, Entry, notice_of
from alerts.notifications.notices import MAX_PAYLOAD_BYTES, Notice, payload_of, trial_notice
from alerts.notifications.own_templates import MAX_OUTPUT_CHARS, TemplateRefused, compiled
from alerts.notifications.rendering import Renderer, rarity_text
from streams.alerting import AlertTransition
from tests.alerts.people import NOW, alert, subscription

RENDERER = Renderer(source="tidewatch", public_url="https://watch.example/")


def _notice(*alerts: AlertTransition, **fields: Any) -> Notice:
    found = {a.episode_id: a for a in alerts}
    entries = tuple(Entry(transition_id=a.transition_id, episode_id=a.episode_id, opening=True) for a in alerts)
    batch = Batch(kind="alert" if len(alerts) == 1 else "digest", due_at=NOW, entries=entries)
    return notice_of(batch, subscription(), found.get, NOW).model_copy(update=fields)


def test_one_alert_says_what_happened_why_and_where_to_look() -> None:
    """Subject, text and HTML hold name, figures, a sentence with its link, and the link to the console."""
    message = RENDERER.render(_notice(alert(ticker="HRBL"))).message
    assert message.subject == "Harbourline [medium] negative spike"
    for text in (message.text, message.html):
        assert "Harbourline missed its target for the 0th time." in text
        assert "https://wire.example/harbourline/0" in text
        assert "https://watch.example/alerts/episode-harbourline" in text
        assert "once in 4 months" in text
        assert "HRBL" in text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0.2, "about once a day or more often"),
        (2, "once in 2 days"),
        (59.4, "once in 59 days"),
        (60, "once in 2 months"),
        (729, "once in 24 months"),
        (730, "once in 2 years"),
        (1e6, "once in 2,738 years"),
    ],
)
def test_rarity_is_told_in_the_largest_unit_that_fits(days: float, text: str) -> None:
    """Days, months from two on, years from two on."""
    assert rarity_text(days) == text


def test_large_counts_are_written_out() -> None:
    """A busy market is told without exponents, in text and HTML."""
    message = RENDERER.render(_notice(alert("market", observed=1_234, expected=104.3))).message
    assert "1,234 seen where 104 were to be expected" in message.text
    assert "1,234</b> seen where 104 were to be expected" in message.html


@pytest.mark.parametrize(
    ("fields", "subject", "words"),
    [
        ({}, "Harbourline [medium] negative spike", "negative stories in 6 h: 6 seen where 0.5 were to be expected"),
        (
            {"rule_kind": "positive-spike", "revision": 1, "observed": 12},
            "Stronger: Harbourline [medium] positive spike",
            "positive stories in 6 h: 12 seen where 0.5 were to be expected",
        ),
        (
            {"rule_kind": "turn", "revision": 1, "observed": -0.412, "expected": 0.3, "window_s": 86_400},
            "Worse: Harbourline [medium] turn",
            "mean sentiment in 24 h: −0.41 seen where +0.30 was to be expected",
        ),
        (
            {"rule_kind": "silence", "observed": 0, "expected": 12.4, "window_s": 5_400},
            "Harbourline [medium] silence",
            "articles in 1.5 h: 0 seen where 12 were to be expected",
        ),
        (
            {"rule_kind": "positive-spike", "kind": "resolved", "observed": 0},
            "Over: Harbourline [medium] positive spike",
            "positive stories in 6 h: 0 seen",
        ),
    ],
)
def test_each_kind_of_alert_says_what_was_seen(fields: dict[str, Any], subject: str, words: str) -> None:
    """Good news that grows is not worse, and a mean is no count; in a digest nothing else tells them apart."""
    message = RENDERER.render(_notice(alert(**fields))).message
    assert message.subject == subject
    assert words in message.text
    assert words in message.html.replace('<b style="color:#1c2430">', "").replace("</b>", "")
    step = subject.partition(":")[0].upper() if ":" in subject else "NEW"
    assert step in message.text
    assert step in message.html
    assert "WORSE" not in message.text or step == "WORSE"


def test_many_alerts_are_counted() -> None:
    """A digest of fourteen shows ten and says that there are four more."""
    message = RENDERER.render(_notice(*(alert(f"name{n:02}") for n in range(14)))).message
    assert message.subject == "14 alerts: Name00, Name01, Name02 and 11 more"
    assert "And 4 more: Name10, Name11, Name12, Name13." in message.text
    assert "And 4 more" in message.html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "silence", "silence": "migration", "withheld": 3}, 'The silence "migration" is over. It withheld 3'),
        ({"kind": "silence", "silence": "migration", "withheld": 1, "alerts": ()}, "all over by now"),
        ({"kind": "held"}, "1 alert came while"),
        ({"kind": "group"}, "NEW  Harbourline"),
    ],
)
def test_every_kind_of_notice_says_what_it_is(fields: dict[str, Any], words: str) -> None:
    """The text of a silence's end, of what was held back and of a group."""
    message = RENDERER.render(_notice(alert(), **fields)).message
    assert words in message.text
    assert message.html.count("<table") == message.html.count("</table>")


def test_a_test_says_that_it_is_one() -> None:
    """Nobody takes a test for an alert."""
    message = RENDERER.render(trial_notice(subscription().subscription_id, "r1", "Desk", NOW)).message
    assert message.subject == "Test of Desk"
    assert "Nothing happened" in message.text
    assert "Nothing happened" in message.html


def test_what_comes_from_outside_is_escaped() -> None:
    """Names and sentences from feeds cannot write HTML, nor make a link that runs a script."""
    hostile = alert(
        name="<script>alert(1)</script>",
        evidence=[
            {"article_id": "x", "title": "<b>", "sentence": "<img>", "url": "javascript:x", "at": NOW, "score": -1}
        ],
    )
    html = RENDERER.render(_notice(hostile), "{{ alert.name }}<i>").message.html
    html += RENDERER.render(_notice(hostile)).message.html
    assert "<script>" not in html
    assert "<img>" not in html
    assert "<i>" not in html
    assert 'href="javascript' not in html


def test_a_subject_is_one_line() -> None:
    """A name with line breaks cannot add headers to a mail."""
    assert "\n" not in RENDERER.render(_notice(alert(name="A\r\nBcc: x"))).message.subject


def test_the_subscribers_template_makes_the_text() -> None:
    """Loops, conditions, filters and fields of the alerts work."""
    template = (
        "{% for a in alerts %}{{ loop.index }}. {{ a.name|upper }} {% if a.ticker %}({{ a.ticker }}){% endif %}"
        "{% for e in a.evidence %}{{ e.sentence if e.url }}{% endfor %}{% endfor %}"
        "{{ total }} {{ alert.labels.desk|default('-') }}"
    )
    rendered = RENDERER.render(_notice(alert(evidence=[])), template)
    assert rendered.message.text == "1. HARBOURLINE 1 -\n"
    assert rendered.fault == ""
    assert "1. HARBOURLINE 1 -" in rendered.message.html


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ alert.__init__ }}",
        "{{ alert.name.upper() }}",
        "{% for a in range(1000000) %}x{% endfor %}",
        "{% for a in alerts %}{% for b in alerts %}{% for c in alerts %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% set x = 'a' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ 'a' * 1000000000 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ [1, 2] }}",
        "{{ alert.name|center(100000000) }}",
        "{{ alert|tojson }}",
        "{{ alert is sameas(1) }}",
        "{{ unknown }}",
        "{{ alert.unknown }}",
        "{{ alert.name.title }}",
        "{{ alert.copy }}",
        "{% for",
        "{{ 'a'|round }}",
        "{{ 1|round(10000000, 'ceil') }}",
        "{{ total|round(precision=10000000) }}",
        "{{ total|round(total) }}",
        "{{ total|round(*alerts) }}",
        "{% if " + "(" * 500 + "1" + ")" * 500 + " %}x{% endif %}",
        "{{ alert" + ".x" * 3000 + " }}",
        r'{{ "\ud83d\ude00" }} {{ title }}',
    ],
)
def test_a_template_that_fails_or_is_not_allowed_falls_back_and_says_so(template: str) -> None:
    """The built-in text is sent instead, with the reason."""
    rendered = RENDERER.render(_notice(alert()), template)
    assert rendered.fault
    assert "Harbourline missed its target" in rendered.message.text
    assert f"could not be used: {rendered.fault}" in rendered.message.text


def test_a_notice_without_alerts_has_the_built_in_text() -> None:
    """A template words alerts: the end of a silence that left none is told in our words, and no fault is found."""
    rendered = RENDERER.render(_notice(alert(), kind="silence", alerts=()), "{{ alert.name }}")
    assert rendered.fault == ""
    assert "all over by now" in rendered.message.text


def test_a_template_that_writes_too_much_or_takes_too_long_falls_back() -> None:
    """Output and time are bounded."""
    loops = "{% for a in alerts %}{% for e in a.evidence %}" + "x" * 3_000 + "{{ e.score }}{% endfor %}{% endfor %}"
    rendered = RENDERER.render(_notice(alert(), alert("quillon")), loops)
    assert f"{MAX_OUTPUT_CHARS:,}" in rendered.fault
    ticks = iter(range(1_000))
    slow = Renderer(source="tidewatch", clock_s=lambda: float(next(ticks)))
    for loops in (
        "{% for a in alerts %}{{ a.name }} {% endfor %}",
        "{% for a in title %}{% for b in title %}{% if a|upper == b %}{% endif %}{% endfor %}{% endfor %}",
    ):
        assert "ran for more" in slow.render(_notice(alert()), loops).fault


def test_a_mistake_is_told_with_its_line() -> None:
    """A preview can point at it."""
    with pytest.raises(TemplateRefused, match="line 2"):
        compiled("ok\n{{ x.y() }}")


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 10),
    sentences=st.integers(0, 5),
    length=st.integers(0, 4_000),
    letter=st.sampled_from(["a", "ü", "漢", '"']),
)
def test_a_payload_is_a_cloudevent_below_20_kb(count: int, sentences: int, length: int, letter: str) -> None:
    """However long names and sentences are, the body stays below the bound, valid, and says what was cut."""
    evidence = [{"article_id": "a", "sentence": letter * length, "at": NOW, "score": -1} for _ in range(sentences)]
    notice = _notice(
        *(alert(f"n{n}", evidence=evidence, labels={"note": letter * (length // 3)}) for n in range(count))
    )
    payload = payload_of(notice, "tidewatch")
    assert len(payload) < MAX_PAYLOAD_BYTES
    event = JSONFormat().read(CloudEvent, payload)
    assert event.get_id() == notice.notification_id
    data = orjson.loads(payload)["data"]
    assert len(data["alerts"]) + data["more"] == count
    whole = len(data["alerts"]) == count and all(len(a["evidence"]) == sentences for a in data["alerts"])
    assert data["cut"] is not whole


@pytest.mark.parametrize(("length", "named", "shown"), [(5, 20, 10), (80, 16, 10), (200, 0, 10), (512, 0, 5)])
def test_a_payload_of_long_names_is_below_20_kb(length: int, named: int, shown: int) -> None:
    """Names of further alerts go before alerts do, however many bytes a letter has."""
    bare = (alert(f"n{n:02}", evidence=[]).model_copy(update={"name": f"{n:02}{'漢' * length}"}) for n in range(30))
    payload = payload_of(_notice(*bare), "tidewatch")
    data = orjson.loads(payload)["data"]
    assert len(payload) < MAX_PAYLOAD_BYTES
    assert (len(data["names"]), len(data["alerts"]), data["more"]) == (named, shown, 30 - shown)
    assert data["cut"] is (named < 20)
