"""`tidewatch rules`."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from alerts.rules import Rules
from alerts.rules_file import parse
from tidewatch.rules import rules

app = typer.Typer()
app.command()(rules)


def test_every_mistake_is_a_line_with_file_and_place(tmp_path: Path) -> None:
    """The status is 2, and the lines are on standard error."""
    path = tmp_path / "mine.yaml"
    path.write_text("time_zone: Nowhere\nrules:\n  - name: a\n    kind: turn\n    budget: 2\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{path}:1: time_zone: no time zone 'Nowhere'")
    assert second == f"{path}:5: rules[0].budget: there is no such field"


def test_a_topic_is_one_that_the_model_tells(tmp_path: Path) -> None:
    """A name that no article can have is a mistake, with its line."""
    path = tmp_path / "mine.yaml"
    path.write_text("rules:\n  - {name: a, kind: turn, scope: topic, budget_per_day: 1, topics: [enrgy]}\n")
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}:2: rules[0].topics[0]: there is no topic 'enrgy': the topics are results,")


def test_the_defaults_are_shown_as_a_file_that_is_good(tmp_path: Path) -> None:
    """What `show` prints passes `check`, with the version of the defaults."""
    shown = CliRunner().invoke(app, ["show"])
    path = tmp_path / "mine.yaml"
    path.write_text(shown.stdout, encoding="utf-8")
    checked = CliRunner().invoke(app, ["check", str(path)])
    assert checked.exit_code == 0
    assert parse(shown.stdout).version == Rules.default().version
    assert Rules.default().version in checked.stdout


def test_a_relevance_below_what_is_published_is_said_to_have_no_effect(tmp_path: Path) -> None:
    """The file is good, and a line on standard error says by what the rules go."""
    path = tmp_path / "mine.yaml"
    path.write_text("min_relevance: 0.2\nrules:\n  - {name: a, kind: turn, budget_per_day: 1}\n")
    checked = CliRunner().invoke(app, ["check", str(path)])
    assert checked.exit_code == 0
    assert checked.stderr.startswith(f"{path}: min_relevance 0.2 acts as 0.5")
    path.write_text("min_relevance: 0.5\nrules:\n  - {name: a, kind: turn, budget_per_day: 1}\n")
    assert CliRunner().invoke(app, ["check", str(path)]).stderr == ""
