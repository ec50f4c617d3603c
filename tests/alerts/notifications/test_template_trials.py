"""Trials of templates before they are kept."""

from __future__ import annotations

import pytest

from alerts.notifications.own_templates import FACTS
from alerts.notifications.rendering import Renderer, facts_of
from alerts.notifications.template_trials import sample_notices, template_fault


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("ok\n{{ alert.nme }}", ("line 2", "'nme'", " name,", "severity")),
        ("{{ alrt.name }}", ("'alrt'", "alert, alerts, kind")),
        ("{% for a in alerts %}{% for e in a.evidence %}{{ e.sentnce }}{% endfor %}{% endfor %}", ("sentence",)),
        ("{{ alert.nme|default('-') }}", ("'nme'",)),
        ("{% if kind == 'digest' %}{{ moar }}{% endif %}", ("'moar'", "more")),
        ("{% if alert.severity == 'grave' %}{{ alert.nme }}{% endif %}", ("'nme'",)),
        ("{% for a in alerts %}{% if a.kind == 'resolved' %}{{ a.name|round }}{% endif %}{% endfor %}", ("the end",)),
        ("{% if kind == 'held' %}{{ more|first }}{% endif %}", ("what was held back",)),
        ("{{ alert.evidence[0].sentence }}", ("a silent feed", "loop")),
        ("{{ alert.labels.desk }}", ("'desk'", "|default")),
        ("{{ alert.name.title }}", ("'title'", "filter")),
        ("{{ alerts.name }}", ("'name'", "loop")),
        ("{% for a in alerts %}{{ loop.indx }}{% endfor %}", ("'indx'",)),
        ("{% include 'x' %}", ("include",)),
        (r'{{ "\ud83d\ude00" }} {{ title }}', (r"'\ud83d'", "half of a character")),
        (r'{% if kind == "digest" %}{{ "\udc00" }}{% endif %}', ("half of a character",)),
        ("\ud83d", ("half of a character",)),
    ],
)
def test_a_mistake_is_found_before_any_alert(template: str, words: tuple[str, ...]) -> None:
    """The fault names what is wrong, where, and what may be used, whichever notice it would show on."""
    fault = template_fault(template)
    assert fault is not None
    for word in words:
        assert word in fault


@pytest.mark.parametrize(
    "template",
    [
        "{{ alert.name }} fell",
        r'{{ "\U0001f600" }} 😀 {{ alert.name }}',
        "{% for a in alerts %}{{ loop.index }}{% for e in a.evidence %}{{ e.url|upper }}{% endfor %}{% endfor %}",
        "{% for alert in alerts if alert.ticker %}{{ alert.ticker }}{% else %}-{% endfor %}",
        "{{ alert.labels.desk|default('-') }} {{ labels.entity|default('-') }}",
        "{% if labels.entity is defined %}{{ labels.entity }}{% endif %}",
        "{{ alert.at.hour }} {{ alerts[0].when }} {{ (alerts|first).since }} {{ alert['rarity'] }}",
        "{% if alert.topic %}{{ alert.topic|title }}{% endif %}{{ silence }}{{ withheld }}{{ total }}",
    ],
)
def test_what_works_on_every_notice_is_kept(template: str) -> None:
    """No template that can word every kind of notice is refused."""
    assert template_fault(template) is None


def test_every_kind_of_notice_is_tried() -> None:
    """Each kind of notice and of step is among the samples, and the names that a fault lists are those there are."""
    notices = sample_notices().values()
    assert {notice.kind for notice in notices} == {"alert", "group", "digest", "held", "silence", "test"}
    steps = [alert for notice in notices for alert in notice.alerts]
    assert {step.kind for step in steps} == {"opened", "updated", "acknowledged", "resolved"}
    assert {step.rule_kind for step in steps} == {"negative-spike", "positive-spike", "turn", "silence"}
    for notice in notices:
        assert set(facts_of(notice, {})) == set(FACTS)
        assert Renderer("tidewatch").render(notice).message.text
