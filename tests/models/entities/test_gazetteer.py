"""The gazetteer's names, and its traps."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from models.entities.gazetteer import Gazetteer, GazetteerEntry, load_gazetteer, names_of
from streams.errors import DataMissing, MisconfiguredError
from streams.records import EntityId


def _entry(name: str, ticker: str, *aliases: str) -> GazetteerEntry:
    return GazetteerEntry(id=EntityId(f"t:{ticker}"), name=name, ticker=ticker, aliases=aliases)


VANTOR = _entry("Vantor Robotics Inc.", "VTR", "Vantor")
TIDE = _entry("Tide Corp", "TDE")
TIDEWATER = _entry("Tidewater Harbor Group", "TWH")
EBBCO = _entry("eBBco", "EBB")
GAZETTEER = Gazetteer([VANTOR, TIDE, TIDEWATER, EBBCO], {"tide"})


def _found(text: str) -> list[tuple[str, str, bool]]:
    return [(c.entries[0].ticker or "", text[c.start : c.end], c.certain) for c in GAZETTEER.candidates(text)]


def test_a_group_is_known_by_what_leads() -> None:
    """Two words without "Group" are a name; one word without it would be too little."""
    assert "Tidewater Harbor" in names_of(TIDEWATER)
    assert "Match" not in names_of(_entry("Match Group, Inc.", "MTC"))


def test_longest_match_and_word_boundaries() -> None:
    """The longest name wins, and no name is found inside a word."""
    assert _found("Tidewater Harbor hired Vantor Robotics") == [
        ("TWH", "Tidewater Harbor", True),
        ("VTR", "Vantor Robotics", True),
    ]
    assert _found("Tideway and Vantors and Vantor-like") == []
    assert _found("Vantor's rival") == [("VTR", "Vantor", True)]


def test_a_name_behind_a_slug() -> None:
    """A slug's hyphen joins no words; any other does, and so does one further on."""
    assert _found("UPDATE 2-Vantor buys Vantor-Tidewater Harbor") == [("VTR", "Vantor", True)]
    assert _found("Anti-Vantor rally") == []


def test_an_ordinary_word_is_only_a_candidate() -> None:
    """A word that is also a name is certain with its legal form behind it alone."""
    assert _found("Tide turns") == [("TDE", "Tide", False)]
    assert _found("Tide Corp. turns") == [("TDE", "Tide Corp", True)]
    assert _found("the tide turns") == []


def test_several_ordinary_words_are_a_name_if_somebody_is_called_so() -> None:
    """What a company is called is certain, but not what is left of a registered name, nor where all is in capitals."""
    bay, first = _entry("High Tide Corp", "HTD", "High Tide"), _entry("First Tide Corp", "FTD")
    own = GazetteerEntry(id=EntityId("name:own-tide"), name="Own Tide of Orrin", aliases=("Own Tide Corporation",))
    gazetteer = Gazetteer([bay, first, own], {"high", "first", "own", "tide"})
    for text, expected in (
        ("High Tide rose", True),
        ("First Tide rose", False),
        ("HIGH TIDE ROSE", False),
        ("Own Tide rose", False),
        ("Own Tide Corporation rose", True),
    ):
        assert [candidate.certain for candidate in gazetteer.candidates(text)] == [expected]


def test_capitals_are_asked_for() -> None:
    """A name in small letters is none, unless it is written so; all in capitals is fine."""
    assert _found("vantor robotics") == []
    assert _found("VANTOR ROBOTICS 4TH QTR NET") == [("VTR", "VANTOR ROBOTICS", True)]
    assert _found("eBBco rose") == [("EBB", "eBBco", True)]


def test_a_number_holds_no_name() -> None:
    """What ends a number is no name that begins with a digit: `$146.4V`."""
    gazetteer = Gazetteer([_entry("4V", "FRV")])
    for text in ("revenue of $146.4V beats", "revenue of 146.4V beats", "some 146,4V of it", "a loss of £4V"):
        assert gazetteer.candidates(text) == []
    assert [c.start for c in gazetteer.candidates("It rose. 4V fell")] == [9]


def test_an_ampersand_before_many_blanks() -> None:
    """Blanks without end behind an ampersand hide no name behind them."""
    assert _found("AT&" + " " * 50_000 + "Vantor rose") == [("VTR", "Vantor", True)]


@pytest.mark.parametrize("between", ["  ", "\n", " \r\n", "\t", "      "])
def test_white_space_inside_a_name(between: str) -> None:
    """A name may be broken by one line end or by several blanks, and keeps its places."""
    assert _found(f"Tidewater{between}Harbor fell") == [("TWH", f"Tidewater{between}Harbor", True)]


def test_a_paragraph_ends_a_name() -> None:
    """What stands in two paragraphs is no name."""
    assert _found("Tidewater\n\nHarbor fell") == []


def test_the_first_of_one_name_has_it() -> None:
    """Of two entities with one name, the one given first is meant: the operator's, then the larger."""
    twice = Gazetteer([_entry("Vantor Ltd", "OWN"), VANTOR])
    assert [c.entries[0].ticker for c in twice.candidates("Vantor fell")] == ["OWN"]


def test_what_means_something_else() -> None:
    """A phrase that holds a name and means something else hides it, but no entity's own name."""
    gazetteer = Gazetteer([VANTOR, TIDE], {"tide"}, ["Vantor Bay", "Tide Corp"])
    assert gazetteer.candidates("They sailed to Vantor Bay") == []
    assert [c.entries[0].ticker for c in gazetteer.candidates("TIDE CORP of Vantor fell")] == ["TDE", "VTR"]


def test_a_share_goes_before_a_currency() -> None:
    """A ticker that is also a currency's code is the share's."""
    crown = GazetteerEntry(id=EntityId("currency:vtr"), name="Vantor crown", ticker="VTR", kind="currency")
    assert Gazetteer([crown, VANTOR]).by_ticker("VTR") == VANTOR


def test_nobody_has_a_ticker_before_it_is_there() -> None:
    """Before an entity is there its undated tickers mean nobody; a guessed day outranks nobody's ticker."""
    late = GazetteerEntry(id=EntityId("t:late"), name="Late Corp", ticker="LTE", since=date(2015, 8, 1))
    early = GazetteerEntry(id=EntityId("t:early"), name="Early Corp", ticker="LTE")
    gazetteer = Gazetteer([late])
    assert gazetteer.by_ticker("LTE", date(2014, 1, 1)) is None
    assert gazetteer.by_ticker("LTE", date(2016, 1, 1)) == late
    assert Gazetteer([early, late]).by_ticker("LTE", date(2016, 1, 1)) == early


def test_what_a_company_is_called() -> None:
    """Its names as given, in any case, and all names of whom no register knows; not the rest of a registered name."""
    registered = GazetteerEntry(id=EntityId("cik:7"), name="Orrin Corp", aliases=("Orrin Pumps",))
    assert [registered.is_called(name) for name in ("ORRIN PUMPS", "Orrin Corp", "Orrin")] == [True, True, False]
    assert GazetteerEntry(id=EntityId("name:orrin"), name="Orrin Corp").is_called("Orrin")


def test_the_built_in_list() -> None:
    """Ids are the SEC's numbers; well-known names, tickers and shapes of tickers lead to them."""
    gazetteer = load_gazetteer()
    assert len(gazetteer) > 7_000
    for name, ticker in (
        ("Apple Inc.", "AAPL"),
        ("Google", "GOOGL"),
        ("Exxon", "XOM"),
        ("Berkshire Hathaway", "BRK-B"),
    ):
        by_name, by_ticker = gazetteer.by_name(name), gazetteer.by_ticker(ticker)
        assert by_name is not None
        assert by_name == by_ticker
    apple = gazetteer.by_ticker("AAPL")
    assert apple is not None
    assert apple.id == "cik:0000320193"


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("Takeda", "cik:0001395064"),
        ("Semiconductor Manufacturing International", "name:smic"),
        ("Siemens Energy", "name:siemens-energy"),
        ("Aker BP", "name:aker-bp"),
        ("BP", "cik:0000313807"),
        ("Frasers Group", "name:sports-direct"),
        ("Hang Seng Bank", "name:hang-seng-bank"),
        ("Hang Seng", "index:hang-seng"),
        ("Samsung SDI", "name:samsung-sdi"),
        ("Sumitomo Mitsui", "cik:0001022837"),
        ("VF Corp", "cik:0000103379"),
        ("Samsung", "name:samsung-electronics"),
        ("Toyota Industries", "name:toyota-industries"),
        ("Toyota Motor Corp", "cik:0001094517"),
        ("Prudential Insurance Company of America", "cik:0001137774"),
    ],
)
def test_companies_abroad(name: str, entity_id: str) -> None:
    """They have their own ids by what the press calls them, whoever's name theirs begins with."""
    entry = load_gazetteer().by_name(name)
    assert entry is not None
    assert entry.id == entity_id


@pytest.mark.parametrize("word", ["Apple", "Target", "Gap", "Visa", "Ally", "Now", "All", "A", "It", "Cash", "First"])
def test_built_in_words_need_evidence(word: str) -> None:
    """A common word at the head of a sentence is never certain."""
    assert not [c for c in load_gazetteer().candidates(f"{word} of the day rose, they said.") if c.certain]


def test_the_operators_file(tmp_path: Path) -> None:
    """An operator's names come first, under the operator's ids."""
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "desk:1", "name": "Harbourline Freight", "ticker": "HBF", "aliases": ["Harbourline"]}\n\n')
    gazetteer = load_gazetteer((path,))
    assert [c.entries[0].id for c in gazetteer.candidates("Harbourline sank")] == ["desk:1"]
    assert gazetteer.version != load_gazetteer().version


def test_a_bad_line_of_the_operators_file(tmp_path: Path) -> None:
    """A line that is no entity is named with its number; a missing file with its path."""
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "desk:1", "name": "Harbourline"}\n{"id": "desk:2"}\n')
    with pytest.raises(MisconfiguredError, match="line 2: name"):
        load_gazetteer((path,))
    with pytest.raises(DataMissing, match="missing"):
        load_gazetteer((tmp_path / "missing.jsonl",))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ('"aliases": [""]', "aliases: '' is no name: take it out"),
        ('"aliases": ["Harbour", " "]', "aliases: ' ' is no name: take it out"),
        ('"ticker": "hbf"', "ticker: no text names 'hbf': write 'HBF'"),
        ('"ticker": ""', "ticker: "),
        ('"ticker": "HARBOURLINEFREIGHT"', "ticker: "),
        ('"tickers": ["hbf"]', r"tickers\.0\.ticker: .*write 'HBF'"),
        ('"alias": ["Harbour"]', "alias: there is no such field; write .*aliases"),
        ('"tickers": [{"ticker": "HBF", "form": "2015-01-01"}]', r"tickers\.0\.form: there is no such field"),
    ],
)
def test_what_would_say_nothing_is_told_with_its_line(tmp_path: Path, fields: str, told: str) -> None:
    """An empty name, a ticker that no text has, and a field that nobody reads are named with file, line and remedy."""
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "desk:1", "name": "Orrin"}\n{"id": "desk:2", "name": "Harbourline", ' + fields + "}\n")
    with pytest.raises(MisconfiguredError, match=rf"own\.jsonl, line 2: {told}"):
        load_gazetteer((path,))


def test_a_packed_file_of_the_operators(tmp_path: Path) -> None:
    """Gzip is known by what it holds; what only bears its name, or breaks off, is told by name."""
    line = b'{"id": "desk:1", "name": "Harbourline"}\n'
    (tmp_path / "own.jsonl").write_bytes(gzip.compress(line))
    assert load_gazetteer((tmp_path / "own.jsonl",)).by_name("Harbourline") is not None
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(b"Harbourline\n")
    with pytest.raises(MisconfiguredError, match=r"bad\.jsonl\.gz, line 1"):
        load_gazetteer((path,))
    path.write_bytes(gzip.compress(line * 100)[:-12])
    with pytest.raises(DataMissing, match=r"bad\.jsonl\.gz breaks off"):
        load_gazetteer((path,))


def test_the_version_is_the_same_in_every_process() -> None:
    """Whatever order sets of words have there."""
    told = {
        subprocess.run(
            [
                sys.executable,
                "-c",
                "from models.entities.gazetteer import load_gazetteer; print(load_gazetteer().version)",
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {f"{load_gazetteer().version}\n"}
