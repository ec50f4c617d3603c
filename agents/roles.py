"""Roles: which agents make up each, and the building of its app."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

import faust

from agents.application import Application, new_application
from agents.progress import watch_progress
from streams.settings import Role, Settings
from streams.tables import changelog_topic

TABLES: dict[Role, tuple[str, ...]] = {
    Role.ENRICH: (),
    Role.INDEX: ("index-days",),
    Role.READERS: ("features", "pending-clicks", "profiles"),
    Role.ALERT: ("series", "subscriptions", "outbox"),
}
"""The tables of each role, by name: their changelogs are made before any worker subscribes."""


def build_app(role: Role, settings: Settings) -> faust.App:
    """Make the Faust app of a role with all its agents; nothing runs or connects yet."""
    application = new_application(role, settings)
    waiting_for = _BUILDERS[role](application)
    declared = tuple(table.name for table in application.tables)
    if declared != TABLES[role]:
        raise AssertionError(f"role {role} declares the tables {declared}, TABLES names {TABLES[role]}")

    async def progress() -> None:
        await watch_progress(application.app, role, status_path(role, settings), settings.stall_after_s, waiting_for)

    application.app.task(progress)

    @application.app.on_before_shutdown.connect(weak=False)
    async def close_ledger(_app: faust.App, **_: object) -> None:
        if not application.app.crashed:
            application.ledger.closed()

    return application.app


def changelogs(settings: Settings) -> tuple[str, ...]:
    """Name the changelog of every table of every role."""
    return tuple(changelog_topic(name, settings) for names in TABLES.values() for name in names)


def status_path(role: Role, settings: Settings) -> Path:
    """Return the file that holds the status of a role."""
    return settings.home / role / "status.json"


def _never() -> Mapping[str, str]:
    return {}


def _enrich(application: Application) -> Callable[[], Mapping[str, str]]:
    from agents.enriching import register_enriching
    from agents.inference import InferenceService
    from models.loading import load_model

    settings = application.settings
    inference = InferenceService(lambda: load_model(settings), settings, lambda: application.ledger.careful)
    register_enriching(application, inference)
    _stop_with(application, inference.stop)
    return _never


def _index(application: Application) -> Callable[[], Mapping[str, str]]:
    from agents.bulk import BulkSink
    from agents.indexing import register_indexing
    from streams.sinks.opening import open_index

    settings = application.settings
    sink = BulkSink(lambda: open_index(settings), settings, application.clock, lambda: application.ledger.careful)
    register_indexing(application, sink)
    _stop_with(application, sink.stop)
    return lambda: sink.away


def _readers(application: Application) -> Callable[[], Mapping[str, str]]:
    from agents.joining import register_joining
    from agents.profiling import register_profiling
    from agents.validating import register_validating

    register_validating(application)
    register_joining(application)
    register_profiling(application)
    return _never


def _alert(application: Application) -> Callable[[], Mapping[str, str]]:
    from agents.notifying import register_notifying
    from agents.rules import RulesFile
    from agents.watching import register_watching

    file = RulesFile(application.settings, application.clock)
    register_watching(application, file)
    register_notifying(application, file)
    return _never


def _stop_with(application: Application, stop: Callable[[], Coroutine[object, object, None]]) -> None:
    @application.app.on_before_shutdown.connect(weak=False)
    async def stopping(_app: faust.App, **_: object) -> None:
        await stop()


_BUILDERS: dict[Role, Callable[[Application], Callable[[], Mapping[str, str]]]] = {
    Role.ENRICH: _enrich,
    Role.INDEX: _index,
    Role.READERS: _readers,
    Role.ALERT: _alert,
}
