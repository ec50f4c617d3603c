"""The rules file as the alert role reads it: again whenever it has changed."""

from __future__ import annotations

import structlog

from alerts.rules import Rules, load_rules
from models.topics import NAMES
from streams.clock import Clock
from streams.errors import MisconfiguredError
from streams.settings import Settings

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


class RulesFile:
    """Read the rules again when their file has changed; a broken file leaves the old ones in force."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._path = settings.rules_file
        self._clock = clock
        self._looked_at = clock.now()
        self._modified_ns = self._modification()
        self._broken = False
        self.rules = Rules.default() if self._path is None else load_rules(self._path, NAMES)

    def changed(self) -> Rules | None:
        """Return new rules, looked for at most once a second; None where all is as it was."""
        now = self._clock.now()
        if self._path is None or (now - self._looked_at).total_seconds() < LOOK_EVERY_S:
            return None
        self._looked_at = now
        modified_ns = self._modification()
        if modified_ns == self._modified_ns:
            return None
        self._modified_ns = modified_ns
        try:
            rules = load_rules(self._path, NAMES)
        except MisconfiguredError as error:
            self._broken = True
            log.error(
                "the rules file is broken, the old rules stay in force", version=self.rules.version, why=str(error)
            )
            return None
        if self._broken:
            log.info("the rules file is whole again", version=rules.version)
        self._broken = False
        if rules.version == self.rules.version:
            return None
        log.info("the rules have changed", version=rules.version, before=self.rules.version)
        self.rules = rules
        return rules

    def _modification(self) -> int | None:
        try:
            return None if self._path is None else self._path.stat().st_mtime_ns
        except OSError:
            return None
