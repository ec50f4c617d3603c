"""Who kills the process? A ledger of where a role died, kept on disk because the process cannot tell afterwards.

A role that starts again at the same offset twice takes messages one at a time, writing down each before it is
touched. The one that is written down when the process dies is a suspect: a kill from outside hits somebody too. A
message that is written down at two deaths is the killer, and the next start puts it aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import orjson

DEATHS_BEFORE_CAREFUL = 2
DEATHS_OF_A_KILLER = 2
"""How many times the process has to die while it holds a message alone."""
CAREFUL_EVENTS = 512
"""How many messages pass one at a time before the role hurries again: more than a window holds."""

Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(slots=True)
class Ledger:
    """Remember at which offsets a role began, what it holds, and what killed it. One per role, on local disk."""

    path: Path
    starts: dict[str, list[int]] = field(default_factory=dict)
    """`topic/partition` → [first offset, how many starts in a row began there]."""
    current: Place | None = None
    suspects: dict[Place, int] = field(default_factory=dict)
    """How many times the process died while it held this message alone."""
    careful_left: int = 0
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Read the ledger of earlier lives; what was held alone at the last death is a suspect."""
        ledger = cls(path)
        if path.exists():
            try:
                saved = orjson.loads(path.read_bytes())
                ledger.starts = {str(k): [int(v[0]), int(v[1])] for k, v in saved["starts"].items()}
                ledger.suspects = {(str(t), int(p), int(o)): int(deaths) for t, p, o, deaths in saved["suspects"]}
                if saved["current"] is not None:
                    topic, partition, offset = saved["current"]
                    place = (str(topic), int(partition), int(offset))
                    ledger.suspects[place] = ledger.suspects.get(place, 0) + 1
                    ledger.careful_left = CAREFUL_EVENTS
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                ledger = cls(path)
        return ledger

    @property
    def careful(self) -> bool:
        """Say whether messages are to be taken one at a time."""
        return self.careful_left > 0

    def killed(self, place: Place) -> bool:
        """Say whether this message is known to have killed the process."""
        return self.suspects.get(place, 0) >= DEATHS_OF_A_KILLER

    def began(self, place: Place) -> None:
        """Note that a message is about to be touched."""
        topic, partition, offset = place
        name = f"{topic}/{partition}"
        changed = self.careful
        if name not in self._seen:
            self._seen.add(name)
            first, count = self.starts.get(name, [-1, 0])
            self.starts[name] = [offset, count + 1 if first == offset else 1]
            if self.starts[name][1] > DEATHS_BEFORE_CAREFUL:
                self.careful_left = CAREFUL_EVENTS
            changed = True
        if self.careful:
            self.current = place
        if changed:
            self._save()

    def passed(self, place: Place) -> None:
        """Note that a message was confirmed and did no harm, or that its dead letter was."""
        self.suspects.pop(place, None)
        if self.careful:
            self.careful_left -= 1
            self.current = None
            self._save()

    def closed(self) -> None:
        """Note a clean end: a start that follows is no death."""
        self.starts.clear()
        self.current = None
        self._save()

    def _save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(
            orjson.dumps(
                {
                    "starts": self.starts,
                    "suspects": [[*place, deaths] for place, deaths in sorted(self.suspects.items())],
                    "current": self.current,
                }
            )
        )
        draft.replace(self.path)
