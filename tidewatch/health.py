"""`tidewatch health`: what a container's health check asks."""

from __future__ import annotations

import time
from typing import Annotated

import orjson
import typer

from agents.progress import STALE_AFTER_S, Status
from agents.roles import status_path
from streams.settings import Role, load_settings


def health(role: Annotated[Role, typer.Argument(help="The role whose worker runs on this machine.")]) -> None:
    """Say whether a role gets on: commits move while there is lag. The exit status is 1 where they do not."""
    path = status_path(role, load_settings())
    try:
        status = Status(**orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        typer.echo(f"{role}: no status at {path}; is `tidewatch worker {role}` running with the same settings?")
        raise typer.Exit(1) from None
    age_s = time.time() - status.at_s
    detail = f" ({status.detail})" if status.detail else ""
    typer.echo(f"{role}: {status.state}{detail}, lag {status.lag}, as of {age_s:.0f} s ago")
    if age_s > STALE_AFTER_S or status.state == "stalled":
        raise typer.Exit(1)
