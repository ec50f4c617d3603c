"""The ledger of deaths."""

from __future__ import annotations

from pathlib import Path

from streams.ledger import CAREFUL_EVENTS, DEATHS_BEFORE_CAREFUL, Ledger

HEAD = ("news.raw", 0, 40)
KILLER = ("news.raw", 0, 42)


def _die_at_the_head(path: Path, times: int) -> Ledger:
    ledger = Ledger.open(path)
    for _ in range(times):
        ledger = Ledger.open(path)
        ledger.began(HEAD)
    return ledger


def test_two_deaths_at_one_offset_bring_care(tmp_path: Path) -> None:
    """The third start at the same offset takes messages one at a time; the second still hurries."""
    path = tmp_path / "ledger.json"
    assert not _die_at_the_head(path, DEATHS_BEFORE_CAREFUL).careful
    assert _die_at_the_head(path, 1).careful


def test_the_message_held_at_two_deaths_is_the_killer(tmp_path: Path) -> None:
    """A message that passed is innocent; the one that was held twice is put aside at the next start."""
    path = tmp_path / "ledger.json"
    ledger = _die_at_the_head(path, DEATHS_BEFORE_CAREFUL + 1)
    ledger.passed(HEAD)
    ledger.began(KILLER)
    reborn = Ledger.open(path)
    assert not reborn.killed(KILLER)
    assert reborn.careful
    reborn.began(KILLER)
    reborn = Ledger.open(path)
    assert reborn.killed(KILLER)
    assert not reborn.killed(HEAD)


def test_a_kill_from_outside_puts_nothing_aside(tmp_path: Path) -> None:
    """A message that was held at one death and passes in the next life is innocent, though the process dies later."""
    path = tmp_path / "ledger.json"
    _die_at_the_head(path, DEATHS_BEFORE_CAREFUL + 1)
    ledger = Ledger.open(path)
    ledger.began(HEAD)
    ledger.passed(HEAD)
    assert not Ledger.open(path).suspects
    for place in (KILLER, ("news.raw", 0, 43)):
        ledger.began(place)
        ledger = Ledger.open(path)
        assert not any(ledger.killed(each) for each in (HEAD, KILLER, place))


def test_a_clean_end_convicts_nobody(tmp_path: Path) -> None:
    """Stopping in the middle of a careful message is no death."""
    path = tmp_path / "ledger.json"
    ledger = _die_at_the_head(path, DEATHS_BEFORE_CAREFUL + 1)
    ledger.closed()
    reborn = Ledger.open(path)
    assert not reborn.killed(HEAD)
    reborn.began(HEAD)
    assert not reborn.careful


def test_care_ends(tmp_path: Path) -> None:
    """After enough harmless messages the role hurries again."""
    ledger = _die_at_the_head(tmp_path / "ledger.json", DEATHS_BEFORE_CAREFUL + 1)
    for offset in range(CAREFUL_EVENTS):
        place = ("news.raw", 0, 40 + offset)
        ledger.began(place)
        ledger.passed(place)
    assert not ledger.careful


def test_a_damaged_ledger_is_a_new_one(tmp_path: Path) -> None:
    """A file that cannot be read stops nobody."""
    path = tmp_path / "ledger.json"
    path.write_bytes(b"{cut")
    assert not Ledger.open(path).suspects
