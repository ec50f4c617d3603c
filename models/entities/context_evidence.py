"""Evidence from the context that an ordinary word is meant as a name: points for and against.

A capital at the head of a sentence, or in a headline where every word has one, says nothing. What does: what a company
does and has ("Target said", "Visa's earnings"), words that go with one entity alone (iPhone with Apple), and sure names
beside it. What speaks against: an article before, a first name, a word that makes it part of another name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from models.entities.business_words import DEEDS, EVERYDAY, NOUNS, QUALIFIERS, SAYINGS
from models.entities.legal_forms import NAMED_CHARS
from models.entities.longer_names import (
    BREAK_BEFORE,
    SHORTEST_CAPITALS,
    has_a_capital_beside,
    is_part_of_another_name,
    is_plain_sentence,
    stands_behind_a_capital,
)
from models.entities.other_senses import means_something_else
from models.entities.persons import is_first_name, is_said_of_a_person
from models.text.cleaning import word_places

ENOUGH = 2
ENOUGH_FOR_EVERYDAY_WORDS = 3
ENOUGH_FOR_SEVERAL_WORDS = 2
_AFTER = re.compile(rf"(?:'s)?\s+(?:[a-z0-9][\w.-]*\s+)?(?:{NOUNS})\b(?! markets?\b)", re.I)
_AIMED_AT = re.compile(
    rf"\s+(?:customers|products|investors|executives|analysts)\b(?!\s+(?:{DEEDS})\b)",
    re.I,
)
"""Behind a word at the head of a sentence: `Target customers were told`; but `Target investors sold`."""
_POSSESSED = re.compile(rf"(?:'s|s')\s+(?:[\w.-]+\s+){{0,3}}(?:{NOUNS})\b", re.I)
_DOES = re.compile(
    rf",?\s+(?:(?:also|now|just|today|reportedly|will|may|must|could|should|would)\s+)?(?:{DEEDS})\b", re.I
)
_SAYS = re.compile(rf",?\s+(?:{SAYINGS})\b", re.I)
_BEFORE = re.compile(
    r"(?:\b(?:shares?|stocks?|stake|investors?|holders?|unit|subsidiary|ceo|cfo|chairman|earnings|results|analysts?|deal"
    r"|merger|positions?|puts|calls) (?:of|in|at|on|from|for|with)|\b(?:upgrade[sd]?|downgrade[sd]?|acquire[sd]?"
    r"|acquiring|buys?|buying|short(?:s|ed|ing)|initiate[sd]? (?:coverage )?(?:of|on|at)?|coverage (?:of|on)|rival"
    r"|retailer|giant|chipmaker|automaker|carmaker|lender|insurer|drugmaker|airline|maker|bank|firm|company|owner"
    r"|companies like|such as|sues|sued|suing"
    r"|level for|positive on|accumulate|hold on to|hold|prefer|avoid|exit|stop loss on"
    r"|price target (?:on|for)|(?:bullish|bearish|bias|move|stance|view|outlook|neutral|overweight|underweight) on"
    r"|sell|selling|long))\s+$",
    re.I,
)
_POSSESSIVE = re.compile(r"'s?\s")
_ARTICLE = re.compile(
    r"\b(?:the|an?|its|his|her|their|our|your|my|this|these|those|each|every|no|any|some|per|new|price)\s+$", re.I
)
_OF_A_PLACE = re.compile(
    r"\b(?:Bank|University|City|Port|State|College|Republic|Gulf|Duke|Earl|Bishop|Town|County|Commonwealth) of\s+$"
    r"|\b(?:First|United|American|National|International|Royal|Universal)\s+$"
)
_IN_A_STATE = re.compile(
    r",\s+(?!(?:Inc|Corp|Ltd|Plc|Cos|Bros|Mr|Mrs|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)(?:[A-Z][a-z]{2,5}\.|[A-Z]\.[A-Z]\."
    r"|(?:Alabama|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Illinois|Indiana|Iowa|Kansas"
    r"|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada"
    r"|New (?:Jersey|York)|Ohio|Oklahoma|Oregon|Pennsylvania|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin"
    r"|Wyoming)\b(?!\s+[A-Z&]))"
)
_AT_A_PLACE = re.compile(r"\b(?:in|near|outside|around)\s+$")
_COUNTRY = re.compile(
    r",\s+(?:(?:north|south|east|west|central)(?:ern)?\s+)?(?:Argentina|Australia|Austria|Belgium"
    r"|Brazil|Britain|Canada|Chile|China|Colombia|Denmark|Egypt|England|Finland|France|Germany|Greece|India|Indonesia"
    r"|Iran|Iraq|Ireland|Israel|Italy|Japan|Kenya|Malaysia|Mexico|Netherlands|Nigeria|Norway|Pakistan|Peru|Poland"
    r"|Portugal|Russia|Scotland|Spain|Sweden|Switzerland|Taiwan|Thailand|Turkey|Ukraine|Venezuela|Vietnam|Wales)\b"
    r"(?!'s\s+(?:\w+\s+)?(?:largest|biggest|leading|top|state|national|oil|no)\b)"
)
"""`in Vantor, Brazil`; but a stake `in Vantor, Brazil's largest bank`."""
_GIVEN_BEFORE = re.compile(r"\b([A-Z][a-z]+)\s+(?:[A-Z]\.\s+)?$")
_LISTED_BEFORE = re.compile(r"(?:,|\band|\bor|&|/)\s+$")
_LISTED_AFTER = re.compile(r"\s*(?:,|\band\b|\bor\b|&|/)\s*[A-Z$]")
MARKET_WORDS = {
    "in": frozenset(
        (
            *("crore", "crores", "cr", "lakh", "rs", "rbi", "sebi", "bse", "nse", "nifty", "sensex", "dalal", "fii"),
            *("fiis", "india", "indian", "mumbai", "rupee"),
        )
    ),
}
"""Words that show which country's market a text is about, by the country's code."""


def points(text: str, start: int, end: int, *, neighbours: bool, called: bool) -> int:
    """Return what the context says for (positive) and against a word being a company's name.

    Args:
        text: the field, readable.
        start: where the word begins.
        end: where it ends.
        neighbours: whether the text holds a name that is sure.
        called: whether the company is called so, and not only registered with the word and a legal form.
    """
    head, word = text[max(0, start - 48) : start], text[start:end]
    everyday = EVERYDAY.fullmatch(word) is not None
    first = BREAK_BEFORE.search(head) is not None
    plain = is_plain_sentence(text, start, end)
    value = 0
    says = _AFTER.match(text, end) is not None and QUALIFIERS.fullmatch(word) is None
    business = says or _POSSESSED.match(text, end) is not None or _BEFORE.search(head) is not None
    if business:
        value += 1 if first and everyday and _AIMED_AT.match(text, end) else 2
    shouted = is_shouted(text)
    if shouted:
        value -= 2
    given = is_first_name(word) and (shouted or not word.isupper())
    if given:
        value -= 1
    if word.isupper() and len(word) > SHORTEST_CAPITALS and not shouted:
        value += 1
    if not everyday and _POSSESSIVE.match(text, end):
        value += 1
    does = _DOES.match(text, end) is not None
    if not (called or business or does):
        value -= 1
    if does:
        value += 2 if not everyday or (plain and not first) else 1
    elif not given and _SAYS.match(text, end):
        value += 1
    if plain and not first:
        value += 1
    if neighbours:
        listed = _LISTED_BEFORE.search(head) or _LISTED_AFTER.match(text, end)
        value += 2 if listed and not given and not (first and not _LISTED_AFTER.match(text, end)) else 1
    if _ARTICLE.search(head):
        value -= 2
    if means_something_else(text, start, end):
        value -= 5
    in_a_country = _AT_A_PLACE.search(head) and _COUNTRY.match(text, end)
    placed = _OF_A_PLACE.search(head) or _IN_A_STATE.match(text, end) or in_a_country
    named = is_part_of_another_name(text, start, end) or is_said_of_a_person(text, start, end)
    if placed or named or _is_a_person(text, word):
        value -= 5
    elif plain and not first and stands_behind_a_capital(text, start):
        value -= 4
    elif plain and has_a_capital_beside(text, start, end, first=first):
        value -= 2
    return value


def enough(name: str) -> int:
    """Return the points that a name needs before it counts as one."""
    if " " in name:
        return ENOUGH_FOR_SEVERAL_WORDS
    return ENOUGH_FOR_EVERYDAY_WORDS if EVERYDAY.fullmatch(name) else ENOUGH


@lru_cache(maxsize=4)  # every word of a text asks again, however long that is
def is_shouted(text: str) -> bool:
    """Say whether nearly all letters of a text are capitals; a ticker among them may not be."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) * 10 > len(letters) * 9


@lru_cache(maxsize=64)  # a word asks again wherever a text repeats it
def _is_a_person(text: str, word: str) -> bool:
    """Say whether the text gives the word a first name somewhere: later it stands alone."""
    given = (_GIVEN_BEFORE.search(text, max(0, place - 48), place) for place in word_places(word, text, NAMED_CHARS))
    return any(is_first_name(match[1]) for match in given if match is not None)
