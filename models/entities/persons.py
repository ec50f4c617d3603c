"""People: first names, and where a text has somebody's surname."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from models.entities.business_words import DEEDS, SAYINGS
from models.entities.gazetteer import read_words
from models.entities.legal_forms import NAMED_CHARS
from models.text.cleaning import folded, word_places

_FIRST_NAMES = read_words(Path(__file__).parents[1] / "data" / "first_names.txt")
_LETTERS_BEFORE = re.compile(
    r"(?<![\w.])(?:(?!U\.(?:[SKN]|A\.[EW])|N\.[CHJMVYA]|S\.(?:A|C|D|E\.C)|L\.[AP]|D\.[CO]|E\.(?:[CU]|P\.A)|A\.I"
    r"|F\.(?:A\.A|B\.I|C\.C|D\.A|D\.I|T\.C)|I\.(?:M\.F|P\.O|R\.S))(?:[A-Z]\.\s?){1,3}"
    r"|(?!U [SKN]|N [VYA]|S A|L P|D C|E [CU])(?:[A-Z] ){2,3})$"
)
"""`B.J. Orrin` and `B J Orrin`, but not `U.S. Orrin`, nor `the F.T.C. Orrin said`."""
_ITEM = re.compile(r"^[ \t]*([A-Z])\.[ \t]+(?=\S)", re.M)
"""At the head of a line, what may count it: `A. Vantor said so`."""
_GIVEN = (
    r"(?!(?i:Former|Ex|New|As|Top|Veteran|Its|The|In|To|For|At|Of|From|And|On|By|With|Said|Rival|Not|Over|Has|Is|Will"
    rf"|{DEEDS}|{SAYINGS})\b)[A-Z][\w'-]+\s+"
)
_OFFICE_BEFORE = re.compile(
    r"\b(?:[Cc]hair(?:wo)?man|[Pp]resident|CEO|CFO|COO|[Dd]irector|[Ss]pokes(?:wo)?man|[Aa]nalysts?|[Ss]ecretary"
    r"|[Mm]inister|[Gg]overnor|[Ee]conomist|[Ff]ounder|[Mm]anager|[Ss]trategist|[Ll]awyer|[Jj]udge|[Oo]fficer"
    rf"|[Tt]reasurer|[Tt]rader)\s+(?:{_GIVEN}){{1,2}}$"
)
_APPOINTED = re.compile(
    rf"\b(?:[Aa]ppoint(?:s|ed)?|[Nn]ame[sd]|[Ee]lect(?:s|ed)|[Hh]ire[sd]|[Pp]romote[sd]|[Tt]aps|[Ww]elcomes)\s+{_GIVEN}$"
)
_OFFICIAL_BEFORE = re.compile(
    r"\b(?:Fed|Federal Reserve|FOMC|ECB|BoE|BOE|Bank of England|BoJ|BOJ|SNB|RBI|RBA|RBNZ|Riksbank|Bundesbank"
    r"|Treasury|SEC|IMF|FTC|Pentagon|White House|GOP|Labour|NYT|WSJ|CNBC|Reuters)'s\s+$"
)
"""`Fed's Williams says`: whom a central bank, a ministry or a paper has is a person."""
_QUOTED_BEFORE = re.compile(r"[\"\u201d]\s+(?:said|says|added|explained|recalled)\s+$")
_SAID_ENDS = re.compile(r"\s*(?:[.,]\s|\.?$)")
"""`… today," said Vantor.`"""
_DOES_AS_A_PERSON = re.compile(
    r"\s+(?:and (?:I|me|myself)\b|(?i:(?:is |was |has been |still )?(?:resign(?:s|ed)|steps down|stepped down|retires"
    r"|dies|died|hospitali[sz]ed|jailed|arrested|sentenced|married|born)\b))"
)
CHARS_BEFORE = 64


def is_first_name(word: str) -> bool:
    """Say whether people are called so."""
    return word.casefold() in _FIRST_NAMES


@lru_cache(maxsize=64)  # a word asks again wherever a text repeats it
def has_initials(word: str, text: str) -> bool:
    """Say whether the beginning of a text has initials before a word somewhere: later it stands alone."""
    places = word_places(folded(word), _beginning(text), NAMED_CHARS)
    return any(_has_letters_before(text, place) for place in places)


@lru_cache(maxsize=4)  # every word of a text asks again
def _beginning(text: str) -> str:
    return folded(text[:NAMED_CHARS])


def is_said_of_a_person(text: str, start: int, end: int) -> bool:
    """Say whether an ordinary word is a person's name by what stands beside it.

    Before it: initials, an office, who is appointed, or whose official it is; behind it: what only people do.
    """
    head = text[max(0, start - CHARS_BEFORE) : start]
    before = (_APPOINTED, _OFFICE_BEFORE, _OFFICIAL_BEFORE)
    if (_QUOTED_BEFORE.search(head) and _SAID_ENDS.match(text, end)) or _has_letters_before(text, start):
        return True
    return _DOES_AS_A_PERSON.match(text, end) is not None or any(each.search(head) for each in before)


def _has_letters_before(text: str, place: int) -> bool:
    """Say whether somebody's initials stand before a place: not the letter that counts a line of a list."""
    first = max(0, place - CHARS_BEFORE)
    return _LETTERS_BEFORE.search(text[first:place]) is not None and place not in _listed(text)


@lru_cache(maxsize=4)
def _listed(text: str) -> frozenset[int]:
    """Return where the lines begin that A, B and so on count, behind their letters."""
    items = list(_ITEM.finditer(text))
    counted: set[int] = set()
    for item, following in pairwise(items):
        if (item[1] == "A" or item.end() in counted) and ord(following[1]) == ord(item[1]) + 1:
            counted.update((item.end(), following.end()))
    return frozenset(counted)
