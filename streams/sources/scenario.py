"""The scripted day: a day of news about invented companies, with two crises, and readers who click. Pure and seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.sources.scenario_companies import BROKERS, CITIES, COMPANIES, PEOPLE, SOURCES, Company
from streams.sources.scenario_crises import COPIED, FRAUD, GOOD_NEWS, RECALL
from streams.sources.scenario_readers import Click, clicks_of, readers
from streams.sources.scenario_texts import BAD, GOOD, MARKET, PLAIN, SELL_OFF, Template
from streams.topics import Topic

ORDINARY = 440
"""Articles that nothing is planned with; copies, rewrites, corrections and what is planned come on top."""
COPY_SHARE, REWRITE_SHARE, CORRECTION_SHARE = 0.12, 0.06, 0.02
BUSY = (3, 2, 2, 2, 3, 4, 6, 8, 10, 9, 8, 8, 7, 7, 8, 8, 9, 9, 7, 5, 4, 4, 3, 3)
"""How much news each hour of the day brings, relative to the others."""
CRISIS_SPAN = timedelta(hours=3)
MONTHS = ("January", "March", "April", "June", "September", "October", "November")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Crisis:
    """Be a planted crisis: whom it hits, and when its first story appears."""

    entity_id: str
    name: str
    onset: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Be one message of the day, due at a moment."""

    at: datetime
    topic: Topic
    fields: Fields


@dataclass(frozen=True, slots=True)
class Scenario:
    """Be the whole day: raw articles and raw clicks with their times, in order, and what was planted."""

    articles: tuple[tuple[datetime, Fields], ...]
    clicks: tuple[tuple[datetime, Fields], ...]
    crises: tuple[Crisis, ...]

    def events(self) -> list[Event]:
        """Return articles and clicks in the order of their times."""
        found = [Event(at, Topic.NEWS_RAW, fields) for at, fields in self.articles]
        found += [Event(at, Topic.CLICKS_RAW, fields) for at, fields in self.clicks]
        return sorted(found, key=lambda event: event.at)


def scripted_day(start: datetime, seed: int = 7) -> Scenario:
    """Return the day that begins at `start` and lasts 24 hours; the same for the same arguments.

    Nine and fourteen hours in, a crisis begins; ten hours in, one bad story of another company is copied by every
    source; twelve hours in, the whole market falls a little and one company has much good news.
    """
    desk = _Desk(start, random.Random(seed))
    desk.ordinary()
    by_id = {company.id: company for company in COMPANIES}
    crises = [
        desk.planned(by_id["demo:corvane"], FRAUD, timedelta(hours=9), CRISIS_SPAN),
        desk.planned(by_id["demo:tessaly"], RECALL, timedelta(hours=14), CRISIS_SPAN),
    ]
    desk.copied_everywhere(by_id["demo:lumenor"], COPIED, timedelta(hours=10))
    desk.planned(by_id["demo:castellane"], GOOD_NEWS, timedelta(hours=12), timedelta(hours=2))
    for place in range(8):
        desk.write(None, SELL_OFF[place % len(SELL_OFF)], start + timedelta(hours=12, minutes=9 * place))
    articles = sorted(desk.articles, key=lambda article: article[0])
    clicks = clicks_of(readers(random.Random(seed + 1)), articles, start + timedelta(hours=24), random.Random(seed + 2))
    return Scenario(tuple(articles), tuple((click.at, _click_fields(click)) for click in clicks), tuple(crises))


class _Desk:
    """Write articles one after the other."""

    def __init__(self, start: datetime, rng: random.Random) -> None:
        self.start = start
        self.rng = rng
        self.articles: list[tuple[datetime, Fields]] = []

    def ordinary(self) -> None:
        """Write what any day brings."""
        quiet = {"demo:corvane", "demo:tessaly", "demo:lumenor"}
        weights = [company.weight for company in COMPANIES]
        for _ in range(ORDINARY):
            hour = self.rng.choices(range(24), BUSY)[0]
            at = self.start + timedelta(hours=hour, seconds=self.rng.randrange(3600))
            if self.rng.random() < 0.2:
                self.spread(None, self.rng.choice(MARKET), at)
                continue
            company = self.rng.choices(COMPANIES, weights)[0]
            tone = self.rng.random()
            bad = 0.0 if company.id in quiet else 0.1
            templates = BAD if tone < bad else GOOD if tone < 0.4 else PLAIN
            self.spread(company, self.rng.choice(templates), at)

    def planned(self, company: Company, templates: Sequence[Template], after: timedelta, span: timedelta) -> Crisis:
        """Write each story once, by turns of the sources, spread over the span; some are copied."""
        onset = self.start + after
        for place, template in enumerate(templates):
            jitter = timedelta(seconds=self.rng.randrange(240)) if place else timedelta()
            at = onset + span * (place / len(templates)) + jitter
            fields = self.write(company, template, at, source=place)
            if place % 3 == 0:
                self._again(fields, at, source=place + 3, rewritten=place % 2 == 1)
        return Crisis(company.id, company.name, onset)

    def copied_everywhere(self, company: Company, template: Template, after: timedelta) -> None:
        """Write one story, and copies of it by every source, some twice."""
        at = self.start + after
        fields = self.write(company, template, at, source=0)
        for place in range(2 * len(SOURCES)):
            self._again(fields, at + timedelta(minutes=6 * place), source=place, rewritten=place % 4 == 3)

    def spread(self, company: Company | None, template: Template, at: datetime) -> None:
        """Write an article, and perhaps its copy, rewrite or correction."""
        fields = self.write(company, template, at)
        chance = self.rng.random()
        if chance < COPY_SHARE:
            self._again(fields, at, source=self.rng.randrange(len(SOURCES)), rewritten=False)
        elif chance < COPY_SHARE + REWRITE_SHARE:
            self._again(fields, at, source=self.rng.randrange(len(SOURCES)), rewritten=True)
        elif chance < COPY_SHARE + REWRITE_SHARE + CORRECTION_SHARE:
            self._correct(fields, at)

    def write(self, company: Company | None, template: Template, at: datetime, source: int | None = None) -> Fields:
        """Write one article and return its fields."""
        peers = [other for other in COMPANIES if company is None or other.sector != company.sector]
        peer = self.rng.choice(peers)
        slots = self._slots(company, peer)
        title, *sentences = (_filled(text, slots, self.rng) for text in (template[0], *template[1]))
        named = [c for c in (company, peer) if c is not None and any(c.name in text for text in (title, *sentences))]
        place = self.rng.randrange(len(SOURCES)) if source is None else source
        return self._file(title, " ".join(sentences), at, place, [{"name": c.name, "id": c.id} for c in named])

    def _again(self, fields: Fields, at: datetime, *, source: int, rewritten: bool) -> None:
        """Write a copy under another address: its text as it was, or shortened under another headline."""
        name, _ = SOURCES[source % len(SOURCES)]
        title, body = str(fields["title"]), str(fields["body"])
        if rewritten:
            first, *rest = re.split(r"(?<=[.!?]) ", body)
            title, body = f"{first.split(',')[0].rstrip('.')[:110]}", " ".join([f"{name}: {first}", *rest[:2]])
        later = at + timedelta(seconds=self.rng.randrange(120, 2400))
        self._file(title, body, later, source, fields["entities"])

    def _correct(self, fields: Fields, at: datetime) -> None:
        """Send the same address again with a corrected text."""
        later = min(at + timedelta(minutes=self.rng.randrange(10, 90)), self.start + timedelta(hours=23, minutes=59))
        body = f"{fields['body']} Correction: an earlier version gave another date."
        self.articles.append((later, fields | {"body": body, "updated_at": later.isoformat()}))

    def _file(self, title: str, body: str, at: datetime, source: int, entities: object) -> Fields:
        name, host = SOURCES[source % len(SOURCES)]
        at = min(at, self.start + timedelta(hours=23, minutes=59))
        slug = "-".join(re.findall(r"[a-z0-9]+", title.lower())[:8])
        fields: Fields = {
            "title": title,
            "body": body,
            "published_at": at.isoformat(),
            "source": name,
            "url": f"https://{host}/{at:%Y/%m/%d}/{slug}-{len(self.articles):04d}",
            "language": "en",
            "entities": entities,
        }
        self.articles.append((at, fields))
        return fields

    def _slots(self, company: Company | None, peer: Company) -> dict[str, str]:
        rng = self.rng
        return {
            "name": company.name if company else "",
            "product": company.product if company else "",
            "peer": peer.name,
            "person": rng.choice(PEOPLE),
            "city": rng.choice(CITIES),
            "broker": rng.choice(BROKERS),
            "pct": str(rng.randrange(6, 38)),
            "small": f"{rng.uniform(0.4, 6.5):.1f}",
            "rate": f"{rng.uniform(0.3, 4.2):.1f}",
            "price": f"{rng.uniform(61, 88):.2f}",
            "money": str(rng.randrange(12, 890)),
            "many": f"{rng.randrange(120, 4800):,}",
            "n": str(rng.randrange(3, 14)),
            "year": str(self.start.year + rng.randrange(3, 9)),
            "month": rng.choice(MONTHS),
            "day": rng.choice(DAYS),
        }


def _filled(text: str, slots: dict[str, str], rng: random.Random) -> str:
    chosen = re.sub(r"\[([^\[\]]*)\]", lambda match: rng.choice(match[1].split("|")), text)
    return chosen.format_map(slots)


def _click_fields(click: Click) -> Fields:
    return {
        "reader_id": click.reader_id,
        "source": click.source,
        "url": click.url,
        "kind": click.kind,
        "at": click.at.isoformat(),
        "dwell_s": click.dwell_s,
    }
