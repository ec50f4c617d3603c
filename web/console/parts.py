"""What the console is made of: where it reads from, and what it changes things with."""

from __future__ import annotations

from dataclasses import dataclass

from streams.clock import Clock
from streams.sinks.index import Index
from web.changes import Changes
from web.health import Probe
from web.live import AlertFeed
from web.registers import Registers


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold what every page is handed."""

    index: Index
    feed: AlertFeed
    registers: Registers
    changes: Changes
    probe: Probe
    clock: Clock
