"""Entities of an article: patterns, evidence, and the feed's own word."""

from __future__ import annotations

import time
from itertools import product

import pytest

from models.entities.finding import MAX_SPANS, MOST_READ, find_entities
from models.entities.gazetteer import Gazetteer, GazetteerEntry, load_gazetteer
from streams.records import Article, EntityHint, EntityId
from tests.models.conftest import MakeArticle


def _entry(name: str, ticker: str, *aliases: str) -> GazetteerEntry:
    return GazetteerEntry(id=EntityId(f"t:{ticker}"), name=name, ticker=ticker, aliases=aliases)


GAZETTEER = Gazetteer(
    [_entry("Vantor Robotics Inc.", "VTR", "Vantor"), _entry("Tide Corp", "TDE"), _entry("Anvil Metals", "AM")],
    {"tide"},
)


def _found(article: Article) -> dict[str, list[str]]:
    fields = {"title": article.title, "body": article.body}
    return {
        str(entity.id): [fields[s.field][s.start : s.end] for s in entity.spans]
        for entity in find_entities(article, GAZETTEER)
    }


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tide turns for bonds", {}),
        ("Tide ($TDE) turns", {"t:TDE": ["Tide", "$TDE"]}),
        ("Tide (NYSE: TDE) turns", {"t:TDE": ["Tide", "TDE"]}),
        ("Tide (Nasdaq:TDE) turns", {"t:TDE": ["Tide", "TDE"]}),
        ("Tide Corp sinks, and Tide is not alone", {"t:TDE": ["Tide Corp", "Tide"]}),
        ("TIDE CORP <TDE> 4TH QTR NET", {"t:TDE": ["TIDE CORP", "TDE"]}),
        ("AMBER INTERNATIONAL <AM> 2ND QTR", {}),
        ("ANVIL METALS <AM> 2ND QTR", {"t:AM": ["ANVIL METALS", "AM"]}),
        ("Amber International <AM.O> 2nd qtr", {"t:AM": ["AM"]}),
        ("How many Vantor shares (VTR:TDE) do funds own?", {"t:VTR": ["Vantor"]}),
        ("It is a unit of Orrin Vantor Robotics Inc since May", {}),
        ("Prefer banks to builders: VT Orrin", {}),
        ("Costs of $VTR, $5 and US$TDE", {"t:VTR": ["$VTR"]}),
        ("$QQXX jumps", {"ticker:QQXX": ["$QQXX"]}),
    ],
)
def test_names_and_patterns(make_article: MakeArticle, title: str, expected: dict[str, list[str]]) -> None:
    """Patterns with a ticker are evidence; an ordinary word without any is no name; old tickers must agree."""
    assert _found(make_article(title)) == expected


def test_evidence_counts_for_the_whole_article(make_article: MakeArticle) -> None:
    """A cashtag in the body makes the word in the title a name."""
    assert _found(make_article("Tide turns", "Buy $TDE now.")) == {"t:TDE": ["Tide", "$TDE"]}


def test_the_feeds_entity_keeps_its_name_and_id(make_article: MakeArticle) -> None:
    """A feed's entity takes the places and ticker of the gazetteer's, which is not listed beside it."""
    article = make_article("Tide turns", "Vantor and Tide.", hints=(EntityHint(name="Tide Corporation", id="feed-7"),))
    entities = {e.id: e for e in find_entities(article, GAZETTEER)}
    assert set(entities) == {"feed-7", "t:VTR"}
    hinted = entities[EntityId("feed-7")]
    assert (hinted.name, hinted.ticker, len(hinted.spans)) == ("Tide Corporation", "TDE", 2)


def test_the_feeds_entity_without_an_id(make_article: MakeArticle) -> None:
    """An id is derived from the name, places are found by it in any case, and it stays where the text lacks it."""
    hints = (EntityHint(name="Harbour Line & Co"), EntityHint(name="Nowhere Ltd"))
    entities = find_entities(make_article("HARBOUR LINE sinks", hints=hints), GAZETTEER)
    assert [(e.id, len(e.spans)) for e in entities] == [("feed:harbour-line-co", 1), ("feed:nowhere-ltd", 0)]


def test_two_hints_of_one_company_stay_two(make_article: MakeArticle) -> None:
    """Two ids that the feed gives for one name are both in the answer, with the same places."""
    hints = (EntityHint(name="Vantor", id="x"), EntityHint(name="Vantor Robotics", id="y"))
    assert _found(make_article("Vantor falls", hints=hints)) == {"x": ["Vantor"], "y": ["Vantor"]}


def test_the_articles_date_decides_whom_a_ticker_meant(make_article: MakeArticle) -> None:
    """A cashtag links to who had the ticker on the day of publication."""
    dated = Gazetteer(
        [
            GazetteerEntry.model_validate(
                {"id": "t:old", "name": "Tide", "tickers": [{"ticker": "TD", "until": "2020-01-01"}]}
            ),
            GazetteerEntry.model_validate(
                {"id": "t:new", "name": "Todd", "tickers": [{"ticker": "TD", "from": "2020-01-01"}]}
            ),
        ]
    )
    article = make_article("$TD rises")
    early = article.model_copy(update={"published_at": article.published_at.replace(year=2019)})
    assert [[e.id for e in find_entities(a, dated)] for a in (early, article)] == [["t:old"], ["t:new"]]


def test_a_short_name_links_after_the_full_one(make_article: MakeArticle) -> None:
    """Once proven, an ordinary word links everywhere, unless the words around speak against it."""
    article = make_article("", "Tide Corp gained. Rivals watched Tide closely. The Tide museum was shut.")
    assert _found(article) == {"t:TDE": ["Tide Corp", "Tide"]}


def test_a_name_behind_an_html_reference(make_article: MakeArticle) -> None:
    """`&amp;` in a name does not hide it, and the offsets are those of the raw text."""
    gazetteer = Gazetteer([_entry("R&V 500", "RV")])
    article = make_article("The R&amp;V 500 rose")
    assert [(s.start, s.end) for e in find_entities(article, gazetteer) for s in e.spans] == [(4, 15)]


@pytest.mark.parametrize(
    "written",
    ["Tide&nbsp;Corp", "Tide\u00a0Corp", "Tide\nCorp", "Tide <b>Corp</b>", "Tide  Corp"],
)
@pytest.mark.parametrize("hints", [(), (EntityHint(name="Tide Corp"),)])
def test_a_name_with_other_white_space(make_article: MakeArticle, written: str, hints: tuple[EntityHint, ...]) -> None:
    """A name counts whatever white space it is written with, for the gazetteer as for the feed."""
    article = make_article("", f"Shares of {written} fell.", hints=hints)
    place = (10, 10 + len(written.removesuffix("</b>")))
    assert [(s.start, s.end) for e in find_entities(article, GAZETTEER) for s in e.spans] == [place]


def test_the_body_says_what_the_title_is_short_for(make_article: MakeArticle) -> None:
    """What the body calls another kind of company is none in the title."""
    tide = "Tide buys shares in a rival"
    assert _found(make_article(tide, "The rival said so.")) == {"t:TDE": ["Tide"]}
    assert _found(make_article(tide, "Tide Associates said so.")) == {}


@pytest.mark.parametrize(
    ("body", "year", "expected"),
    [
        ("Bullish on cement makers, the broker said.", 2014, set()),
        ("Swiss National Bank cuts rates", 2024, set()),
        ("Apple must pay back taxes, top court rules", 2024, {"cik:0000320193"}),
        ("Visa must be shown at the border, officials say", 2024, set()),
        ("Nova Corp said it will close a pipeline in Alberta.", 1987, set()),
        ("They bought $NOK and $QQQ today.", 2015, {"cik:0000924613", "index:nasdaq-100"}),
        ("$S rose as the carrier cut prices.", 2015, {"name:sprint"}),
        ("$S rose as sales of its software doubled.", 2024, {"cik:0001583708"}),
        ("$NDAQ - Nasdaq names a new chief of its markets.", 2022, {"cik:0001120193"}),
        ("Bed Bath & Beyond names a new chief executive.", 2019, {"name:bed-bath-beyond"}),
        ("Regulators shut First Federal Bank of Elm Grove, Ohio, on Friday.", 1987, set()),
        ("How does Enterprise Bancorp, Inc. (NASDAQ:EBTC) fare?", 2020, set()),
        ("$FOX expects NFL costs to rise, and $VIAC to lose viewers.", 2020, {"cik:0001754301", "cik:0000813828"}),
        ("It expects Block's earnings to rise after the tax season.", 1987, set()),
        ("PayPal competes with Block's new products.", 2022, {"cik:0001633917", "cik:0001512673"}),
        ("AMC sold more popcorn as its cinemas filled again.", 2022, {"cik:0001411579"}),
        ("Orrin AMC gets a nod from Sebi for its new schemes.", 2014, set()),
        ("Walmart's Jet ends its deliveries of fresh food.", 2019, {"cik:0000104169"}),
        ("Jet shares fall as its lenders meet in Mumbai.", 2014, {"name:jet-airways"}),
        ("They said that Disney and Universal have often quarrelled.", 2022, {"cik:0001744489"}),
        ("They said that NICE's quarterly earnings beat estimates.", 2022, {"cik:0001003935"}),
        ("NICE recommends a new drug against asthma for patients.", 2022, set()),
        ("Titan Corp said it extended its offer for the shares.", 1987, set()),
        ("Titan Q2 net rises two-fold to Rs 41 crore", 2014, {"name:titan"}),
        ("The council met again after that, and Heinz Orrin was elected.", 2014, set()),
        ("They like Heinz and its ketchup more than the others.", 2014, {"cik:0001637459"}),
        ("The union's national executive committee (NEC) met, and NEC members left.", 2016, set()),
        ("NEC members of staff met, and NEC sold more computers.", 2016, {"name:nec"}),
        ("Instead of Universal Basic Income they tried to raise wages of $AAPL staff.", 2022, {"cik:0000320193"}),
        ("Their $AAPL and Carnival both rose as people booked cruises.", 2022, {"cik:0000320193", "cik:0000815097"}),
        ("A unit of Reliance Group Holdings said it bought the stock.", 1987, set()),
        ("The fund of Consumer Staples fell as Bumble Bee sold its plants.", 2019, set()),
        ("Western Union opens more shops abroad.", 2019, {"cik:0001365135"}),
        ("The ban on GM crops is lifted, and Orrin joins TVS Logistics.", 2019, set()),
        (
            "GM cut the prices of its trucks, and TVS Motor sold more scooters.",
            2019,
            {"cik:0001467858", "name:tvs-motor"},
        ),
        ("$VRTX leads biotechs as Vertex to Announce Results", 2022, {"cik:0000875320"}),
        ("Samsung Steel said it would build a plant for Samsung.", 2026, {"name:samsung-electronics"}),
        ("Lumen Energy said it would build a plant in Ohio.", 2026, set()),
        ("Adani Green rose as Daimler Trucks fell.", 2026, {"name:adani-green-energy", "name:daimler-truck"}),
        ("Daimler Trucks fell again.", 2019, {"name:mercedes-benz-group"}),
        ("Paramount fell.", 2026, {"cik:0002041610"}),
        ("Paramount fell.", 2024, {"cik:0000813828"}),
        ("Brookfield Asset Management raised a fund.", 2026, {"cik:0001937926"}),
        ("Brookfield Asset Management raised a fund.", 2021, {"cik:0001001085"}),
        ("Prudential Insurance Company of America said Prudential sold bonds.", 1987, {"cik:0001137774"}),
        ("Prudential raised its profit in Asia, the London insurer said.", 2019, {"cik:0001116578"}),
        ("We ended the quarter with an RBC ratio of 409%.", 2021, set()),
        ("The ship was damaged, Lloyds shipping intelligence said.", 1987, set()),
        ("AIG's CFO will review results for General Insurance and then for its other units.", 2021, {"cik:0000005272"}),
        ("The quarter was strong for AXIS, says axiscapital.com.", 2021, {"cik:0001214816"}),
        ("Prefer Axis to its rivals, a Mumbai broker says.", 2014, {"name:axis-bank"}),
        ("ORRIN TO BUY I P SHARP. Sharp shareholders will be offered cash.", 1987, set()),
        ("Gap (GAP) and Visa (V) cut their outlooks.", 2026, {"cik:0000039911", "cik:0001403161"}),
        ("Segment revenue ($M): cloud 120, devices 80", 2026, set()),
        ("$BTC, $ETH and $SOL fall.", 2026, {"currency:btc", "currency:eth", "currency:sol"}),
        ("Vistra Energy said on Monday it would buy a rival.", 2017, {"cik:0001692819"}),
        ("Moderna Therapeutics raises $500 mln", 2018, {"cik:0001682852"}),
        ("GM Energy said it will sell chargers.", 2026, {"cik:0001467858"}),
        ("$SOL: ReneSola names a new chief.", 2019, {"cik:0001417892"}),
        ("Whirlpool Q2 net rises two-fold to Rs 41 crore", 2014, {"name:whirlpool-of-india"}),
    ],
)
def test_built_in_meanings(make_article: MakeArticle, body: str, year: int, expected: set[str]) -> None:
    """Dates, tickers beside a name, and longer names decide whom the words of the built-in list mean."""
    article = make_article(body=body)
    dated = article.model_copy(update={"published_at": article.published_at.replace(year=year)})
    assert {str(e.id) for e in find_entities(dated, load_gazetteer()) if e.kind != "other"} == expected


def test_a_long_text_full_of_tickers(make_article: MakeArticle) -> None:
    """Every name is held against the tickers beside it alone."""
    text = "$VTR Tide and (NYSE: TDE) of Vantor Bank Inc " * 4_000
    assert {str(entity.id) for entity in find_entities(make_article(body=text), GAZETTEER)} == {"t:VTR", "t:TDE"}


def test_a_long_text_full_of_uncertain_names(make_article: MakeArticle) -> None:
    """What is asked of the whole text is asked once: a fifth of a megabyte of them comes to an end, and links."""
    text = "The Nasdaq rose, and Target shares fell as GAP said. " * 4_000
    found = {str(entity.id) for entity in find_entities(make_article(body=text), load_gazetteer())}
    assert "index:nasdaq-composite" in found


@pytest.mark.parametrize("mention", ["{word}, ", "{word} (${word}), ", "{word} said it fell. "])
def test_a_list_of_thousands_of_names_takes_no_time(make_article: MakeArticle, mention: str) -> None:
    """An index with each of its companies is read in seconds: it took a minute, while every other article waited."""
    letters = [chr(place) for place in range(ord("a"), ord("a") + 14)]
    words = ["Ti" + "".join(each) for each in product(letters, repeat=3)]
    entries = [_entry(f"{word} Harbor Corp", word[:5].upper(), word) for word in words]
    gazetteer = Gazetteer(entries, {word.lower() for word in words})
    article = make_article(body="".join(mention.format(word=word) for word in words))
    began_s = time.process_time()
    find_entities(article, gazetteer)
    assert time.process_time() - began_s < 4


def test_a_name_that_is_said_again_and_again_takes_no_time(make_article: MakeArticle) -> None:
    """Once enough places are weighed no other says more, and those that were not are not counted."""
    article = make_article(body="Tide shares fell. " * 11_000)
    began_s = time.process_time()
    (found,) = find_entities(article, GAZETTEER)
    assert time.process_time() - began_s < 3
    assert len(found.spans) == MAX_SPANS


def test_a_whole_name_is_read_however_often_its_word_stood_before(make_article: MakeArticle) -> None:
    """The word is no name by itself, and the places of it that are weighed leave the whole name its own."""
    word, whole = "Tide turns for bonds. ", "Tide Corp fell."
    assert find_entities(make_article(body=word * (MOST_READ + 1)), GAZETTEER) == []
    (found,) = find_entities(make_article(body=word * (MOST_READ + 1) + whole), GAZETTEER)
    assert found.id == "t:TDE"


def test_many_hints_of_a_name_that_fills_the_text(make_article: MakeArticle) -> None:
    """A name that 500 hints bear is looked for once, and no hint takes more than the most places."""
    hints = tuple(EntityHint(name="Vantor", id=f"f:{number}") for number in range(500))
    found = find_entities(make_article("Vantor", "Vantor " * 28_571, hints=hints), GAZETTEER)
    assert [len(entity.spans) for entity in found] == [MAX_SPANS] * 500
    assert found[-1].spans[0].field == "title"


def test_hostile_hints(make_article: MakeArticle) -> None:
    """Names of marks alone, beside a text of tags that are never closed, come to an end."""
    names = ("a" + " ," * 255, "<script>" * 60, "(" * 512, "the " * 128, "a" + " inc" * 127)
    hints = tuple(EntityHint(name=f"{name[:508]}{number}") for number in range(100) for name in names)
    assert len(find_entities(make_article("Orrin", "<script>" * 25_000, hints=hints), GAZETTEER)) == 500
