"""Figures of a text: amounts, shares of a hundred and counts, with their places, units and signs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from models.figures.spelled import MIXED, PART, WHOLE, in_words
from models.text.cleaning import latin
from models.text.dates import MONTH

PROPORTIONS = frozenset({"%", "points", "basis points"})
"""Units of a share of something: they have no scale."""
_SCALES = {
    "k": 1e3, "thousand": 1e3, "lakh": 1e5, "lac": 1e5, "m": 1e6, "mm": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6,
    "t": 1e3, "cr": 1e7, "crore": 1e7, "b": 1e9, "bn": 1e9, "bln": 1e9, "billion": 1e9, "tn": 1e12, "trn": 1e12,
    "trillion": 1e12,
}  # fmt: skip
CURRENCIES = {
    "usd": r"US\$|\$|USD|dlrs?|dollars?", "eur": r"€|EUR|euros?", "gbp": r"£|GBP|pounds?|stg|sterling",
    "jpy": r"¥|JPY|yen", "inr": r"₹|Rs\.?|INR|rupees?", "cad": r"C\$|CAD", "aud": r"A\$|AUD", "nzd": r"NZ\$",
    "hkd": r"HK\$|HKD", "sgd": r"S\$|SGD", "chf": r"CHF|SFr|Swiss\sfrancs?", "franc": r"francs?", "mark": r"marks?|DM",
    "crown": r"SEK|NOK|DKK|crowns?|kronor|kroner|krona", "lira": r"lire|lira", "guilder": r"guilders?",
    "cny": r"CNY|RMB|yuan", "krw": r"KRW|won", "zar": r"ZAR|rand", "peso": r"pesos?", "brl": r"R\$|BRL|reais",
    "peseta": r"pesetas?", "schilling": r"schillings?", "ringgit": r"ringgit|RM", "rouble": r"roubles?|rubles?",
    "zloty": r"zlot(?:y|ys)|PLN", "shekel": r"shekels?", "dirham": r"dirhams?", "riyal": r"riyals?",
    "rupiah": r"rupiah|Rp\.?", "twd": r"NT\$",
}  # fmt: skip
"""How each is written, by its code or, where several countries have one of that name, by the name."""
MINOR = {"": r"cts?|cents?|(?<=\d)c", "gbp": r"pence|p", "inr": r"paise"}
"""A hundredth of a currency; cents may be of any."""
_NAMES = "U\\.S\\.|US|Canadian|Australian|French|Belgian|Danish|Swedish|Norwegian|Hong\\sKong|Singapore|New\\sZealand"
_CODE = (
    "USD|EUR|GBP|JPY|CHF|SEK|NOK|DKK|CAD|AUD|HKD|SGD|CNY|RMB|KRW|ZAR|BRL|PLN|AED|SAR|QAR|KWD|MXN|CLP|THB|IDR|MYR|PHP|TWD"
    "|CZK|HUF|ILS|EGP|NGN|KES|PKR"
)
SYMBOL = (
    rf"(?:US|HK|NZ|NT|[CASR])?\$|[€£¥₹]|(?:Rs\.?|INR|SFr|{_CODE})(?=[ \d(−-])|R(?:M|p\.?)(?=[ ]?\d)"
    r"|[RP](?=\d[\d.,]*[ ]?(?:bn|mn?|[mb]illion)\b)"
)
"""A currency as it stands before an amount."""
_IN_SCALE = rf"(?P<lead>[MKT])?(?P<code>{_CODE})(?P<behind>[ ]?(?:[mb]illion|[mb]ln|[mb]n|m|k))?(?=[ ]?[(−-]?\d)"
"""A currency with the scale of what follows: `MSEK 312`, `EURm 12.3`, `NOK million 58`."""
_NUMBER = (
    r"\d+-\d+/\d+|\d+[ ][1357]/(?:[248]|16|32)(?!\d)|\d*[¼½¾⅛⅜⅝⅞]"
    r"|\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
)
_SCALE_WORD = r"(?:thousand|millions?|mln|mn|billions?|bln|bn|trillions?|trn|tn|crores?|cr|lakhs?|lacs?)\b"
_SCALE = (
    rf"(?:[\s-]?{_SCALE_WORD}"
    rf"|(?:mm?|k|b)(?!\w|-(?!(?:{SYMBOL})?[\d.,]+[ ]?[a-z])))"
)
_UNIT = (
    r"(?P<percent>\s?%|[\s-](?:per[ ]?cent|pct|pc)\b(?!\s(?:points?|pts?)\b))"
    r"|(?P<points>[ -](?:(?:percentage|pct|per\ cent)\s)?(?:points?|pts?|pp)\b)"
    r"|(?P<basis>[ -]?(?:basis\spoints?|bps?)\b)"
    rf"|(?P<minor>[ -]?(?:{'|'.join(MINOR.values())})(?!\w))"
    rf"|[ ](?P<thousands>[MKT])(?P<coded>{_CODE})(?!\w)|(?P<multiple>(?<=\d)x(?!\w))"
    rf"|(?P<currency>[ -](?:(?:{_NAMES})\s)?(?:{'|'.join(CURRENCIES[name] for name in CURRENCIES)})(?!\w))"
)
_ANY_UNIT = re.sub(r"\?P<\w+>", "?:", _UNIT)
_FIGURE = re.compile(
    rf"""(?<![\w.,/:\#@&-])
    (?P<open>\()?(?P<sign>(?<!%)[-−+](?=[\d.€£$¥₹]))?
    (?P<symbol>{SYMBOL}|{_IN_SCALE})?[ ]?(?P<minus>(?(symbol)(?:(?<=[€£$¥₹])|(?<=[ ])(?=.[\d.]))[-−]|(?!)))?
    (?P<inner>(?(symbol)(?<=[€£$¥₹ ])\(|(?!)))?(?P<number>{_NUMBER})(?(inner)\))
    (?P<scale>{_SCALE}|(?(symbol)[ ][mb](?![\w'&-])|(?!)))?
    (?:(?:[ ]?[-–][ ]?|(?P<lower_unit>{_ANY_UNIT})(?:[-–]|[ ][-–][ ]))
    (?:{SYMBOL})?[ ]?(?P<upper>{_NUMBER})(?P<upper_scale>{_SCALE})?(?(lower_unit)(?=(?P=lower_unit))))?
    (?:{_UNIT})?
    (?(symbol)e?)(?P<close>\))?
    (?!\w|/(?(symbol)\d)|[.,:-]\d|-[a-z]|'\d)""",
    re.X | re.I,
)
_SPELLED = re.compile(
    rf"(?<![\w.-])(?:(?P<mixed>{MIXED})|(?P<part>{PART})|(?P<whole>nil|{WHOLE}"
    rf"|(?<!th of )(?<!ths of )an?(?=[ ]{_SCALE_WORD})))(?P<scale>{_SCALE})?(?:{_UNIT})?(?![\w-])",
    re.I,
)
# What stands before a bare number that only names or dates something.
_NAMING = re.compile(
    rf"(?:\b(?:{MONTH}\.?|no\.?|number|chapter|form|section|article|phase|type|level|route|tier|item|series|rule|class"
    r"|version|model|boeing|airbus|s&p|ftse|nifty|sensex|russell|nikkei|dax|cac|fortune|top|ages?|aged|page"
    r"|\d (?:for|in|out of))\s)$",
    re.I,
)
_DATED = re.compile(
    rf"\s?(?:{MONTH}\b|[ap]\.?m\b|o'clock|(?:-|\s)?(?:for|in|out of)(?:-|\s)(?:\d\d?(?!\d)|one\b|two\b))", re.I
)
_NO_NOUN = (
    r"a|about|above|adjusted|after|again|against|ahead|all|also|amid|an|and|any|around|as|at|because|before|below"
    r"|but|by|compared|compares|despite|down|due|during|each|earlier|excluding|exceeding|expected|fewer|fell"
    r"|following|for|from|had|has|have|he|higher|if|in|including|instead|into|is|it|its|just|last|less|level"
    r"|levels|lower|making|mainly|more|most|net|no|nor|not|now|of|off|on|only|or|originally|our|over|per|prior"
    r"|previous|previously|projected|rather|reported|respectively|rose|same|says|seen|since|so|some|than|that|the"
    r"|their|then|there|these|they|this|those|though|through|to|today|unchanged|under|until|up|versus|vs|was|we"
    r"|were|what|when|where|whereas|which|while|who|whose|with|within|without|year|years-earlier|yesterday|yet|you"
    r"|loss|losses|profit|profits|deficit|deficits|surplus|shortfall|gain|pretax|pre-tax|operating|sequentially"
    r"|year-ago|year-earlier|annually|quarterly|apiece|year-on-year|forecast|guided|analysts|consensus|estimated"
)
_NOUN = re.compile(rf"\s(?!(?:{_NO_NOUN})(?![\w-]))(?P<noun>[a-z]{{2}}[a-z-]*)")


@dataclass(frozen=True, slots=True)
class Figure:
    """Be a number of a text with its unit. Offsets are half-open, in code points."""

    start: int
    end: int
    number: float
    """As written; of a range its middle."""
    scale: float | None
    """What the number is multiplied by, or None where the text does not say: it may be that of the other figure."""
    unit: str
    """`money`, `money:usd`, `%`, `points`, `basis points`, a noun, or empty where the text names none."""
    negative: bool
    """By a minus sign or parentheses."""
    grouped: bool
    """Written with separators of thousands, hence most likely in full."""

    @property
    def value(self) -> float:
        """Return the signed number in full."""
        return (-1 if self.negative else 1) * self.number * (1.0 if self.scale is None else self.scale)

    @property
    def bare(self) -> bool:
        """Tell whether it is nothing but digits."""
        return self.scale is None and not self.unit


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order: no dates, years, times, scores, numbers of a name, shares for shares."""
    text = latin(text)
    words = [*_SPELLED.finditer(text)]
    mixed = {match.start() for match in words if match["mixed"]}  # "2 and a half million" begins with digits
    found = [
        figure
        for match in _FIGURE.finditer(text)
        if (figure := _written(text, match)) is not None and figure.start not in mixed
    ]
    spelled = [figure for match in words if (figure := _in_words(text, match)) is not None]
    return sorted([*found, *spelled], key=lambda figure: figure.start) if spelled else found


def _written(text: str, match: re.Match[str]) -> Figure | None:
    unit = _unit(match, match["code"] or match["symbol"])
    scale = _scale(match["upper_scale"] or match["scale"] or match["behind"] or match["lead"] or match["thousands"])
    digits = match["number"]
    start, end = match.span()
    negative = bool(match["minus"] or match["inner"]) or (match["sign"] or "+") != "+"
    if match["open"] and match["close"]:
        negative = True
    elif match["open"]:  # a bracket that holds more than this figure
        start += 1
    elif match["close"]:
        end -= 1
    if (unit in PROPORTIONS or match["multiple"]) and match["open"] and match["close"] and not match["sign"]:
        negative = False  # "(5%)" is an aside, "(5.2)" a loss
    while text[start] == " ":
        start += 1
    if not unit:
        if scale is None and (match["upper"] or _names(text, digits, start, end)):
            return None
        noun = _NOUN.match(text, end)
        unit = noun["noun"].rstrip("s") if noun else ""
    if match["minor"]:
        scale = 0.01
    elif scale is None and unit in PROPORTIONS:
        scale = 1.0
    number = _number(digits)
    if match["upper"]:
        if negative and match["lower_unit"]:
            return None  # "-2%-3%" may end above zero or below
        lower_scale = _scale(match["scale"])
        if lower_scale is not None and scale is not None:
            number *= lower_scale / scale
        number = (number + _number(match["upper"])) / 2
    return Figure(start, end, number, scale, unit, negative, "," in digits)


def _in_words(text: str, match: re.Match[str]) -> Figure | None:
    unit = _unit(match, None)
    scale = 0.01 if match["minor"] else _scale(match["scale"] or match["thousands"])
    if match["part"] and scale is None and unit not in PROPORTIONS:
        return None  # "half the money"
    written = match["mixed"] or match["part"] or match["whole"]
    nothing = written.lower() in {"nil", "zero"} and text.endswith((" to ", " from "), 0, match.start())
    if not unit and scale is None and not nothing and not text.endswith(" vs ", 0, match.start()):
        return None  # "one" is seldom a figure
    return Figure(*match.span(), in_words(written), scale, unit, negative=False, grouped=False)


def _names(text: str, digits: str, start: int, end: int) -> bool:
    """Tell whether bare digits are a year, a date, a time, or part of a name."""
    if len(digits) == 4 and digits.isdigit() and digits[:2] in {"18", "19", "20"}:
        return True
    return bool(_NAMING.search(text, max(0, start - 16), start) or _DATED.match(text, end))


def _unit(match: re.Match[str], symbol: str | None) -> str:
    if match["percent"]:
        return "%"
    if match["points"]:
        return "points"
    if match["basis"]:
        return "basis points"
    if match["multiple"]:
        return "time"
    if match["minor"]:
        return _named(match["minor"], MINOR)
    return _named(symbol or match["coded"] or match["currency"] or "", CURRENCIES)


def _named(written: str, known: dict[str, str]) -> str:
    written = re.sub(rf"^(?:{_NAMES})\s", "", written.strip(" -"), flags=re.I)
    if not written:
        return ""
    for name, pattern in known.items():
        if re.fullmatch(pattern, written, re.I):
            return f"money:{name}" if name else "money"
    return "money"


def _scale(written: str | None) -> float | None:
    if not written:
        return None
    word = written.lstrip("-").strip().lower()
    return _SCALES.get(word) or _SCALES[word.rstrip("s")]


def _number(written: str) -> float:
    if "/" in written:
        whole, fraction = re.split("[ -]", written)
        above, _, below = fraction.partition("/")
        return float(whole) + (int(above) / int(below) if int(below) else 0.0)
    if not written[-1].isdecimal():
        return float(written[:-1] or 0) + unicodedata.numeric(written[-1])
    return float(written.replace(",", ""))
