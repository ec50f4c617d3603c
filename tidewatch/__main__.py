"""The command `tidewatch`: every subcommand is one file beside this one, imported only when it is asked for."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console
from typer.core import TyperGroup

from streams.errors import TidewatchError
from streams.settings import unusable
from tidewatch.terminal import harmless

COMMANDS: dict[str, str] = {
    "demo": "Run a scripted trading day end to end, on embedded parts.",
    "init": "Make the topics and the index, or say what is in the way.",
    "worker": "Run one or several roles: enrich, index, readers, alert.",
    "web": "Serve the API and the console.",
    "send": "Publish JSON lines to a topic.",
    "feeds": "Poll RSS and Atom feeds into news.raw.",
    "enrich": "Run the model alone, JSON lines to JSON lines.",
    "train": "Tune the encoder and its heads on labelled data, or on feedback.",
    "average": "Make one set of weights of trainings with several seeds.",
    "evaluate": "Measure the model on data that it has not seen.",
    "backtest": "Say which alerts a past stream would have given.",
    "rules": "Check a rules file, or show the default rules.",
    "subscribe": "Set who is told of alerts: add, list, remove, test, or apply a file.",
    "silence": "Send nothing of what matches for a while: add, list, end.",
    "dlq": "List dead letters, or send them again.",
    "doctor": "Say what is reachable, and what to do about what is not.",
    "health": "Say whether a role gets on; the exit status is 1 where it does not.",
}


class LazyGroup(TyperGroup):
    """Import a command's module when the command is asked for: torch and Faust take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import and build one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tidewatch.{cmd_name}")
        app = typer.Typer(add_completion=False)
        app.command(name=cmd_name, help=getattr(module, cmd_name).__doc__)(getattr(module, cmd_name))
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Read financial news as it arrives, and tell people what matters.",
)


@app.callback()
def _root() -> None:
    """Read financial news as it arrives, and tell people what matters."""


def main() -> None:
    """Run the command; an error that we know ends with one clear line and status 2."""
    console = Console(stderr=True, soft_wrap=True)
    # Without a log Python would write what Kafka's client says of each try beside the one line that tells the end.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    try:
        app(prog_name="tidewatch")
    except ValidationError as error:
        for name, words in unusable(error):
            console.print(f"[red]{name}[/red]: {harmless(words)}", highlight=False)
        sys.exit(2)
    except TidewatchError as error:
        console.print(f"[red]{type(error).__name__}[/red]: {harmless(str(error))}", highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
