"""`tidewatch rules`: check a rules file, or show the rules that hold without one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import yaml

from alerts.rules import Rules
from alerts.rules_file import check, parse
from models.topics import NAMES
from streams.errors import DataMissing
from streams.settings import load_settings


class Act(StrEnum):
    """Name what is done."""

    CHECK = "check"
    SHOW = "show"


def rules(
    act: Annotated[Act, typer.Argument(help="check FILE, or show the defaults as a file to begin with.")],
    file: Annotated[Path | None, typer.Argument(help="A rules file, YAML.")] = None,
) -> None:
    """Check a rules file, each mistake with its line (status 2 where there is one), or show the default rules."""
    if act is Act.SHOW:
        typer.echo(yaml.safe_dump(Rules.default().model_dump(mode="json"), sort_keys=False), nl=False)
        return
    if file is None:
        raise typer.BadParameter("name the file to check", param_hint="FILE")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataMissing(f"{file} cannot be read: {error}") from error
    mistakes = check(text, NAMES)
    for mistake in mistakes:
        typer.echo(f"{file}:{mistake}", err=True)
    if mistakes:
        raise typer.Exit(2)
    found = parse(text)
    published = load_settings().alert_min_relevance
    if found.min_relevance < published:
        typer.echo(
            f"{file}: min_relevance {found.min_relevance:g} acts as {published:g}: no mention below"
            " TIDEWATCH_ALERT_MIN_RELEVANCE is published",
            err=True,
        )
    typer.echo(f"{file}: {len(found.rules)} rules, {sum(r.enabled for r in found.rules)} enabled, {found.version}")
