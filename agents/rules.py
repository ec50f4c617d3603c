"""The rules file as the alert role reads it: again whenever it has changed."""

from __future__ import annotations

from pathlib import Path

import structlog

from alerts.rules import Rules
from alerts.rules_file import load_rules
from models.topics import NAMES
from streams.clock import Clock
from streams.errors import MisconfiguredError
from streams.settings import Settings

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


class RulesFile:
    """Read the rules again when their file has changed; a broken file leaves the old ones in force.

    One is enough for all agents of a role: what is wrong with the file is then said once.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._path = settings.rules_file
        self._clock = clock
        self._looked_at = clock.now()
        self._modified_ns = self._modification()
        self._broken = False
        self._rules = Rules.default() if self._path is None else load_rules(self._path, NAMES)

    def current(self) -> Rules:
        """Return the rules in force: the same object until they change, which is looked for at most once a second."""
        now = self._clock.now()
        if self._path is not None and (now - self._looked_at).total_seconds() >= LOOK_EVERY_S:
            self._looked_at = now
            modified_ns = self._modification()
            if modified_ns != self._modified_ns:
                self._modified_ns = modified_ns
                self._read(self._path)
        return self._rules

    def _read(self, path: Path) -> None:
        before = self._rules.version
        try:
            rules = load_rules(path, NAMES)
        except MisconfiguredError as error:
            self._broken = True
            log.error("the rules file is broken, the old rules stay in force", version=before, why=str(error))
            return
        if self._broken:
            log.info("the rules file is whole again", version=rules.version)
        self._broken = False
        if rules.version != before:
            log.info("the rules have changed", version=rules.version, before=before)
            self._rules = rules

    def _modification(self) -> int | None:
        try:
            return None if self._path is None else self._path.stat().st_mtime_ns
        except OSError:
            return None
