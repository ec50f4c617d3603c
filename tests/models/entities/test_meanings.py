"""Whom a shared name means."""

from __future__ import annotations

from datetime import date

from models.entities.gazetteer import Gazetteer, GazetteerEntry
from models.entities.meanings import Tagged, arm_meant, meant, there_then
from streams.records import EntityId


def _entry(name: str, **more: object) -> GazetteerEntry:
    return GazetteerEntry.model_validate({"id": f"t:{name}", "name": name, **more})


def test_who_came_later_is_not_meant() -> None:
    """An ordinary word, or a few capitals, meant nobody who was not there yet; a name of its own may be older."""
    late = _entry("Tide Corp", since="2015-08-01")
    assert not there_then([late], "Tide", date(2014, 1, 1), ordinary=True)
    assert not there_then([late], "TDE", date(2014, 1, 1), ordinary=False)
    assert there_then([late], "Tidewater", date(2014, 1, 1), ordinary=False) == [late]
    assert there_then([late], "Tide", date(2016, 1, 1), ordinary=True) == [late]


def test_a_name_has_its_own_day() -> None:
    """Who took an ordinary word for its name is not meant by it before, and is by its older names."""
    renamed = _entry("Tide Corp", aliases=["Wave"], named={"tide": "2021-12-10"})
    assert not there_then([renamed], "Tide", date(2016, 1, 1), ordinary=True)
    assert there_then([renamed], "Wave", date(2016, 1, 1), ordinary=True) == [renamed]
    assert there_then([renamed], "Tide", date(2022, 1, 1), ordinary=True) == [renamed]
    assert not there_then([renamed], "Tide", date(2016, 1, 1), ordinary=False)
    assert there_then([renamed], "Wave", date(2016, 1, 1), ordinary=False) == [renamed]


def test_who_took_a_name_last_has_it() -> None:
    """Of two who bore one name one after the other, the later is first from its day on, whatever their rank."""
    before, after = _entry("Tide Corp"), _entry("Tide Harbor Ltd", aliases=["Tide"], named={"tide": "2022-12-12"})
    assert there_then([before, after], "Tide", date(2022, 12, 11), ordinary=False) == [before]
    assert there_then([before, after], "Tide", date(2022, 12, 12), ordinary=False) == [after, before]
    assert there_then([before, after], "Tide Corp", date(2023, 1, 1), ordinary=False) == [before, after]


def test_a_ticker_in_the_text_decides() -> None:
    """Of two with a name the one whose ticker stands there is meant, even by the first word of a longer name."""
    corp, labs, port = _entry("Tide Corp"), _entry("Tide Laboratories"), _entry("Harbor Tide")
    assert meant([corp, labs], "Tide", Tagged([labs]), frozenset()) is labs
    assert meant([corp], "Tide", Tagged([labs]), frozenset()) is labs
    assert meant([corp], "Tide", Tagged([port]), frozenset()) is corp


def test_words_decide_next() -> None:
    """Words that go with one of them decide, or those of its country's press; else the first is meant."""
    first, second = _entry("Tide Corp"), _entry("Tide Ltd", market="in")
    assert meant([first, second], "Tide", Tagged([]), frozenset(("crore",))) is second
    assert meant([first, second], "Tide", Tagged([]), frozenset(("dollars",))) is first


def test_results_in_rupees_are_the_indian_arms() -> None:
    """What a company from elsewhere earned in rupees, its Indian arm earned; a purchase in rupees says nothing."""
    parent, arm = _entry("Vantor Corp"), _entry("Vantor India", market="in")
    gazetteer = Gazetteer([parent, arm])
    text = "Vantor Q2 net rises 41% to Rs 64 crore"
    assert arm_meant(parent, text, 0, 6, gazetteer) is arm
    assert arm_meant(parent, "Vantor buys a mill for Rs 64 crore", 0, 6, gazetteer) is parent
    assert arm_meant(parent, text, 0, 6, Gazetteer([parent])) is parent
    assert EntityId("t:Vantor India") == arm.id
