"""Roles as they are put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agents import rules
from agents.roles import build_app
from streams.settings import Role, Settings

GOOD = "rules:\n  - {name: spike, kind: negative-spike, budget_per_day: 1}\n"


def test_the_agents_of_the_alert_role_share_their_rules_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with it is said once, not by each of them."""
    made: list[rules.RulesFile] = []
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(rules, "LOOK_EVERY_S", 0.0)
    begin = rules.RulesFile.__init__
    monkeypatch.setattr(rules.RulesFile, "__init__", lambda self, *given: (made.append(self), begin(self, *given))[1])
    build_app(Role.ALERT, Settings(data_dir=tmp_path, rules_file=path, table_store="memory"))

    path.write_text(GOOD.replace("spike,", "spike, bogus: 1,"), encoding="utf-8")
    with capture_logs() as said:
        for file in (*made, *made):
            file.current()
    assert [line["event"] for line in said] == ["the rules file is broken, the old rules stay in force"]
