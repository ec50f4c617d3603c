"""Names inside longer names: a person's, a place's, a unit's, another company's.

What stands before or behind a name, and what the text itself says that it is short for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from models.entities.business_words import DEEDS, NOUNS, SAYINGS
from models.entities.legal_forms import NAMED_CHARS, short_name
from models.entities.persons import is_first_name
from models.text.cleaning import word_places

SHORTEST_CAPITALS = 2
MOST_INITIALS = 3
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Sir|Lord|Lady|Judge|Justice|Sen|Rep|Gov|President|Senator|Professor|Dr)\.?\s+$")
_INITIALS_BEFORE = re.compile(r"\b[A-Z][a-z]+\s+[A-Z]\.\s+$")
_PARTICLE = re.compile(r"\b([A-Z][a-z]+)\s+(?:dos|das|do|da|de la|del|della|van|van der|von|bin|al)\s+$")
"""`Peter dos Vantor`, but not `Aktien von Vantor`."""
_PLACE_AFTER = re.compile(
    r"\s+(?:Foundation|University|Stadium|Arena|Cent(?:er|re)|Street|Avenue|Road|County|River|Park|School|College"
    r"|Hospital|Beach|Museum|Cups?|Award|Awards|Championship|Open|Church|Bridge|Island|Islands|Lake|Mountain|Town|City"
    r"|of London|Shipping|Register|Air\s?[Ll]ines?|Airways|AIRLINES|AIRWAYS|Leverkusen|Hotel"
    r"|Airport|Theat(?:re|er)|projection|(?:and [A-Z]\w+ )?Basins?"
    r"|United|Rovers|Athletic|Albion|Wanderers|FC|Act|Accord|Charter|Building|House|Palace|Court|Line-up|Tribune|Observer|Herald|Gazette"
    r"|India(?!\s(?:to|as|in|after|for)\b))\b"
)
_FORMS = r"\s+(?:Inc|Corp|Corporation|Co|Company|Ltd|PLC|AG|SA|GmbH|Bhd)\b"
_NO_WORD_OF_IT = r"Inc|Corp|Co\b|Company|Ltd|PLC|AG|SA"
_SAVINGS = re.compile(r"\s+Savings\s+(?:and|&|Bank|Institution)\b")
_LONGER_OR_GROUP = re.compile(rf"(?:\s+(?!{_NO_WORD_OF_IT})[A-Z][\w&'-]*){{1,3}}{_FORMS}")
_LONGER = re.compile(rf"(?:\s+(?!{_NO_WORD_OF_IT}|Holdings?\b|Group\b)[A-Z][\w&'-]*){{1,3}}{_FORMS}")
_AIRPORT = re.compile(r"\s+Airport\b", re.I)
_AGED = re.compile(r",\s+\d{2},(?!\d)")
"""`Vantor, 41, has …`: companies are not introduced by their age …"""
_IN_OFFICE = re.compile(
    r",\s+(?:the\s+|its\s+)?(?:(?:former|vice|deputy|chief|senior|managing|executive|general|an?)\s+){0,3}"
    r"(?:president|chair(?:wo)?man|officer|director|economist|analyst|strategist|secretary|minister|governor|manager"
    r"|partner|spokes(?:wo)?man|professor|founder)\s+(?:of|at|for|with)\b"
)
"""`Vantor, president of Orrin, …`: … and hold no office."""
_INITIALS = re.compile(r":\s*$")
_SURNAME_LAST = re.compile(
    r"\s+(?!Securities|Sec\b|Capital|Global|Financial|Research|Bank|Markets|Equit|Asset|Wealth|Commodit)[A-Z][a-z]+\s*(?:$|,)"
)
"""`Overweight on IT: VT Orrin`: who is cited at the end is a person with two initials."""
_SYMBOL_AFTER = re.compile(r"\s?:\s?[A-Z]{2,}\b")
_LONGER_SHOUTED = re.compile(
    rf"(?:\s+(?!(?:INC|CORP|COS?|LTD|PLC|AG|SA|{DEEDS}|{SAYINGS}|{NOUNS}|AND|OF|IN|ON|AT|BY|FOR|FROM|WITH|AS|VS|NOT)\b)"
    r"[A-Z][A-Z&'-]+){1,4}\s+(?:INC|CORP|CO|LTD|PLC|AG|SA)\b",
    re.I,
)
_ANGLED = re.compile(r"(?:\s+[\w().&'-]+){2,6}>")
_ENDS_A_NAME = re.compile(r"(?:^|\s)(?:Bancorp|Bancshares|Bank|Container|Financial|Trust)$", re.I)
_PART = r"[A-Z][\w.&']*(?:-(?![A-Z])[\w.&']*)*"
"""Of a name: a hyphen before a capital ends it, so that there is one way to read a row of them."""
_NO_NAME = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Inc|Corp|Co|Ltd|Plc|Chairman|President|Chief|Executive|Analysts?|Rival|American|British|Chinese"
    r"|Japanese|German|French|Swiss|Dutch|Indian|Korean|European|Italian|Swedish|Canadian|Australian|Europe|China|Japan"
    r"|Britain|Germany|France|India|America|Street|Says|And|But|The|For|At|In|On|If|When|While|As|With|By|From|To|That"
    r"|Buy|Sell|Why|How|Can|Will|Is|Are|Does|Like|Former|Big|Tech|Group|Bank|Motor|Holdings|An?|Did|Prefer|Short|Avoid"
    r"|Hold|Lenders?|Insurer|Retailer|Parent|Owner|Via|Vs|After|Over|Into|Of|Once"
    r"|Now|Also|Skip|Exit|Accumulate|Upgrades?|Downgrades?"
)
_WORD_BEFORE = re.compile(r"(?:\b[dl]')?([A-Za-z][\w'&.-]*)[ \t]+$")
_WORD_AFTER = re.compile(r"[ \t]+([A-Z][a-z][\w'-]*)")
BREAK_BEFORE = re.compile(r"(?:^|[.!?:;\"(\[|•*\n>-])\s*[\"'(]?$")
_LONG_WORD = re.compile(r"(?<![\w$@#])[A-Za-z][A-Za-z'-]{3,}")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")


def is_part_of_another_name(text: str, start: int, end: int) -> bool:
    """Say whether what stands before or after makes a one-word name part of a person's or a place's."""
    head = text[max(0, start - 24) : start]
    if _TITLE.search(head) or _INITIALS_BEFORE.search(head):
        return True
    if (particle := _PARTICLE.search(head)) is not None and is_first_name(particle[1]):
        return True
    if _PLACE_AFTER.match(text, end) or _AGED.match(text, end) or _IN_OFFICE.match(text, end):
        return True
    if end - start <= MOST_INITIALS and _INITIALS.search(head) and _SURNAME_LAST.match(text, end):
        return True
    before = _WORD_BEFORE.search(head)
    return before is not None and before[1][0].isupper() and is_first_name(before[1])


def follows_a_capital(text: str, start: int, end: int) -> bool:
    """Say whether a word inside a plain sentence stands behind somebody's first name, or another part of a name."""
    before = _capital_before(text, start)
    if before is None or before[1].isupper():
        return False
    first = BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is not None
    return not first and is_plain_sentence(text, start, end)


def is_inside_a_longer_name(text: str, start: int, end: int) -> bool:
    """Say whether a name goes on: `Vantor Acceptance Corp` is not Vantor, nor is `<Vantor Audio Sdn Bhd>`."""
    if _AIRPORT.match(text, end):
        return True
    if text[start:end].isupper() and end - start > SHORTEST_CAPITALS:
        longer = _LONGER_SHOUTED.match(text, end)
        return longer is not None and longer[0].isupper()
    angled = start > 0 and text[start - 1] == "<" and _ANGLED.match(text, end) is not None
    return angled or _LONGER.match(text, end) is not None or _SAVINGS.match(text, end) is not None


def is_the_end_of_a_name(text: str, start: int, end: int) -> bool:
    """Say whether a name that is little more than a kind of company has another word of its name before it."""
    before = _capital_before(text, start)
    if before is None:
        return False
    name = text[start:end]
    if name.isupper():
        return name.startswith("BANK OF") and before[1] == "SAVINGS"
    generic = _ENDS_A_NAME.search(name) is not None or name.startswith("Bank of")
    return generic or (" " in name and is_plain_sentence(text, start, end))


def is_the_rest_of_a_name(text: str, start: int, end: int, *, expected: bool) -> bool:
    """Say whether ordinary words that are a whole name are the end of another's: `Home Federal Bank`.

    A headline shows that only where their entity is not `expected`, or where the last word asks for one before.
    """
    if _part_before(text, start) is None:
        return False
    asking = text[start:end].endswith(("Bancorp", "Bancshares"))
    return asking or not expected or is_plain_sentence(text, start, end)


def goes_on_before(text: str, start: int, end: int) -> bool:
    """Say whether a name with its legal form has one more word of a name before it, in a plain sentence.

    `a unit of Orrin Vantor Holdings Inc` is not Vantor Holdings.
    """
    before = _capital_before(text, start)
    return before is not None and not before[1].endswith("'s") and follows_a_capital(text, start, end)


def stands_behind_a_capital(text: str, start: int) -> bool:
    """Say whether a word of a name stands before, and not only because a sentence begins there."""
    before = _part_before(text, start)
    return before is not None and BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is None


def names_an_exchange(text: str, start: int, end: int) -> bool:
    """Say whether capitals stand before a symbol: `(NSE:VNTR)` says where Vantor is listed."""
    return text[start:end].isupper() and _SYMBOL_AFTER.match(text, end) is not None


def is_inside_a_plain_sentence(text: str, start: int, end: int) -> bool:
    """Say whether a word stands neither first nor in a headline, so that a capital makes it a name, or part of one."""
    first = BREAK_BEFORE.search(text[max(0, start - 8) : start]) is not None
    return not first and is_plain_sentence(text, start, end)


@lru_cache(maxsize=64)
def is_short_for_another(name: str, text: str) -> bool:
    """Say whether the text uses a word as the beginning of a longer name with a legal form of its own."""
    places = ((place, place + len(name)) for place in word_places(name, text, NAMED_CHARS))
    return any(_LONGER_OR_GROUP.match(text, end) or is_inside_a_longer_name(text, start, end) for start, end in places)


def is_abbreviation_of_another(text: str, start: int, end: int, names: Iterable[str]) -> bool:
    """Say whether the text itself says what these capitals stand for, and that is none of the names.

    `Stock Exchange of Singapore (SES)` defines SES, wherever it stands in the text.
    """
    letters = text[start:end]
    if not (letters.isalpha() and letters.isupper() and 2 <= len(letters) <= 6):
        return False
    words = _spelled_out(letters, text)
    if words:
        return not any(words[0].casefold() in name.casefold() for name in names)
    known = " ".join(names).casefold()
    before = _bracketed(letters, text) if len(letters) <= MOST_INITIALS else ()
    return bool(before) and not any(word.casefold() in known for word in before)


@lru_cache(maxsize=64)
def _spelled_out(letters: str, text: str) -> tuple[str, ...]:
    """Return the words that a text itself says some capitals stand for; none where it does not."""
    head = text[:NAMED_CHARS]
    if f"({letters})" not in head and f", {letters}" not in head:
        return ()
    small = re.search(rf"((?:\b[a-z]\w*[ -]){{{len(letters)}}})\({letters}\)", head)
    if small is not None and "".join(word[0] for word in small[1].split()) == letters.lower():
        return tuple(small[1].split())
    defined = re.search(rf"((?:{_PART}[ -](?:(?:of|and|for|the|de)\s)?){{2,8}})\({letters}\)", head) or re.search(
        rf"((?:{_PART} (?:(?:of|and|for|the|de)\s)?){{1,7}}{_PART}), {letters}[,.]", head
    )
    if defined is None:
        return ()
    # `Vantor Motors Corp` may be VMC or VM.
    for name in (defined[1], short_name(defined[1])):
        words = [word for word in re.split(r"[ -]+", name) if word[:1].isupper()][-len(letters) :]
        if "".join(word[0] for word in words) == letters:
            return tuple(words)
    return ()


@lru_cache(maxsize=64)
def _bracketed(letters: str, text: str) -> tuple[str, ...]:
    """Return the words of the name behind which a text has some capitals in brackets; none where there is no name."""
    place = text.find(f"({letters})", 0, NAMED_CHARS)
    found: list[str] = []
    for word in reversed(text[max(0, place - 80) : max(0, place)].split()):
        if word[0].isupper():
            found.append(word.strip(".,'\""))
        elif not found or word not in {"of", "and", "for", "the", "de", "&"}:
            break
    return tuple(word for word in found if len(word) > 1)


def is_beside_a_capital(text: str, start: int, end: int) -> bool:
    """Say whether a word inside a plain sentence has a capital neighbour, so that both are one name."""
    first = BREAK_BEFORE.search(text[max(0, start - 48) : start]) is not None
    return is_plain_sentence(text, start, end) and has_a_capital_beside(text, start, end, first=first)


def is_before_a_capital(text: str, start: int, end: int) -> bool:
    """Say whether a surname may stand behind a word of a plain sentence: `Heinz Orrin`, not `Heinz shares`."""
    return is_plain_sentence(text, start, end) and has_a_capital_beside(text, start, end, first=True)


def _part_before(text: str, start: int) -> re.Match[str] | None:
    """Return the capitalised word of the same sentence before a place, unless it says whose what follows is."""
    before = _capital_before(text, start)
    if (
        before is None
        or before[1].endswith(("'s", "s'", "maker", "ly"))
        or text[before.start() - 1 : before.start()] == "$"
    ):
        return None
    return None if BREAK_BEFORE.search(text[max(0, start - 8) : start]) else before


def _capital_before(text: str, start: int) -> re.Match[str] | None:
    """Return the capitalised word before a place, unless it is one that stands before names."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    return None if before is None or not before[1][0].isupper() or _NO_NAME.fullmatch(before[1]) else before


def is_plain_sentence(text: str, start: int, end: int) -> bool:
    """Say whether the sentence around is written with small letters: in a headline a capital says nothing."""
    opening = max(
        (m.end() for m in _SENTENCE_END.finditer(text, max(0, start - 200), start)), default=max(0, start - 200)
    )
    closing = _SENTENCE_END.search(text, end, end + 200)
    stop = closing.start() if closing else min(len(text), end + 200)
    words = [m[0] for m in _LONG_WORD.finditer(text, opening, stop) if not start <= m.start() < end]
    small = sum(word[0].islower() for word in words)
    return small >= 2 and small * 10 >= len(words) * 6


def has_a_capital_beside(text: str, start: int, end: int, *, first: bool) -> bool:
    """Say whether a word of a plain sentence has a capital neighbour; one that is `first` in it has none before."""
    after = _WORD_AFTER.match(text, end)
    if after is not None and not re.match(
        rf"(?:{NOUNS}|inc(?:orporated)?|corp(?:oration)?|co|company|ltd|limited|plc)\b", after[1], re.I
    ):
        return True
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if first or before is None or not before[1][0].isupper():
        return False
    # A capital that begins the sentence is nobody's name: "Will Target …".
    return BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is None
