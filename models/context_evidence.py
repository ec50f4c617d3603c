"""Evidence from the context that an ordinary word is meant as a name: points for and against.

A capital at the head of a sentence, or in a headline where every word has one, says nothing. What does: what a company
does and has ("Target said", "Visa's earnings"), words that go with one entity alone (iPhone with Apple), and sure names
beside it. What speaks against: an article before, a first name, a word that makes it part of another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from models.gazetteer import read_words

ENOUGH = 2
ENOUGH_FOR_EVERYDAY_WORDS = 3
ENOUGH_FOR_SEVERAL_WORDS = 2

_EVERYDAY = re.compile(
    r"unit|eastern|joint|premier|senior|strategy|universal|western|news|nfl|ioc|acc|esg|rec|sat|cci|cmc|sci|max|vip|a|ab|all|ally|am|an|and|any|are|as|at|back|be|best|big|bill|block|book|buy|by|can|care|cash|chase|check|"
    r"clear|core|cross|do|drive|ever|fast|first|five|flex|for|gap|go|good|great|group|has|he|health|here|high|"
    r"home|hope|i|if|in|it|key|kind|lead|life|light|line|long|love|low|main|match|me|move|my|new|next|no|now|of|"
    r"off|oil|old|on|one|open|or|our|out|own|pay|plan|play|plus|post|power|press|public|real|rise|run|safe|save|"
    r"see|sell|send|she|short|so|square|stay|stock|strong|sun|target|team|ten|the|tin|to|top|total|trade|true|"
    r"trust|up|us|value|via|wave|we|wealth|week|well|west|will|win|work|world|yield|you",
    re.I,
)
"""Words so common that one sign is not enough."""

_NOUNS = (
    r"shares?|stocks?|bonds?|earnings|profits?|results|revenues?|sales|dividends?|ceo|cfo|coo|chairman|chief|executives?"
    r"|board|investors?|shareholders?|stockholders?|stake|unit|subsidiary|spokes(?:man|woman|person)|management|outlook"
    r"|guidance|forecast|margins?|quarter(?:ly)?|q[1-4]|first-quarter|second-quarter|third-quarter|fourth-quarter|eps"
    r"|analysts?|ipo|buyback|customers|employees|workers|stores?|plants?|factory|factories|products?|valuation"
    r"|market cap|net|loss(?:es)?|income|div|deal|merger|takeover|bid|offer|acquisition|headquarters|founder|owner"
    r"|parent|common|managing director|md|chairperson|founders?|warrants?|merger|order book|valuations?"
)
_DEEDS = (
    r"reports?|reported|posts?|posted|announces?|announced|acquires?|acquired|buys?|bought|sells?|sold|raises?|raised"
    r"|cuts?|lowered|lowers|beats?|misses|missed|tops?|topped|gains?|gained|jump(?:s|ed)|surge[sd]?|soar(?:s|ed)"
    r"|rall(?:y|ies|ied)|rose|rises|fell|falls|drop(?:s|ped)|slump(?:s|ed)|sinks?|tumble[sd]?|plunge[sd]?|slide[sd]?"
    r"|slips?|slipped|climb(?:s|ed)|upgraded|downgraded|launch(?:es|ed)|unveil(?:s|ed)|declare[sd]|appoints?|appointed"
    r"|hires?|sues|sued|recalls?|recalled|initiated|reiterated|maintained|hikes?|hiked|slash(?:es|ed)|halts?|suspends?"
    r"|suspended|invests?|invested|reaffirms?|settles?|settled|proposes?|teams up|mulls|weighs|seeks|eyes|explores"
    r"|delays?|delayed"
    r"|hits|nears|loses|lost|doubles|triples|trades|bags|bagged|up \d|down \d|to\s+(?:buy|sell"
    r"|acquire|cut|raise|launch|pay|invest|close|report|merge|spin|hire|lay off|issue|split|recall|shut|expand)"
    r"|is (?:buying|selling|cutting|raising|recalling)|has (?:cut|raised|bought|sold|recalled)"
)
_SAYINGS = (
    r"said|says|say|plans|planned|agreed|agrees|expects?|sees|warns?|warned|names|faces|files|filed|signs|signed|wins"
    r"|won|completes?|completed|lays|spins|pays|paid|will|is|has|adds|added|gets|makes|takes|offers|opens|to"
)
_AFTER = re.compile(rf"(?:'s)?\s+(?:[a-z0-9][\w.-]*\s+)?(?:{_NOUNS})\b", re.I)
_POSSESSED = re.compile(rf"(?:'s|s')\s+(?:[\w.-]+\s+){{0,3}}(?:{_NOUNS})\b", re.I)
_DOES = re.compile(rf",?\s+(?:(?:also|now|just|today|reportedly|will|may)\s+)?(?:{_DEEDS})\b", re.I)
_SAYS = re.compile(rf",?\s+(?:{_SAYINGS})\b", re.I)
_BEFORE = re.compile(
    r"(?:\b(?:shares?|stocks?|stake|investors?|holders?|unit|subsidiary|ceo|cfo|chairman|earnings|results|analysts?|deal"
    r"|merger|positions?|puts|calls) (?:of|in|at|on|from|for|with)|\b(?:upgrade[sd]?|downgrade[sd]?|acquire[sd]?"
    r"|acquiring|buys?|buying|short(?:s|ed|ing)|initiate[sd]? (?:coverage )?(?:of|on|at)?|coverage (?:of|on)|rival"
    r"|retailer|giant|chipmaker|automaker|carmaker|lender|insurer|drugmaker|airline|maker|bank|firm|company|owner"
    r"|companies like|such as|sues|sued|suing"
    r"|level for|positive on|accumulate|hold on to|hold|prefer|avoid|exit|stop loss on"
    r"|price target (?:on|for)|bullish on|bearish on|long))\s+$",
    re.I,
)
_POSSESSIVE = re.compile(r"'s?\s")
SHORTEST_CAPITALS = 2
MOST_INITIALS = 3
_ARTICLE = re.compile(
    r"\b(?:the|an?|its|his|her|their|our|your|my|this|that|these|those|each|every|no|any|some|per|new|price)\s+$", re.I
)
_PRICE_TARGET = re.compile(
    r"\s+(?:price|of\s+\$|to\s+\$|raised to|cut to|lowered to|at\s+\$|date|rate|range|market)\b", re.I
)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Sir|Lord|Lady|Judge|Justice|Sen|Rep|Gov|President|Senator|Professor|Dr)\.?\s+$")
_OF_A_PLACE = re.compile(
    r"\b(?:Bank|University|City|Port|State|College|Republic|Gulf|Duke|Earl|Bishop|Town|County|Commonwealth) of\s+$"
    r"|\b(?:First|United|American|National|International|Royal|Universal)\s+$"
)
_IN_A_STATE = re.compile(
    r",\s+(?!(?:Inc|Corp|Ltd|Plc|Cos|Bros|Mr|Mrs|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)(?:[A-Z][a-z]{2,5}\.|[A-Z]\.[A-Z]\.)"
)
_INITIALS_BEFORE = re.compile(r"\b[A-Z][a-z]+\s+[A-Z]\.\s+$")
_FIRST_NAMES = read_words(Path(__file__).parent / "data" / "first_names.txt")
_PLACE_AFTER = re.compile(
    r"\s+(?:Foundation|University|Stadium|Arena|Cent(?:er|re)|Street|Avenue|Road|County|River|Park|School|College"
    r"|Hospital|Beach|Museum|Cups?|Award|Awards|Championship|Open|Church|Bridge|Island|Islands|Lake|Mountain|Town|City"
    r"|of London|Shipping|Register|Air\s?[Ll]ines?|Airways|AIRLINES|AIRWAYS|Leverkusen|Hotel"
    r"|Airport|Theat(?:re|er)|projection"
    r"|United|Rovers|FC|Act|Accord|Charter|Building|House|Palace|Court|Line-up|Tribune|Observer|Herald|Gazette"
    r"|India(?!\s(?:to|as|in|after|for)\b))\b"
)
_LONGER = re.compile(
    r"(?:\s+(?!Inc|Corp|Co\b|Company|Ltd|PLC|AG|SA)[A-Z][\w&'-]*){1,3}\s+(?:Inc|Corp|Co|Company|Ltd|PLC|AG|SA|GmbH|Bhd)\b"
)
_AIRPORT = re.compile(r"\s+Airport\b", re.I)
_AGED = re.compile(r",\s+\d{2},(?!\d)")
"""`Vantor, 41, has …`: companies are not introduced by their age."""
_INITIALS = re.compile(r":\s*$")
_SURNAME_LAST = re.compile(
    r"\s+(?!Securities|Sec\b|Capital|Global|Financial|Research|Bank|Markets|Equit|Asset|Wealth|Commodit)[A-Z][a-z]+\s*(?:$|,)"
)
"""`Overweight on IT: VT Orrin`: who is cited at the end is a person with two initials."""
_SYMBOL_AFTER = re.compile(r"\s?:\s?[A-Z]{2,}\b")
_LONGER_SHOUTED = re.compile(
    rf"(?:\s+(?!(?:INC|CORP|COS?|LTD|PLC|AG|SA|{_DEEDS}|{_SAYINGS}|{_NOUNS}|AND|OF|IN|ON|AT|BY|FOR|FROM|WITH|AS|VS|NOT)\b)"
    r"[A-Z][A-Z&'-]+){1,4}\s+(?:INC|CORP|CO|LTD|PLC|AG|SA)\b",
    re.I,
)
_ANGLED = re.compile(r"(?:\s+[\w().&'-]+){2,6}>")
_ENDS_A_NAME = re.compile(r"(?:^|\s)(?:Bancorp|Bancshares|Bank|Container|Financial|Trust)$", re.I)
_COUNTED = re.compile(
    r"\s+(?:[a-z]+\s+stocks\b|\d|(?:income|sales|revenues?|assets|liabilities|debt|loans?|deposits|costs?|cost of"
    r"|value|number|amount|return|of"
    r"|output|volume|production|shares outstanding|equity|capital|stocks?|supply|demand|exports?|imports?)\b)",
    re.I,
)
_PART = r"[A-Z][\w.&']*(?:-(?![A-Z])[\w.&']*)*"
"""Of a name: a hyphen before a capital ends it, so that there is one way to read a row of them."""
NAMED_CHARS = 4_000
_LEGAL_FORMS = frozenset(("Inc", "Corp", "Co", "Ltd", "Plc", "PLC", "AG", "SA", "NV", "SE", "Limited", "Corporation"))
_NO_NAME = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Inc|Corp|Co|Ltd|Plc|Chairman|President|Chief|Executive|Analysts?|Rival|American|British|Chinese"
    r"|Japanese|German|French|Swiss|Dutch|Indian|Korean|European|Italian|Swedish|Canadian|Australian|Europe|China|Japan"
    r"|Britain|Germany|France|India|America|Street|Says|And|But|The|For|At|In|On|If|When|While|As|With|By|From|To|That"
    r"|Buy|Sell|Why|How|Can|Will|Is|Are|Does|Like|Former|Big|Tech|Group|Bank|Motor|Holdings"
)
_WORD_BEFORE = re.compile(r"([A-Za-z][\w'&.-]*)[ \t]+$")
_WORD_AFTER = re.compile(r"[ \t]+([A-Z][a-z][\w'-]*)")
_BREAK_BEFORE = re.compile(r"(?:^|[.!?:;\"(\[|•*\n>-])\s*[\"'(]?$")
_LISTED_BEFORE = re.compile(r"(?:,|\band|\bor|&|/)\s+$")
_LISTED_AFTER = re.compile(r"\s*(?:,|\band\b|\bor\b|&|/)\s*[A-Z$]")
_LONG_WORD = re.compile(r"(?<![\w$@#])[A-Za-z][A-Za-z'-]{3,}")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")

MARKET_WORDS = {
    "in": frozenset(
        ("crore", "crores", "lakh", "rs", "sebi", "bse", "nse", "nifty", "sensex", "india", "indian", "mumbai", "rupee")
    ),
}
"""Words that show which country's market a text is about, by the country's code."""


def is_part_of_another_name(text: str, start: int, end: int) -> bool:
    """Say whether what stands before or after makes a one-word name part of a person's or a place's."""
    head = text[max(0, start - 24) : start]
    if _TITLE.search(head) or _INITIALS_BEFORE.search(head) or _PLACE_AFTER.match(text, end) or _AGED.match(text, end):
        return True
    if end - start <= MOST_INITIALS and _INITIALS.search(head) and _SURNAME_LAST.match(text, end):
        return True
    before = _WORD_BEFORE.search(head)
    return before is not None and before[1][0].isupper() and is_first_name(before[1])


def follows_a_capital(text: str, start: int) -> bool:
    """Say whether a word inside a plain sentence stands behind somebody's first name, or another part of a name."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if before is None or not before[1][0].isupper() or before[1].isupper() or _NO_NAME.fullmatch(before[1]):
        return False
    first = _BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is not None
    return not first and _is_plain_sentence(text, start, start)


def points(text: str, start: int, end: int, *, neighbours: bool) -> int:
    """Return what the context says for (positive) and against a word being a company's name.

    Args:
        text: the field, readable.
        start: where the word begins.
        end: where it ends.
        neighbours: whether the text holds a name that is sure.
    """
    head, word = text[max(0, start - 48) : start], text[start:end]
    everyday = _EVERYDAY.fullmatch(word) is not None
    first = _BREAK_BEFORE.search(head) is not None
    plain = _is_plain_sentence(text, start, end)
    value = 0
    if _POSSESSED.match(text, end) or _AFTER.match(text, end) or _BEFORE.search(head):
        value += 2
    shouted = is_shouted(text)
    if shouted:
        value -= 2
    if is_first_name(word):
        value -= 1
    if word.isupper() and len(word) > SHORTEST_CAPITALS and not shouted:
        value += 1
    if not everyday and _POSSESSIVE.match(text, end):
        value += 1
    if _DOES.match(text, end):
        value += 2 if not everyday or (plain and not first) else 1
    elif _SAYS.match(text, end):
        value += 1
    if plain and not first:
        value += 1
    if neighbours:
        listed = _LISTED_BEFORE.search(head) or _LISTED_AFTER.match(text, end)
        value += 2 if listed and not (first and not _LISTED_AFTER.match(text, end)) else 1
    if _ARTICLE.search(head):
        value -= 2
    if word.lower() == "target" and (_PRICE_TARGET.match(text, end) or re.search(r"\b(?:price|pt)\s*$", head, re.I)):
        value -= 5
    if word.lower() == "total" and _COUNTED.match(text, end):
        value -= 5
    placed = _OF_A_PLACE.search(head) or _IN_A_STATE.match(text, end)
    if placed or is_part_of_another_name(text, start, end) or _is_a_person(text, word):
        value -= 5
    elif plain and _is_beside_a_capital(text, start, end, first=first):
        value -= 2
    return value


def enough(name: str) -> int:
    """Return the points that a name needs before it counts as one."""
    if " " in name:
        return ENOUGH_FOR_SEVERAL_WORDS
    return ENOUGH_FOR_EVERYDAY_WORDS if _EVERYDAY.fullmatch(name) else ENOUGH


@lru_cache(maxsize=4)  # every word of a text asks again, however long that is
def is_shouted(text: str) -> bool:
    """Say whether nearly all letters of a text are capitals; a ticker among them may not be."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) * 10 > len(letters) * 9


def is_first_name(word: str) -> bool:
    """Say whether people are called so."""
    return word.casefold() in _FIRST_NAMES


def is_inside_a_longer_name(text: str, start: int, end: int) -> bool:
    """Say whether a name goes on: `Vantor Acceptance Corp` is not Vantor, nor is `<Vantor Audio Sdn Bhd>`."""
    if _AIRPORT.match(text, end):
        return True
    if text[start:end].isupper() and end - start > SHORTEST_CAPITALS:
        longer = _LONGER_SHOUTED.match(text, end)
        return longer is not None and longer[0].isupper()
    angled = start > 0 and text[start - 1] == "<" and _ANGLED.match(text, end) is not None
    return angled or _LONGER.match(text, end) is not None


def is_the_end_of_a_name(text: str, start: int, end: int) -> bool:
    """Say whether a name that is little more than a kind of company has another word of its name before it."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if before is None or not before[1][0].isupper() or _NO_NAME.fullmatch(before[1]):
        return False
    name = text[start:end]
    if name.isupper():
        return name.startswith("BANK OF") and before[1] == "SAVINGS"
    generic = _ENDS_A_NAME.search(name) is not None or name.startswith("Bank of")
    return generic or (" " in name and _is_plain_sentence(text, start, end))


def goes_on_before(text: str, start: int, end: int) -> bool:
    """Say whether a name with its legal form has one more word of a name before it, in a plain sentence.

    `a unit of Orrin Vantor Holdings Inc` is not Vantor Holdings.
    """
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if before is None or not before[1][0].isupper() or before[1].endswith("'s") or _NO_NAME.fullmatch(before[1]):
        return False
    first = _BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is not None
    return not first and _is_plain_sentence(text, start, end)


def names_an_exchange(text: str, start: int, end: int) -> bool:
    """Say whether capitals stand before a symbol: `(NSE:VNTR)` says where Vantor is listed."""
    return text[start:end].isupper() and _SYMBOL_AFTER.match(text, end) is not None


def is_inside_a_plain_sentence(text: str, start: int, end: int) -> bool:
    """Say whether a word stands neither first nor in a headline, so that a capital makes it a name, or part of one."""
    first = _BREAK_BEFORE.search(text[max(0, start - 8) : start]) is not None
    return not first and _is_plain_sentence(text, start, end)


@lru_cache(maxsize=64)
def is_short_for_another(name: str, text: str) -> bool:
    """Say whether the text uses a word as the beginning of a longer name with a legal form of its own."""
    places = re.finditer(rf"(?<!\w){re.escape(name)}(?=\s)", text[:NAMED_CHARS])
    return any(is_inside_a_longer_name(text, place.start(), place.end()) for place in places)


def is_abbreviation_of_another(text: str, start: int, end: int, names: Iterable[str]) -> bool:
    """Say whether the text itself says what these capitals stand for, and that is none of the names.

    `Stock Exchange of Singapore (SES)` defines SES, wherever it stands in the text.
    """
    letters = text[start:end]
    if not (letters.isalpha() and letters.isupper() and 2 <= len(letters) <= 6):
        return False
    words = _spelled_out(letters, text)
    return bool(words) and not any(words[0].casefold() in name.casefold() for name in names)


@lru_cache(maxsize=64)
def _spelled_out(letters: str, text: str) -> tuple[str, ...]:
    """Return the words that a text itself says some capitals stand for; none where it does not."""
    if f"({letters})" not in text[:NAMED_CHARS]:
        return ()
    defined = re.search(rf"((?:{_PART}[ -](?:(?:of|and|for|the|de)\s)?){{2,8}})\({letters}\)", text[:NAMED_CHARS])
    if defined is None:
        return ()
    words = [word for word in re.split(r"[ -]+", defined[1]) if word[:1].isupper()]
    while words and words[-1].rstrip(".") in _LEGAL_FORMS:
        words.pop()
    words = words[-len(letters) :]
    return tuple(words) if "".join(word[0] for word in words) == letters else ()


def is_beside_a_capital(text: str, start: int, end: int) -> bool:
    """Say whether a word inside a plain sentence has a capital neighbour, so that both are one name."""
    first = _BREAK_BEFORE.search(text[max(0, start - 48) : start]) is not None
    return _is_plain_sentence(text, start, end) and _is_beside_a_capital(text, start, end, first=first)


def _is_a_person(text: str, word: str) -> bool:
    """Say whether the text gives the word a first name somewhere: later it stands alone."""
    named = re.finditer(rf"\b([A-Z][a-z]+)\s+{re.escape(word)}\b", text[:NAMED_CHARS])
    return any(is_first_name(match[1]) for match in named)


def _is_plain_sentence(text: str, start: int, end: int) -> bool:
    """Say whether the sentence around is written with small letters: in a headline a capital says nothing."""
    opening = max(
        (m.end() for m in _SENTENCE_END.finditer(text, max(0, start - 200), start)), default=max(0, start - 200)
    )
    closing = _SENTENCE_END.search(text, end, end + 200)
    stop = closing.start() if closing else min(len(text), end + 200)
    words = [m[0] for m in _LONG_WORD.finditer(text, opening, stop) if not start <= m.start() < end]
    small = sum(word[0].islower() for word in words)
    return small >= 2 and small * 10 >= len(words) * 6


def _is_beside_a_capital(text: str, start: int, end: int, *, first: bool) -> bool:
    after = _WORD_AFTER.match(text, end)
    if after is not None and not re.match(rf"(?:{_NOUNS}|inc|corp|co|ltd|plc)\b", after[1], re.I):
        return True
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if first or before is None or not before[1][0].isupper():
        return False
    # A capital that begins the sentence is nobody's name: "Will Target …".
    return _BREAK_BEFORE.search(text[max(0, before.start() - 8) : before.start()]) is None
