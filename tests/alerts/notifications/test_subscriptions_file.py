"""Files of subscriptions."""

from __future__ import annotations

import pytest

from alerts.notifications.drafts import Mistake
from alerts.notifications.subscriptions_file import read_subscriptions

GOOD = """subscriptions:
  food:
    name: Food
    matchers:
      severities: [high]
    channel: {kind: topic}
  banks:
    name: Banks
    channel: {kind: topic}
"""


def test_a_file_is_read() -> None:
    """Each subscription is found under its id, with the line of each of its fields."""
    file = read_subscriptions(GOOD)
    assert file.mistakes == []
    assert file.subscriptions["food"]["matchers"] == {"severities": ["high"]}
    told = file.told(
        "f.yaml",
        [
            Mistake(("subscriptions", "banks", "channel", "url"), "missing"),
            Mistake(("subscriptions", "food", "matchers", "severities", 0), "unknown"),
        ],
    )
    assert told == [
        "f.yaml:5: subscriptions.food.matchers.severities.0: unknown",
        "f.yaml:9: subscriptions.banks.channel.url: missing",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "f:1: write `subscriptions:`"),
        ("- a\n", "f:1: write `subscriptions:`"),
        ("subscriptions: [a]\n", "f:1: write `subscriptions:`"),
        ("subscriptions:\n  a: [\n", "f:3: not YAML"),
        ("subscriptions:\n  a: {}\n  a: {}\n", "f:3: subscriptions.a: it is there twice"),
        ("subscriptions:\n  ../a: {}\n", "f:2: subscriptions.../a: an id has"),
        ("subscriptions:\n  a:\n", "f:2: subscriptions.a: write the fields"),
        ("subscriptions: {}\nrules: []\n", "f:2: rules: there is no such field"),
        ("a: &x [*x]\n", "f:1: "),
        ("subscriptions: " + "[" * 500 + "]" * 500, "f:1: not YAML"),
    ],
)
def test_a_mistake_has_its_line(text: str, line: str) -> None:
    """Whatever is wrong with the file itself is told with its line."""
    file = read_subscriptions(text)
    assert any(told.startswith(line) for told in file.told("f", file.mistakes)), file.told("f", file.mistakes)
