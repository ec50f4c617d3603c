"""The words by which a text compares two figures: what connects, dates, changes and names them."""

from __future__ import annotations

import re

from models.text.dates import MONTH

_NET = r"net(?! (?:loss|debt))"
_METRIC = (
    rf"{_NET}|"
    r"sales|revenues?|revs|turnover|costs?|expenses?|debts?|borrowings?|cash|orders?|bookings|backlog|margins?|assets"
    r"|deposits|loans?|dividends?|div|eps|shr|earnings|income|profits?|ebit(?:da)?|output|production|taxe?s?|interest"
    r"|shares?|shrs|price|capex|inventor(?:y|ies)|provisions?|charges?|defaults?|claims?|volumes?|deliveries|staff"
    r"|headcount|churn|customers|subscribers|users|yield|rates?|target"
)
THING = re.compile(
    r"\b(?:(?P<loss>loss(?:es)?(?![ -](?:ratio|rate|making|leader|adjust))|deficits?|shortfalls?|outflows?|cash used"
    r"|in the red)"
    rf"|(?P<profit>profits?|surplus(?:es)?|gains?|earnings|income|{_NET}|inflows?|cash (?:provided|generated)"
    r"|in the black)"
    rf"|(?P<other>{_METRIC}))\b",
    re.I,
)
BASIS = re.compile(
    r"(?P<result>\b(?:loss(?:es)?|profits?|earnings|income|deficits?|surplus)\b[^\d.;:!?]{0,40}?)"
    r"(?:/sh(?:are|r)?\b|,?\s(?:per (?:(?:fully|and|basic|diluted|common|ordinary) ){0,4}(?:share|unit)"
    r"|before(?:,? (?:and|income|interest|tax(?:es|ation)?|depreciation|amorti[sz]ation|minorities|exceptional|special"
    r"|one-off|items|charges|provisions)\b)+|(?:after|net of) (?:and |income |deferred )*tax(?:es|ation)?))+",
    re.I,
)
"""What a result is told by or ahead of: a loss per share, or before tax, is a loss."""
METRIC_FIRST = re.compile(
    r"(?:(?:net|oper(?:ating)?|avg|qtly|mthly|annual|semi-annual|total|adj(?:usted)?|basic|diluted|pre-?tax|gross)\.?\s+)*"
    + THING.pattern,
    re.I,
)
"""At the beginning of a row of results, or of a sentence that tells one."""
_EITHER = r"(?:(?:net )?(?:income|profits?|earnings|loss(?:es)?|surplus|deficit))"
EITHER = re.compile(rf"\(?\b{_EITHER}\)?\s?(?:/|\bor\b|(?=\()|(?<=\)))\s?\(?{_EITHER}\b\)?", re.I)
"""A heading that leaves it to the figure which of two it is: `income (loss)`, `(loss)/profit`."""
SIGN_BEHIND = re.compile(
    r"[ -](?:(?:net|cash|operating|pre-?tax|quarterly|annual|half-year|full-year|trading|underlying|underwriting) )*"
    r"(?:(?P<loss>loss(?:es)?|deficit|shortfall|outflow)|(?P<profit>profits?|surplus|gain|inflow))\b"
    r"(?![ -](?:ratio|warning))",
    re.I,
)
_PERIOD = r"year|quarter|half|month|week|season|period|qtr|day"
_THEN = (
    rf"(?:a|one|the|two|three) (?:{_PERIOD})s? (?:ago|earlier|before|previously|prior)"
    r"|(?:(?:the|its|their) )?(?:(?:same|preceding|corresponding|comparable) |(?:previous|prior)[ -])"
    rf"(?:{_PERIOD})(?:'s)?"
    rf"|last (?:{_PERIOD}|time|summer|winter|spring|autumn|fall)(?:'s)?|the (?:{_PERIOD}) (?:before|earlier)"
    r"|year[- ](?:ago|earlier)|(?:month|quarter|week)[- ](?:ago|earlier)|previously|in the past|used to be|once"
    r"|(?:12|twelve|six|6|three|3|18) months (?:ago|earlier|before)|(?:prior|previous) (?=[$€£¥₹\d])"
)
_NOW = rf"this (?:{_PERIOD}|time|summer|winter|spring|autumn|fall)|now|today|currently|the latest (?:{_PERIOD})"
THEN = re.compile(rf"\b(?:{_THEN})\b", re.I)
NOW = re.compile(rf"\b(?:{_NOW})\b", re.I)
THEN_ALONE = re.compile(rf"\s*(?:{_THEN}),? (?:and|but|while|with)\b", re.I)
"""A period that is all something is compared with: `up from a year ago, and 8 mln abroad`."""
_A_YEAR = r"((?:19|20)\d\d)\b"
RESPECTIVELY = re.compile(
    rf"(?: (?:an?|per) (?:[a-z]+ )*(?:share|unit),?)?,? (?:in|for|at|as of|during)\b[^.;:$€£%]{{0,60}}?\b{_A_YEAR}"
    rf"(?: and|,? compared (?:to|with)|,? versus)\b[^.;:$€£%]{{0,40}}?\b{_A_YEAR}",
    re.I,
)
"""Behind two figures joined by `and`: `$4.1 million and $3.2 million for the quarters ended June 30, 2024 and 2023`."""
YEAR_BEHIND = re.compile(
    r"[\w\s,-]{0,25}?\b(?:in|for|during|of|at end-|at the end of) (?:fiscal |the year )?((?:19|20)\d\d)\b", re.I
)
# From the current figure to the previous one.
CONNECTION = re.compile(
    r"(?:\b(?P<versus>vs\.?|versus|v\.?)|\b(?P<compared>compar(?:ed|es|ing) (?:with|to)|(?:as )?against"
    r"|in (?:contrast|comparison) (?:to|with|against)|reversing)"
    r"|\b(?P<from>(?:up|down|higher|lower|increased|reduced|unchanged|little changed|changed)?\s?from"
    r"(?!\s(?:(?:continuing|discontinued|discontinuing|core|ordinary|operating|investing|financing)\s)*(?:operations|activities)\b)"
    r"|improvement (?:on|over))"
    r"|\b(?P<after>after|following)"
    r"|\b(?P<beats>beat(?:s|ing)?|miss(?:es|ed|ing)?|topp?(?:s|ed|ing)?|exceed(?:s|ed|ing)|(?:ahead|short|shy) of)"
    r"|\b(?P<than>(?:more|less|fewer|higher|lower|better|worse|larger|smaller|wider|narrower) than"
    r"|(?:just |well |far )?(?:above|below|under|over)|(?:up|down) on|twice|double|triple|half|instead of))(?=\s|$)",
    re.I,
)
TO_BEHIND = re.compile(r"\s?(?:[a-z.]+\s){0,2}to\s(?![a-z]+\s(?!mln|million|billion|pct|per cent))", re.I)
OR = re.compile(r"(?: per share| a share)?(?:,? (?:\w+ ){0,2}or | ?\((?:or )?)(?:about |some |around )?", re.I)
"""Between a figure and the same in other terms: `8 mln, or 12 cents a share`, `8 mln ($0.12 a share)`."""
ASIDE = re.compile(
    r"\b(?:after|excluding|including|despite|before|per) (?:an?|the|its|nominal)? ?$"
    r"|\bon (?:\w+ )?(?:revenues?|revs|sales|turnover|assets) (?:of )?$",
    re.I,
)
PLAIN = re.compile(
    rf"(?:\s|\b(?:an?|the|its|their|just|only|about|around|some|of|at|net|operating|pre-?tax|loss(?:es)?|profits?"
    rf"|deficit"
    rf"|surplus|income|earnings|earning|making|losing|record|restated|adjusted)\b|{_THEN})*",
    re.I,
)
TO = re.compile(r"(?<!compared )(?<!compares )(?<!comparison )(?<!contrast )\b(?:in)?to\b", re.I)
FROM_BEFORE = re.compile(
    r"\bfrom (?:(?:a|an|the|about|around|some|just|only|nearly|almost|last year's|losses|loss|profit|of|record|negative"
    r"|positive|minus|plus) )*$",
    re.I,
)
_RISING = (
    r"r(?:ise|ises|ose|isen|ising)|grow(?:s|n|ing|th)?|grew|increas(?:e|es|ed|ing)|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?"
    r"|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|gain(?:s|ed|ing)?|up|advanc(?:e|es|ed|ing)|expand(?:s|ed|ing)?"
    r"|swell(?:s|ed|ing)?"
    r"|swollen|rais(?:e|es|ed|ing)|hik(?:e|es|ed|ing)|lift(?:s|ed|ing)?|boost(?:s|ed|ing)?|doubl(?:e|es|ed|ing)"
    r"|tripl(?:e|es|ed|ing)"
    r"|rebound(?:s|ed|ing)?|recover(?:s|ed|ing)?|improv(?:e|es|ed|ing|ement)|widen(?:s|ed|ing)?|add(?:s|ed|ing)?"
    r"|balloon(?:s|ed|ing)?"
    r"|accelerat(?:e|es|ed|ing)|leap(?:s|ed|t|ing)?|rall(?:y|ies|ied|ying)|mount(?:s|ed|ing)?|edg(?:e|es|ed|ing) up"
)
_FALLING = (
    r"f(?:all|alls|ell|allen|alling)|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|down|cuts?"
    r"|cutting|slash(?:es|ed|ing)?"
    r"|slip(?:s|ped|ping)?|slid(?:e|es|ing)?|plung(?:e|es|ed|ing)|tumbl(?:e|es|ed|ing)|s[ai]nk(?:s|ing)?|sunk"
    r"|shr[aiu]nk(?:s|ing|en)?"
    r"|los(?:es|t|ing)|eas(?:e|es|ed|ing)|dip(?:s|ped|ping)?|narrow(?:s|ed|ing)?|lower(?:s|ed|ing)?|reduc(?:e|es"
    r"|ed|ing|tion)"
    r"|halv(?:e|es|ed|ing)|collaps(?:e|es|ed|ing)|retreat(?:s|ed|ing)?|weaken(?:s|ed|ing)?|contract(?:s|ed|ing)?"
    r"|off|trim(?:s|med|ming)?"
    r"|crash(?:es|ed|ing)?|dwindl(?:e|es|ed|ing)|slump(?:s|ed|ing)?|shed(?:s|ding)?|erod(?:e|es|ed|ing)|edg(?:e|es"
    r"|ed|ing) down"
    r"|deteriorat(?:e|es|ed|ing)|worsen(?:s|ed|ing)?|slow(?:s|ed|ing)?|moderat(?:e|es|ed|ing)|fade(?:s|d)?"
    r"|deepen(?:s|ed|ing)?"
)
CHANGE = re.compile(
    rf"\b(?:{_RISING}|{_FALLING}|w(?:ent|ent on)|go(?:es|ne)|mov(?:e|es|ed|ing)|chang(?:e|es|ed|ing)|sw[iu]ng(?:s"
    rf"|ing)?|turn(?:s|ed|ing)?"
    r"|revis(?:e|es|ed|ing|ion)|adjust(?:s|ed)?|t(?:ake|akes|ook|aken|aking)|br(?:ing|ings|ought)|push(?:es|ed"
    r"|ing)?|pull(?:s|ed)?"
    r"|stretch(?:es|ed|ing)?|creep(?:s|ing)?|crept|drift(?:s|ed|ing)?|upgrad(?:e|es|ed)|downgrad(?:e|es|ed)"
    r"|shift(?:s|ed|ing)?)\b",
    re.I,
)
AMOUNT = re.compile(
    rf"\b(?:(?P<rising>{_RISING})|(?P<falling>{_FALLING})|by)(?: (?:by|about|some|around|nearly|almost|roughly|only"
    rf"|just|over"
    r"|more than|less than|a further|another|a|an|sharply|steeply|slightly|marginally))*[ (]*$",
    re.I,
)
CHANGE_OF = re.compile(
    r"\b(?:increase|rise|jump|improvement|decrease|decline|drop|fall|reduction|change) of"
    r"(?: (?:about|some|around|nearly|almost|roughly|only|just|over|more than|less than|approximately|a|an))* ?$",
    re.I,
)
CHANGE_BEHIND = re.compile(r" (?:increase|rise|jump|improvement|decrease|decline|drop|fall|reduction)\b", re.I)
"""Before a figure, and behind one, that is how far something went: `an increase of 4 mln from 48 mln`."""
_ROUGHLY = r"(?:(?:by|a|an|about|around|some|nearly|almost|roughly|only|just|over|more than|less than|another) )*"
MOVED = re.compile(
    rf"\b(?:(?P<down>down|f(?:ell|alls)|dropp?(?:ed|s)|declin(?:ed|es)|decreas(?:ed|es)|slip(?:ped|s)|slid|shr[au]nk"
    rf"|contracted|tumbled|plunged|sank|slumped|lost)|(?P<up>up|r(?:ose|ises)|gr(?:ew|ows)|gain(?:ed|s)|increas(?:ed|es)"
    rf"|climb(?:ed|s)|jump(?:ed|s)|advanced|surged|soared|expanded)) {_ROUGHLY}$",
    re.I,
)
"""Right before a figure that says how far something went."""
BESIDE_ZERO = re.compile(
    rf"\b(?:(?P<below>negative|minus)|(?P<above>positive|plus))"
    rf"(?: at| (?:(?!(?:about|after|and|for|from|in|on|to|with)\b)[a-z-]+ ){{1,4}}of)? {_ROUGHLY}$",
    re.I,
)
EARNED = re.compile(rf"\b(?:earn(?:s|ed|ing)|made) {_ROUGHLY}$", re.I)
LOST = re.compile(r"\blos(?:t|es|ing) (?:about |around |some |nearly |almost |over |more than |another )?$", re.I)
NARROWING = re.compile(r"\b(?:narrow|widen|deepen|trimm|halv|shrank|shrunk|cut|reduc)\w*\b[^.;]*$", re.I)
MOVE_BEHIND = re.compile(
    r"\s(?:stock |share |price |dividend )?(?:drop|fall|slide|rise|gain|jump|rally|plunge|decline|surge|slump"
    r"|boost|hike|increase|cut|stake"
    r"|offering|buyback|order|contract|deal)\b",
    re.I,
)
FALL = re.compile(r"\b(?:declines?|drop|fall|decrease|slide|plunge|reduction|slump|contraction|draw)\b", re.I)
END_OF_AFTER = re.compile(
    rf"\s?(?:$|[,.;:)–-]|in\b|at\b|on\b|for\b|last\b|the\b|prior\b|previously|before|earlier|and\b|when\b"
    rf"|an? {_PERIOD}|(?:loss|profit|deficit|surplus)\b|year\b)",
    re.I,
)
SENTENCE_END = re.compile(r"[!?;]\s|(?<!\bvs)(?<!\bv)(?<!\bRs)(?<!\bNo)\.\s+(?=[A-Z\"'(])|\n")
SAME = re.compile(
    r"\s(?:vs\.?|versus|v|against|compared with) (?:the )?same\b(?! (?:period|quarter|month|week|time))"
    r"|,? the same as\b|,? unchanged from\b",
    re.I,
)
TURNED = re.compile(r"\b(?:turn(?:s|ed)|swung|flipped|gave way)\b[^,;.]*?\b(?:in)?to\b", re.I)
"""Between a figure of the time before and what became of it."""
UNCHANGED_AT = re.compile(r"\b(?:unchanged|steady|flat|stable|held) at (?:(?:about|around|a|an) )?$", re.I)
_BRACKETED_PERIOD = (
    rf"(?:(?:(?:FY|CY|H[12]|[12]H|Q[1-4]|[1-4]Q|[369]M|YE|(?:year[- ])?end[- ]?|(?:\d\d? )?{MONTH}\.?(?: \d\d?,)?)"
    r"[ /]?)?(?P<year>(?:19|20)\d\d)(?:/\d\d)?"
    rf"|(?:FY|H[12]|Q[1-4])[ /']?\d\d|H[12]|Q[1-4]|\d\d? {MONTH}\.?"
    rf"|(?P<told>{_THEN}|(?:prior|previous|last)[ -](?:{_PERIOD})(?:'s)?(?: (?:{_PERIOD}))?|prior corresponding period"
    r"|pcp|p\.?y\.?|prev\.?|prior))(?:,? (?:restated|reported|adjusted|audited|unaudited|pro forma))?"
)
BRACKETED = re.compile(
    rf"(?:/[a-z]+)?(?:\s[a-z-]+){{0,4}}\s?[(\[]{_BRACKETED_PERIOD}(?:\s?:|(?(told),?|(?!)))\s?"
    r"(?:(?:an?|net|operating|headline|basic|diluted|loss|profit|earnings|income|deficit|surplus|(?:in|out)flow|negative"
    r"|before|after|pre-?tax|tax|per|share|of)\s)*(?P<move>(?:up|down)\s)?",
    re.I,
)
"""Between two figures, of which the latter is that of an earlier period: `£20.4m (2023: £25.1m)`."""
_WHOSE = (
    r"(?:vs\.?|the|its|analysts?'?|average|mean|market|street|lseg|factset|bloomberg|refinitiv|reuters|ibes|zacks)\s"
)
ESTIMATED = re.compile(
    rf"(?:\s(?:a|per)\s(?:\w+\s)?share)?\s?[,;(]\s?(?:(?:{_WHOSE})*(?:ests?\b\.?|consensus|f'?cast|poll)|(?:{_WHOSE})+estimates?)"
    r"(?:\s(?:of|at|was|is|for))?\s?:?\s?",
    re.I,
)
"""Between two figures, of which the latter was expected: `EPS $1.20, est. $1.10`."""
EXPECTED = re.compile(
    r"\b(?:analysts?|economists|(?:wall |the )?street|consensus|estimate[sd]?|forecasts?|expect(?:ed|ations?)"
    r"|anticipated|views?|guidance)\b(?:'s?)?",
    re.I,
)
"""Beside a figure that was only expected."""
LIST_BEHIND = re.compile(r"\s?(?:,|and)\s$")
