"""Evidence that a word means an index, a currency or a commodity: not an amount, a medal, or a kind of shop."""

from __future__ import annotations

import re

from models.entities.longer_names import stands_behind_a_capital

_AMOUNT = re.compile(
    r"(?:\d[\d,.]*|\d/\d|\b(?:mln|bln|million|billion|trillion|thousand|hundred|lakh|crore|mn|bn|m|b|one|two|three|four|five|six|seven|eight|nine|ten|few))"
    r"[\s-]+(?:US\s|U\.S\.\s|(?:New Zealand|Australian|Canadian|Hong Kong|Singapore)\s)?$",
    re.I,
)
_NOT_A_CURRENCY = re.compile(
    r"(?:[\s-]+(?:zone|area|bloc|region|NCAP|Disney|bond|store|stores|tree|general|cup|qualif\w+|menu|bill|coin|sign"
    r"|amount|value of|volume|terms|denominated|\d{2,4}\b)|-(?:a|per|for)-)",
    re.I,
)
_NOT_A_COMMODITY = re.compile(
    r"[\s-]+(?:medal\w*|star|coast|standard|rush|cup|card|disc|record|jewel\w*|ring|watch|dust|plated|screen|lining"
    r"|painting|paint|lamp|shop|cups?|table|break|bowl|spoon|bags?|pudding|cake|on the cob|dog|flakes|candy|shirts?"
    r"|engines?|cars?|trains?|locomotives?|vehicles?|generators?|spin-neck|cans|packaging"
    r"|bombs?|stamp(?:s|ed|ing)?|duck|dinghy|band|bullets?|boots?|poisoning|levels|chambers?|mask|station|tank\b|cooker|works|worker"
    r"|members?\b|subscribers?\b|liquidators|beans?\b(?! prices))",
    re.I,
)
_WEIGHT = re.compile(r"\b(?:per(?: dry)?|(?:cts?|cents|dlrs?) a)\s+$", re.I)
"""`22 cents a pound`."""
_BEATEN = re.compile(r"\s+(?:the|a|away|on)\b", re.I)
_DOING = re.compile(r"\b(?:to|can|will|could|may|would|might)\s+$", re.I)
"""`to pound the market`, `can lead market rallies`."""
_OTHER_CURRENCY = re.compile(
    r"\b(?:(?:Sudan|Leban|Malt)ese|(?:Egypt|Syr|Jamaic|Bahami|Barbadi|Guyan|Liber|Namib|Zimbabwe|Fiji|Bermudi)[ai]?an"
    r"|Pakistan(?:i|'s)|Sri Lanka(?:n|'s)|Nepal(?:ese|i|'s)|Maurit\w+"
    r"|Irish|Cyprus|Cypriot|Turkish|Israeli|Trinidad|Belize|Brunei|Finnish|Luxembourg|Belgian)\s+$",
    re.I,
)
"""Whose pound, dollar, franc or mark is another than the one that the bare word means."""
_TRADED = re.compile(
    r"\b(?:prices?|futures?|contracts?|spot|bullion|ounces?|oz|tonnes?|tons?|barrels?|bpd|bushels?|bags?|pounds? of|lb"
    r"|exports?|imports?|output|production|producers?|crops?|harvest\w*|demand|supply|supplies|stocks?|inventor\w+"
    r"|commodit\w+|metals?|mining|mines?|mined|refin\w+|smelt\w+|traders?|trading|market|markets|hedg\w+|rally|rallies"
    r"|rose|falls?|fell|rises?|gains?|gained|slips?|slid\w*|drops?|dropped|climb\w*|surge[sd]?|higher|lower|steady|firm"
    r"|eases?|edges?|dips?|declin\w+|stead\w+|firms?|firmed|soften\w*|shines?|glow|weak\w*|strength\w*|lifts?|tops|hits?|below|above|per|rs|records?|opec|lme|comex|nymex|mcx|ncdex|cbot|usda|tender|shipments?|quotas?|planting|acreage|sowing|farmers"
    r"|grain|grains|cents)\b",
    re.I,
)
_MOVES_AFTER = re.compile(
    r"\s+(?:jump(?:s|ed)|soar(?:s|ed|ing)?|tumbl(?:es?|ed|ing)|plunge[sd]?|plummets?|plummeted|sank|slump(?:s|ed)?"
    r"|rallied|rebound(?:s|ed)?|retreat(?:s|ed)|spiked|skid(?:s|ded)|(?P<noun>sinks?|spikes))\b",
    re.I,
)
"""Right behind: `Silver soars`, but not `she wore silver and soared`."""
_BEGINS = re.compile(r"(?:^|[.:;,!?'\"\u2013\u2014-]\s*|\b(?:as|but|spot|when|while)\s+)$", re.I)
"""Before what then sinks or spikes: `Copper sinks`; but a shop sells copper sinks."""
_OF_COMPANIES = re.compile(r"\s+compan(?:y|ies)\b")
_EXCHANGED = re.compile(
    r"\b(?:against|versus|vs|per dollar|exchange|currenc(?:y|ies)|forex|fx|central bank|intervention|rates?|strong\w*"
    r"|weak\w*|rose|falls?|fell|rises?|gain\w*|slip\w*|slid\w*|drop\w*|climb\w*|surge[sd]?|higher|lower|steady|firm\w*"
    r"|eases?|edges?|dips?|declin\w+|strength\w*|hits?|moves?|range|parity|devalu\w+|dollar|euro|yen|pound|sterling|peg\w*|traders?|trading|low|high|recover\w*"
    r"|depreciat\w+|appreciat\w+|hedg\w+|closes?|ends?|opens?|trims?|extends?)\b",
    re.I,
)
_OF_A_COMPANY = re.compile(
    r"(?:(?:,|\s+and|\s+&)?\s+[A-Z][\w-]*){0,2}\s+(?:Corp|Co|Inc|Ltd|Plc|PLC|CORP|CO|INC|LTD|Group|GROUP|Exchange|Association"
    r"|Institute|Council|Industries|Equipment)\b|\s*<[A-Z]"
)
_WON = re.compile(
    r"\b(?:str[iu]c?k(?:es|ing)?|w[io]n(?:s|ning)?|took|takes|claim(?:s|ed)|Olympic|go(?:es|ing)? for)\s+$", re.I
)
_COUNTED_TIN = re.compile(r"\b(?:an?|his|her|my|your|this|that|each|every)\s+$", re.I)
_TIN_AFTER = re.compile(
    r"\s+(?:min(?:e|er|ing)|smelt\w+|refin\w+|pric\w+|market|produc\w+|trad\w+|project|deposit|contract|export\w*)\b",
    re.I,
)
"""`a tin miner`, but `removed a tin from a cabinet`."""
_OTHER_OIL = re.compile(
    r"\b(?:olive|cooking|fish|castor|coconut|essential|cod liver|hair|massage|lubricating|motor|engine|snake|baby)\s+$",
    re.I,
)
_LEAD_BEFORE = re.compile(
    r"\b(?:zinc|copper|tin|nickel|silver|alumini?um|tonnes of|refined|spot|lme|scrap)(?:,|\s+and|\s*[/&-])?\s*$", re.I
)
_LEAD_AFTER = re.compile(
    r"\s+(?:prices?|futures?|metal|exports?|imports?|output|production|smelt\w+|refin\w+|mines?|mining|ore|concentrates?"
    r"|stocks|inventories|market|ingots?|contracts?)\b|(?:,|\s+and|\s*[/&-])\s*(?:zinc|copper|tin|nickel|silver|alumini?um)\b",
    re.I,
)
_EXCHANGE_AFTER = re.compile(
    r"(?:(?:'s)?[\s-]+(?:list\w*|delist\w*|uplist\w*|requirements?|rules?|national|system|exchange|stock market|trading"
    r"|notice|notification|deficien\w+|compliance|marketsite|market\s+(?:makers?|system)|private market|stock table"
    r"|ceo|vp|(?:co-)?president|profits?|inc|futures,? inc|capital and surplus|(?:ticker )?symbols?|exception|expansion"
    r"|short interest|halts?|quotations?|securities|ipo|said|says|names|has halted|will continue"
    r"|to (?:acquire|buy|delist|open|settle|launch|offer))\b|/|:)",
    re.I,
)
_EXCHANGE_BEFORE = re.compile(
    r"\b(?:(?:re|de|up)?list\w*|trade[sd]?|trading|quot\w+|halt\w*|debut\w*|available|qualif\w+|deleted|includ\w+"
    r"|continues|stays?|remains?|move|symbol\s+\S+|ticker\s+\S+)\s+(?:[a-z]+\s+){0,3}(?:on|from|in|by|for|under)"
    r"\s+(?:the\s+)?[\"']?$|\bquotations?(?:,|\s+system)?\s+[(]?$",
    re.I,
)
_EXCHANGE_ABOUT = re.compile(r"\b(?:non-?)?complian\w+|\bminimum bid|\bdeficiency\b|\bdelist\w+|\bquotation of\b", re.I)
NEAR_CHARS = 160
_OTHER_INDEX = {
    "s&p": re.compile(
        r"\s*/?\s*(?:TSX|ASX|BSE|NZX|(?:Small|Mid|Large)-?Cap|Retail|Biotech\w*|Oil|Metals|Banks?|Regional|GSCI"
        r"|Homebuilders|Capital IQ|Global|Dow Jones|CoreLogic|Case|Ratings?|upgrade[sd]?|downgrade[sd]?|affirm\w*"
        r"|assigns?|says|to launch"
        r"|(?:cuts|lifts|lowers|raises|revises|strips)"
        r"(?!\s+(?:(?:\w+\s+){0,2}(?:gains|losses)\b|(?:to|off|above|over)\b|\d)))\b",
        re.I,
    ),
    "ftse": re.compile(r"\s+(?:Russell|EPRA|NAREIT|Emerging|Developed|All-World|Group|to (?:keep|launch|add))\b", re.I),
    "dow jones": re.compile(
        r"\s+(?:(?:and|&)\s+Co|News\w*|Newswires|Global|Select|Transport\w*|Utilit\w+|Indices)\b", re.I
    ),
    "nikkei": re.compile(r"\s+(?:Dow|conference|interview|Asia|newspaper|report(?:s|ed)?)\b", re.I),
}
"""What makes another index of it, or the house that reckons it."""
_HELD = re.compile(r"\s+of\b", re.I)
_SOURCE_BEFORE = re.compile(r"\s[-\u2013|]\s*$|:\s*$|\binterview with (?:the )?$", re.I)
_SOURCE_AFTER = re.compile(r"\s*(?:$|https?://|\.\s*$)")
_STREET_AFTER = re.compile(
    r"(?:\s+journal|\s+(?:firms?|banks?|bankers?|analysts?|executives?|lawyers?|estimates?|expectations?|houses?|brokers?"
    r"|brokerages?|consensus|forecasts?|titans?|veterans?)\b|'s\s+(?:estimates?|expectations?|forecasts?|biggest))",
    re.I,
)
WINDOW_CHARS = 90


def is_instrument(kind: str, text: str, start: int, end: int, *, sure: bool) -> bool:
    """Say whether a word means an instrument here.

    Args:
        kind: `index`, `currency` or `commodity`; anything else is asked what an index is, but may be cited.
        text: the field, readable.
        start: where the word begins.
        end: where it ends.
        sure: whether the name can mean nothing else, so that only an amount speaks against it.
    """
    name = text[start:end]
    if kind in {"currency", "commodity"} and name[0].isupper() and _OF_A_COMPANY.match(text, end):
        return False
    if kind == "currency":
        head = text[max(0, start - 24) : start]
        if _AMOUNT.search(head) or _OTHER_CURRENCY.search(head) or _NOT_A_CURRENCY.match(text, end):
            return False
        if name == "Re" and stands_behind_a_capital(text, start):  # `Orrin Re` reinsures
            return False
        if name.casefold() == "pound" and (_WEIGHT.search(head) or (_DOING.search(head) and _BEATEN.match(text, end))):
            return False
        traded = _MOVES_AFTER.match(text, end) or _EXCHANGED.search(_around(text, start, end))
        return sure or traded is not None
    if kind == "commodity":
        head = text[max(0, start - 24) : start]
        if _NOT_A_COMMODITY.match(text, end) or _WON.search(head) or _OTHER_OIL.search(head):
            return False
        if name.casefold() == "lead":
            if _DOING.search(head):
                return False
            return _LEAD_BEFORE.search(head) is not None or _LEAD_AFTER.match(text, end) is not None
        if name.casefold() == "tin" and _COUNTED_TIN.search(head) and not _TIN_AFTER.match(text, end):
            return False
        dealt = _OF_COMPANIES.match(text, end) or _moves(text, start, end) or _TRADED.search(_around(text, start, end))
        return sure or dealt is not None
    if kind == "index" and _is_cited(text, start, end):
        return False
    return _is_index(name.casefold(), text, start, end)


def _moves(text: str, start: int, end: int) -> bool:
    """Say whether a commodity goes up or down by the word right behind it, where that is no thing made of it."""
    moves = _MOVES_AFTER.match(text, end)
    return moves is not None and (moves["noun"] is None or _BEGINS.search(text[max(0, start - 24) : start]) is not None)


def _is_cited(text: str, start: int, end: int) -> bool:
    """Say whether a text ends with a name as its source."""
    return (
        _SOURCE_BEFORE.search(text, max(0, start - 64), start) is not None
        and _SOURCE_AFTER.match(text, end) is not None
    )


def _is_index(name: str, text: str, start: int, end: int) -> bool:
    """Say whether the level of an index is meant: not the exchange, its people, or another index."""
    head = text[max(0, start - 64) : start]
    other = _OTHER_INDEX.get(name)
    if (other is not None and other.match(text, end)) or (name.endswith("stocks") and _HELD.match(text, end)):
        return False
    if name == "nasdaq":
        exchange = _EXCHANGE_AFTER.match(text, end) or _EXCHANGE_BEFORE.search(head)
        return not exchange and _EXCHANGE_ABOUT.search(text, max(0, start - NEAR_CHARS), end + NEAR_CHARS) is None
    return name != "wall street" or _STREET_AFTER.match(text, end) is None


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - WINDOW_CHARS) : start] + " | " + text[end : end + WINDOW_CHARS]
