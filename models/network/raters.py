"""Who rates: the broker that downgrades a company is not the one that the news is bad for.

A small encoder hears the rating and not whose it is: of 90 names behind "at" or "by" in training tweets about ratings,
63 were read as good or bad news for themselves. Of 70 names that a headline of SEntFiN's training part has rate
another, 69 are labelled neutral.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from models.network.contrasts import Place
from models.network.encoder import TextSpan

SAYS = (0.01, 0.98, 0.01)
"""What is said of who rates: negative, neutral, positive."""
HEAD_CHARS = 120
_QUOTE = "['\"\u2018\u2019\u201c\u201d]?"
_GRADE = (
    rf"{_QUOTE}(?:(?:strong|conviction)[ -])?(?:buy|sell|hold|neutral|accumulate|over-?weight|under-?weight"
    rf"|equal-?weight|out-?perform(?:er)?|under-?perform(?:er)?|(?:market|sector|peer)[ -]perform(?:er)?)\b{_QUOTE}"
)
_VIEW = (
    rf"{_QUOTE}(?:bullish|bearish|positive|negative|cautious|constructive|over-?weight|under-?weight|neutral){_QUOTE}"
)
_STOCK = r"(?:[\w&.$'()-]+\s+){0,6}?"
_GIVEN = (
    r"(?=['\"\u2019\u201d]|\s*(?:$|[,;.:()/|\u2013\u2014]|-\s)|\s+(?:ratings?|calls?|recommendations?|stance|view|tag|after|ahead"
    r"|amid|and|at|but|citing|despite|from|post|target|with|(?:for|on)\s+(?:(?-i:[A-Z])|(?:the\s+)?(?:stock|shares|company)\b)"
    r"|in\s+(?-i:[A-Z])|as\s+(?!(?:an?|the)\b)))"
)
"""Behind a grade: a shop that maintains its hold on shoppers rates nobody."""
_PLANNED = (
    r"business|cash|core|costs?|deliver(?:y|ies)|demand|dividend|earnings|ebitda?|eps|growth|margins?|orders|output"
    r"|production|profits?|revenues?|sales|savings|shipments?|volumes?"
)
"""What a company has targets and forecasts of its own for."""
_NOT_PLANNED = "".join(
    rf"(?<!\b{word}\s)"
    for word in ("sales", "revenue", "growth", "profit", "earnings", "output", "production", "delivery", "margin")
)
_TARGET = (
    r"(?:price\s+targets?|target\s+price|price\s+objective|rating|ratings\s+(?:of|on)"
    rf"|(?:(?-i:PT)|{_NOT_PLANNED}target)(?=\s+on\s+(?-i:[A-Z])))\b"
)
_ITS_TARGET = (
    rf"(?:its|their|his|her)\s+(?:[\w-]+\s+){{0,3}}?(?:price\s+targets?|target\s+price|price\s+objective|ratings?"
    rf"|recommendation|(?-i:PT)|{_NOT_PLANNED}target(?=\s+on\b))(?=\s+(?:on|for|of)\b)"
)
_CHANGED = (
    r"(?:(?:rais|lower|hik|trimm|lift|slash|boost|increas|reduc|(?:up|down)grad|maintain|reiterat|(?:re)?affirm)ed|cut)"
)
_LINK = r"(?:after|amid|as|at|but|by|citing|despite|for|from|in|on|over|to|while|with)\b"
_PLANS = (
    rf"(?:(?!{_LINK}|(?:and|price)\b)(?:(?-i:[a-z\d])[\w/%-]*|{_PLANNED}|fiscal|full-year|annual|its|q[1-4]|fy\d*|h[12])\s+){{0,5}}"
    r"(?:forecasts?|outlooks?|guidance|targets?|views?|estimates?|projections?|expectations?|goals?)\b"
)
_CREDIT_OUTLOOK = r"[^,;.:]{0,60}?\sto\s+['\"\u2018\u201c]?(?:negative|positive|stable)\b"
_PASSIVE = r"\b(?!\s*[,;.]|\s+\d+(?:[/:]|\s|$)|\s+(?:at|as|with|to|from|by|after|on|in|its|their|my)\b)"
"""Behind a verb: `Vantor started at buy` is rated, and so is `Vantor upgraded to buy`."""
_CREDIT = r"(?-i:junk|Junk|JUNK|AAA|(?:AA|BBB|BB|CCC|CC)[+-]?|[AB][+-]|Aaa|(?:Aa|A|Baa|Ba|B|Caa)[1-3])(?![\w+-])"
_CREDIT_ACTION = (
    rf"(?:(?:re)?affirm|confirm)(?:s|ing|ed{_PASSIVE})\s+{_STOCK}at\s+{_CREDIT}"
    rf"|(?:rais|lift|lower|mov|cut)(?:s|es|ing|ed{_PASSIVE}|{_PASSIVE})\s+{_STOCK}to\s+{_CREDIT}"
    rf"|(?:revis|chang|rais|lift|lower|mov|cut)(?:s|es|ing|ed{_PASSIVE}|{_PASSIVE})\s+{_STOCK}{_NOT_PLANNED}outlook"
    rf"{_CREDIT_OUTLOOK}"
    r"(?=['\"\u2019\u201d]?\s*(?:$|[,;.:()]|(?:after|amid|as|citing|from|on|over)\b))"
    rf"|(?:put|plac)(?:s|es|ing|ed{_PASSIVE}|{_PASSIVE})\s+{_STOCK}on\s+(?:(?:credit|rating)\s?watch\b|review\s+for\b)"
    rf"|strips\s+{_STOCK}of\s+[^,;.:]{{0,40}}?(?:\brating\b|\bgrade\b|{_CREDIT})"
    rf"|assigns\s+(?:\w+\s+){{0,2}}?{_CREDIT}"
)
"""What agencies do about debt: `Vantor affirms Orrin at BBB-`."""
_PICK = (
    rf"(?:add(?:s|ed{_PASSIVE})\s+{_STOCK}to|remov(?:es|ed{_PASSIVE})\s+{_STOCK}from)\s+(?:its\s+|the\s+)?"
    rf"{_QUOTE}(?:conviction|focus|top[ -]picks?|best[ -]ideas?){_QUOTE}(?:\s+buy)?\s+list\b"
    rf"|(?:names|picks|reiterates)\s+{_STOCK}(?:(?:as|among)\s+)?(?:an?\s+|its\s+)?{_QUOTE}top[ -](?:pick|idea)s?\b"
)
_SECTOR = (
    rf"(?:(?!{_LINK})[\w&-]+\s+){{0,3}}?(?:stocks?|shares|equities|sectors?|bonds|treasuries|banks|lenders|insurers|miners|airlines"
    r"|retailers|drillers|developers|utilities|\w*(?:maker|builder)s|(?:stock|share|equity|bond|credit)\s+markets?)\b"
)
"""What only investors and who advises them have views on."""
_DAY = r"(?:on\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day\s+)?"
_WHO = rf"(?:(?:['\u2019]s)?\s+analyst(?:\s+(?-i:[A-Z])[\w.'-]+){{1,3}})?\s+(?:also\s+|has\s+|have\s+)?{_DAY}"
_HAS = r"(?:(?:remain|stay|turn|go|goe|get|sound)s?\s+|is\s+|are\s+|was\s+)?"
_RATES = re.compile(
    rf"{_WHO}(?:"
    rf"{_CREDIT_ACTION}|{_PICK}|(?:double[ -])?(?:up|down)grad(?:es?|ed|ing){_PASSIVE}(?!\s+{_PLANS})"
    rf"|(?:up|down)grad(?:es?|ed|ing)\s+{_PLANS}{_CREDIT_OUTLOOK}"
    rf"|(?:initiat|start|resum|launch)(?:es|s|e|ing|ed{_PASSIVE})\s+{_STOCK}(?:coverage\b|(?:at|with|as)\s+(?:an?\s+)?{_GRADE})"
    rf"|(?:maintain|reiterat|retain|keep|reaffirm|assign|recommend)(?:s|es|e|ing|ed{_PASSIVE}|)\b\s+(?:its\s+|an?\s+|the\s+)?(?:{_GRADE}{_GIVEN}|{_TARGET})"
    rf"|(?:rais|lower|hik|trim|lift|slash|boost|increas|reduc|up|cut|set|maintain|keep)(?:s|es|e|ing|ed{_PASSIVE}|{_PASSIVE})\s+{_STOCK}{_TARGET}"
    rf"|{_CHANGED}\s+{_ITS_TARGET}"
    rf"|{_HAS}{_VIEW}\s+on\s+{_SECTOR}"
    rf"|{_HAS}{_QUOTE}(?:over-?weight|under-?weight|neutral){_QUOTE}\s+on\s+"
    rf"|(?:has|have)\s+(?:an?\s+)?{_GRADE}\s+(?:(?:rating|call)\s+on\b|on\s+(?-i:[A-Z]))"
    rf"|(?:rais|lower|cut|lift)(?:s|es){_PASSIVE}\s+{_STOCK}to\s+{_GRADE}(?=\s*(?:$|[,;.:(]|(?:from|on|after|citing|as|ahead)\b))"
    r")"
    rf"|(?:['\u2019]s?)?\s+analysts?\s+(?:also\s+|has\s+|have\s+)?{_CHANGED}\s+{_ITS_TARGET}\s+\w+\s+(?-i:[A-Z])"
    rf"|['\u2019]s\s+(?:[\w-]+\s+){{0,2}}?(?:(?:up|down)grades?\s+of\s+(?:the\s+)?(?!{_PLANS})(?-i:[A-Z])"
    r"|(?:price\s+target|target\s+price|rating)\s+on\s+(?-i:[A-Z])(?!\w+day\b))",
    re.I,
)
_MAY_RATE = re.compile(
    rf"{_WHO}(?:"
    rf"(?:{_HAS}{_VIEW}\s+on"
    rf"|(?:up|down)grad(?:es?|ed|ing)\s+{_PLANS}\s+(?:on|for|of)"
    rf"|(?:rais|lower|hik|trimm?|lift|slash|boost|increas|reduc|cut|set)(?:s|es|e|ed|ing|)\s+{_STOCK}{_NOT_PLANNED}target\s+for"
    r")\s+(?:(?-i:[a-z])[\w'-]*\s+){0,2}"
    rf"|(?:up|down)grad(?:es?|ed|ing)\s+{_PLANS})"
    rf"|(?::|\s+says?)\s+{_QUOTE}(?:buy|sell)\s+"
    r"|\s+sees\s+(?:\d+%\s+|more\s+|further\s+|limited\s+)?(?:up|down)side\s+(?:in|for)\s+",
    re.I,
)
"""What rates where another name stands in it or right behind: a company, too, downgrades its outlook."""
_OF_A_NAME = re.compile(
    r"(?:['\u2019]s?)?\s+(?:\w+\s+)?(?:contracts?|deal|delays|merger|prices?|rebound|recovery|slump|strength|strike|supply"
    rf"|talks|weakness|{_PLANNED})\b",
    re.I,
)
"""Behind a name: what one company says of another's demand is a view of its own prospects."""
_RATED_BY = re.compile(
    r"(?:\b(?:up|down)grad\w*|\brat(?:ed|ing)\b|\bprice\s+target\b|(?-i:\bPT\b)|\bcoverage\b"
    r"|\binvestment[ -]grade\b(?!\s+(?:\w+\s+){0,2}(?:bonds?|credits?|debt|loans?|notes?|paper|securities)\b)"
    rf"|\b(?:(?:re)?affirmed|confirmed|cut|raised|lifted|lowered|moved)\s+(?:at|to)\s+{_CREDIT}"
    rf"|\b(?:conviction|focus|best[ -]ideas?)\s+list\b"
    rf"|\b(?:named|called|remains?|as)\s+(?:an?\s+|the\s+)?{_QUOTE}top[ -](?:pick|idea)s?\b"
    r"|\boutlook\s+(?:cut|revised|raised|lowered|changed)\s+to\s+(?:negative|stable|positive)\b"
    rf"|\b(?:initiat|start|resum|maintain|reiterat|nam|cut|rais|lower|slapp)(?:ed)?\b{_QUOTE}\s+(?:[\w&.$'-]+\s+){{0,4}}?{_GRADE})"
    r"[^.;:]{0,60}\s(?:by|at)\s+(?:analysts?\s+(?:at|of)\s+)?(?:the\s+)?(?:brokerage\s+|broker\s+)?$"
    r"|\b(?:after|amid|despite|following|gets?|got|on|receive[sd]?|wins?|won)\s+(?:(?:an?|the|another|double|rare|ratings?|analyst|broker"
    r"|credit|stock)\s+){0,3}(?:up|down)grades?\s+from\s+$|\banalysts?\s+(?:at|of|from|with)\s+$",
    re.I,
)


def rates(text: str, start: int, end: int, others: Collection[Place] = ()) -> bool:
    """Say whether a name in a text gives a rating, a price target or a view of another, or one is given by it."""
    if _RATES.match(text, end) or _RATED_BY.search(text, max(0, start - HEAD_CHARS), start):
        return True
    view = _MAY_RATE.match(text, end)
    return view is not None and any(
        end < place[0] <= view.end() and not _OF_A_NAME.match(text, place[1]) for place in others
    )


def as_raters(
    probabilities: npt.NDArray[np.float64], texts: Sequence[str], spans: Sequence[TextSpan]
) -> npt.NDArray[np.float64]:
    """Return probabilities (N, 3) of what is said about spans, neutral where the span is of who rates."""
    names: dict[int, set[Place]] = {}
    for span in spans:
        names.setdefault(span.text, set()).add((span.start, span.end))
    rating = [rates(texts[span.text], span.start, span.end, names[span.text]) for span in spans]
    return np.where(np.array(rating, dtype=bool)[:, None], SAYS, probabilities)
