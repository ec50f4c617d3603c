"""Rules: defaults, versions, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alerts.rules import Rule, Rules
from alerts.rules_file import check, load_rules, parse
from models.topics import NAMES
from streams.errors import MisconfiguredError

GOOD = """\
time_zone: Europe/London
watchlists:
  tech: [lumenor, elvaron]
rules:
  - name: spike
    kind: negative-spike
    budget_per_1000_series_days: 2
    watchlists: [tech]
    labels: {team: desk-1}
  - name: quiet
    kind: silence
    scope: source
    budget_per_day: 0.1
"""


def test_by_default_negative_spikes_of_names_and_market_are_on() -> None:
    """Every other kind is there, and off."""
    rules = Rules.default()
    assert [(r.kind, r.scope) for r in rules.rules if r.enabled] == [
        ("negative-spike", "entity"),
        ("negative-spike", "market"),
    ]
    assert {r.kind for r in rules.rules} == {"negative-spike", "positive-spike", "turn", "silence"}


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """Fields, lists and labels come out as written."""
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD, encoding="utf-8")
    rules = load_rules(path, NAMES)
    assert check(GOOD, NAMES) == []
    assert rules.watchlists == {"tech": ("lumenor", "elvaron")}
    assert rules.rules[0].labels == {"team": "desk-1"}


def test_a_silence_may_name_what_it_does_not_go_by_where_it_is_the_default() -> None:
    """Only another number would promise something; `cooldown_s` means what it does elsewhere."""
    text = f"{GOOD}    window_s: 21600\n    min_stories: 2\n    cooldown_s: 86400\n"
    assert check(text, NAMES) == []
    assert parse(text).rules[1].cooldown_s == 86_400


def test_what_show_prints_is_a_file_with_the_same_version() -> None:
    """The defaults survive being written and read."""
    text = yaml.safe_dump(Rules.default().model_dump(mode="json"), sort_keys=False)
    assert check(text, NAMES) == []
    assert parse(text).version == Rules.default().version


def test_the_version_is_that_of_the_content() -> None:
    """Order of fields and comments do not change it, any value does."""
    other = parse("# a note\n" + GOOD.replace("kind: silence\n    scope: source", "scope: source\n    kind: silence"))
    assert other.version == parse(GOOD).version
    assert parse(GOOD.replace("0.1", "0.2")).version != other.version


@pytest.mark.parametrize(
    ("before", "after", "line", "path", "message"),
    [
        ("London", "Lodnon", 1, "time_zone", "no time zone"),
        ("silence", "silense", 11, "rules[1].kind", "Input should be"),
        ("_days: 2", "_days: -2", 7, "rules[0].budget_per_1000_series_days", "greater than 0"),
        ("_days: 2", "_days: two", 7, "rules[0].budget_per_1000_series_days", "valid number"),
        ("    budget_per_day: 0.1\n", "", 10, "rules[1]", "give one budget"),
        ("team: desk-1", "Team!: desk-1", 9, "rules[0].labels.Team!", "use small letters, digits and hyphens"),
        ("labels", "lables", 9, "rules[0].lables", "no such field"),
        ("name: quiet", "name: spike", 10, "rules[1].name", "another rule has the name"),
        ("[tech]", "[techs]", 8, "rules[0].watchlists[0]", "no watch-list"),
        ("scope: source", "scope: market", 10, "rules[1]", "a silence has the scope source"),
        ("  tech: [lumenor, elvaron]", "  tech: [lumenor, elvaron", 4, "", "not YAML"),
        ("    kind: silence", "    kind: silence\n    kind: silence", 12, "rules[1].kind", "twice"),
        ("  - name: quiet\n", "  -\n", 11, "rules[1].name", "missing"),
        ("0.1", "yes", 13, "rules[1].budget_per_day", "write a valid number"),
        ("0.1", "'1'", 13, "rules[1].budget_per_day", "write a valid number"),
        ("budget_per_day: 0.1", "budget_a_day: 0.1", 13, "rules[1].budget_a_day", "no such field"),
        ("[tech]", "tech", 8, "rules[0].watchlists", "write a list, such as"),
        ("name: quiet", "name: 2026-01-02", 10, "rules[1].name", "write text"),
        ("name: quiet", "name: Quiet", 10, "rules[1].name", "use small letters, digits and hyphens"),
        ("watchlists: [tech]", "severities: {medium: 1e5}", 8, "rules[0].severities", "larger than medium"),
        ("watchlists: [tech]", "topics: [legal]", 8, "rules[0].topics", "has no topic"),
        ("0.1", "0.1\n    window_s: 7200", 14, "rules[1].window_s", "a silence has no window"),
        ("0.1", "0.1\n    min_stories: 9", 14, "rules[1].min_stories", "a silence has no stories"),
    ],
)
def test_each_mistake_is_told_with_its_line(before: str, after: str, line: int, path: str, message: str) -> None:
    """Line, place and reason are those of the mistake."""
    assert before in GOOD
    found = check(GOOD.replace(before, after, 1), NAMES)
    assert [(m.line, m.path) for m in found] == [(line, path)]
    assert message in found[0].message


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Three mistakes are found, in order, and loading refuses with all of them in one line, as a log wants it."""
    text = GOOD.replace("London", "Nowhere").replace("_days: 2", "_days: 0").replace("0.1", "none")
    assert [m.line for m in check(text, NAMES)] == [1, 7, 13]
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=r"^.*rules.yaml:1: time_zone.*; .*:7: .*; .*:13: .*$"):
        load_rules(path, NAMES)


def test_one_wrong_field_hides_no_other_mistake() -> None:
    """The fields of a rule together, rules among each other, and each unknown name are told at once."""
    text = """\
min_relevance: 3
rules:
  - name: a
    kind: turn
    window_s: 4000
    weighting: severity
    severities: {medium: 20, high: 10, low: 1}
  - name: a
    kind: negative-spike
    scope: entity-topic
    budget_per_day: 1
    topics:
      - legal
      - enrgy
    watchlists:
      - one
      - two
"""
    assert [(m.line, m.path, m.message.split(":")[0]) for m in check(text, NAMES)] == [
        (1, "min_relevance", "Input should be less than or equal to 1"),
        (3, "rules[0]", "give one budget"),
        (5, "rules[0].window_s", "use a multiple of 900 seconds"),
        (6, "rules[0].weighting", "only spikes are weighted"),
        (7, "rules[0].severities.low", "there is no such field"),
        (7, "rules[0].severities", "high has to be larger than medium"),
        (8, "rules[1].name", "another rule has the name 'a'"),
        (14, "rules[1].topics[1]", "there is no topic 'enrgy'"),
        (16, "rules[1].watchlists[0]", "there is no watch-list 'one'"),
        (17, "rules[1].watchlists[1]", "there is no watch-list 'two'"),
    ]


@pytest.mark.parametrize("medium", ["100000", "1e5", "1.0e+5"])
@pytest.mark.parametrize("window_s", ["7200", "72e2"])
def test_one_wrong_field_hides_no_number_with_an_exponent(medium: str, window_s: str) -> None:
    """A severity is held against the usual other one, and a window against a silence, however they are written."""
    text = GOOD.replace("    watchlists: [tech]", f"    severities: {{medium: {medium}}}\n    bogus: 1")
    text += f"    window_s: {window_s}\n    bogus: 1\n"
    assert [m.path for m in check(text, NAMES)] == [
        "rules[0].severities", "rules[0].bogus", "rules[1].window_s", "rules[1].bogus"
    ]  # fmt: skip


def test_a_number_with_an_exponent_is_a_number() -> None:
    """YAML 1.1 reads it as text where it has no point."""
    assert parse(GOOD.replace("0.1", "1e-1")).version == parse(GOOD).version
    assert check(GOOD.replace("0.1", "1e-1"), NAMES) == []


def test_a_topic_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A rule of it would never fire; what there is, is named."""
    text = GOOD.replace("    watchlists: [tech]", "    scope: topic\n    topics: [energy, enrgy]")
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=r"yaml:9: rules\[0\]\.topics\[1\]: .*'enrgy': .* energy"):
        load_rules(path, NAMES)
    path.write_text(text.replace("enrgy", "metals"), encoding="utf-8")
    assert load_rules(path, NAMES).rules[0].topics == ("energy", "metals")


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "42", "a: &x [*x]", "\x00", "rules: []"])
def test_what_is_no_rules_file_is_a_mistake(text: str) -> None:
    """Empty, listed, scalar, recursive and binary texts are told of, not raised."""
    assert check(text, NAMES)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(MisconfiguredError, match=r"none\.yaml cannot be read"):
        load_rules(tmp_path / "none.yaml", NAMES)


@pytest.mark.parametrize(
    "fields",
    [
        {"window_s": 4000},
        {"weighting": "severity", "kind": "turn"},
        {"topics": ("a",)},
        {"scope": "topic", "watchlists": ("a",)},
        {"budget_per_day": 1},
        {"severities": {"medium": 10, "high": 5}},
    ],
)
def test_rules_that_contradict_themselves_are_refused(fields: dict[str, object]) -> None:
    """Each field is checked against the others."""
    with pytest.raises(ValueError, match=r"multiple|weighted|topic|entity|one budget|larger"):
        Rule.model_validate({"name": "r", "kind": "negative-spike", "budget_per_1000_series_days": 2, **fields})
