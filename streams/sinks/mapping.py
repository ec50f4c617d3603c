"""Names, mappings and templates of the Elasticsearch index: all that a cluster is told before the first document.

Fields follow the Elastic Common Schema where it has one; our own are under `tidewatch`. Whole records are kept as JSON
in `tidewatch.record`, which is in no index structure, so that reading gives back exactly what was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from streams.settings import Settings
from streams.sinks.index import EmbeddingSpace

FORMAT = 1
"""Rises when the mapping changes in a way that older code cannot write to or read."""
ECS_VERSION = "9.0.0"
Body = dict[str, Any]

KEYWORD: Body = {"type": "keyword", "ignore_above": 1024}
"""A longer value stays in the record and can be read; only it cannot be searched for. Otherwise the term's limit of
32,766 bytes would make Elasticsearch refuse the document."""
RECORD: Body = {"type": "keyword", "index": False, "doc_values": False}
FLATTENED: Body = {"type": "flattened", "ignore_above": 1024}
DATE: Body = {"type": "date"}
FLOAT: Body = {"type": "float"}
DOUBLE: Body = {"type": "double"}
INTEGER: Body = {"type": "integer"}
LONG: Body = {"type": "long"}
BOOLEAN: Body = {"type": "boolean"}
SENTIMENT: Body = {
    "properties": {
        "label": KEYWORD,
        "score": FLOAT,
        "negative": FLOAT,
        "neutral": FLOAT,
        "positive": FLOAT,
    }
}
EVENT: Body = {
    "properties": {
        "kind": KEYWORD,
        "id": KEYWORD,
        "dataset": KEYWORD,
        "module": KEYWORD,
        "provider": KEYWORD,
        "action": KEYWORD,
        "created": DATE,
        "severity": LONG,
    }
}
ENGLISH: Body = {"analysis": {"analyzer": {"english": {"type": "english", "stopwords": "_none_"}}}}
"""Every word counts: without its `at`, AT&T would be any T, and of IT nothing would be left. Under the name of the
built-in one, so that the mapping is that of the indices from before, which leave such words out."""
ECS: Body = {"@timestamp": DATE, "ecs": {"properties": {"version": KEYWORD}}, "event": EVENT}


@dataclass(frozen=True, slots=True)
class Names:
    """Be the names of one namespace. Articles are searched by the alias `news`; no pattern reaches a neighbour."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> Names:
        """Return the names of the settings' namespace."""
        return cls(f"{settings.namespace}-" if settings.namespace else "")

    @property
    def news(self) -> str:
        """Return the alias of all indices of articles, and the name of their template and policy."""
        return f"{self.prefix}news"

    @property
    def news_fields(self) -> str:
        """Return the component template of the fields of articles."""
        return f"{self.prefix}news-fields"

    @property
    def news_embedding(self) -> str:
        """Return the component template of the vector's field: it is there once the embedding space is settled."""
        return f"{self.prefix}news-embedding"

    @property
    def profiles(self) -> str:
        """Return the index of profiles, and its template."""
        return f"{self.prefix}profiles"

    @property
    def episodes(self) -> str:
        """Return the index of the latest transition of each episode, and its template."""
        return f"{self.prefix}episodes"

    @property
    def alerts(self) -> str:
        """Return the data stream of all transitions, and the name of its template and policy."""
        return f"{self.prefix}alerts"

    @property
    def novelties(self) -> str:
        """Return the data stream of novelties, and the name of its template; its policy is that of the alerts."""
        return f"{self.prefix}novelties"

    @property
    def scores(self) -> str:
        """Return the data stream of scores, and the name of its template; its policy is that of the alerts."""
        return f"{self.prefix}scores"

    def news_index(self, day: date) -> str:
        """Return the index that keeps articles first seen with this day.

        One index a month, named by its first day: a shard of ten thousand articles a day then has some ten
        gigabytes, and a decade makes 120 shards of the thousand that a node takes by default; one index a day would
        make 3,650. Archives from before 2000 are thin, and get one index a year. The form of the name lets ILM
        reckon an index's age from it (`index.lifecycle.parse_origination_date`).
        """
        first = day.replace(day=1) if day.year >= 2000 else day.replace(month=1, day=1)
        return f"{self.news}-{first.year:04}.{first.month:02}.{first.day:02}-1"


def news_fields(*, english: bool) -> Body:
    """Return the fields of an article, except the vector's."""
    text = {"type": "text", "analyzer": "english" if english else "standard"}
    article = {"id": KEYWORD, "title": text, "body": text, "source": KEYWORD, "language": KEYWORD, "updated_at": DATE}
    article |= {"received_at": DATE, "published_at_source": KEYWORD}
    entity = {"id": KEYWORD, "name": KEYWORD, "ticker": KEYWORD, "kind": KEYWORD, "relevance": FLOAT}
    entity |= {"first_sentence": INTEGER, "companions": INTEGER}
    tidewatch = {
        "article": {"properties": article},
        "summary": text,
        "sentiment": SENTIMENT,
        "evidence": INTEGER,
        "topics": KEYWORD,
        # Kibana's charts cannot count nested documents: the names are there once more, flat.
        "entity_names": KEYWORD,
        "entities": {"type": "nested", "properties": entity | {"sentiment": SENTIMENT}},
        "embedding_space": KEYWORD,
        "model": KEYWORD,
        "gazetteer": KEYWORD,
        "scored_at": DATE,
        "generation": INTEGER,
        "truncated": BOOLEAN,
        "record": RECORD,
    }
    url = {"properties": {"full": KEYWORD, "domain": KEYWORD}}
    return _strict(ECS | {"url": url, "tidewatch": {"properties": tidewatch}})


def news_component(*, english: bool) -> Body:
    """Return the component template of the fields of an article, with the analysis that they ask for."""
    fields = {"mappings": news_fields(english=english)}
    return {"template": fields | ({"settings": {"index": ENGLISH}} if english else {}), "meta": {"format": FORMAT}}


def news_embedding(space: EmbeddingSpace) -> Body:
    """Return the field of the vector; it also records which space it is of."""
    vector = {
        "type": "dense_vector",
        "dims": space.dimensions,
        "index": True,
        "similarity": "cosine",
        # Stated, for the default depends on version and dimensions. A byte a dimension; searches rescore by the floats.
        "index_options": {"type": "int8_hnsw", "m": 16, "ef_construction": 100},
    }
    return {
        "template": {"mappings": {"properties": {"tidewatch": {"properties": {"embedding": vector}}}}},
        "meta": {"format": FORMAT, "space": space.name, "dimensions": space.dimensions},
    }


def profile_fields() -> Body:
    """Return the fields of a profile."""
    interest = {"properties": {"id": KEYWORD, "name": KEYWORD, "weight": FLOAT}}
    profile = {"reader_id": KEYWORD, "clicks": LONG, "entities": interest, "topics": interest}
    return _strict(ECS | {"tidewatch": {"properties": {"profile": {"properties": profile}, "record": RECORD}}})


def alert_fields() -> Body:
    """Return the fields of a step in the life of an episode."""
    names = ("episode_id", "series", "entity_id", "name", "ticker", "topic", "kind", "severity", "model", "detector")
    rules = ("rule_kind", "rules_version", "acknowledged_by")
    keywords = dict.fromkeys((*names, *rules), KEYWORD)
    numbers = dict.fromkeys(("observed", "expected", "window_s", "p_value", "threshold", "rarity_days"), DOUBLE)
    counts = dict.fromkeys(("revision", "stories", "articles", "inhibited"), LONG)
    # The names of labels are the desk's own: each as a field would fill the mapping, and strict would refuse it.
    alert = keywords | numbers | counts | {"opened_at": DATE, "labels": FLATTENED}
    rule = {"properties": {"name": KEYWORD}}
    tidewatch = {"properties": {"alert": {"properties": alert}, "record": RECORD}}
    return _strict(ECS | {"rule": rule, "tidewatch": tidewatch})


def novelty_fields() -> Body:
    """Return the fields of a novelty."""
    novelty = {"article_id": KEYWORD, "series": KEYWORD, "story": KEYWORD, "first": BOOLEAN}
    novelty |= {"before_24h": LONG, "before_7d": LONG}
    return _strict(ECS | {"tidewatch": {"properties": {"novelty": {"properties": novelty}, "record": RECORD}}})


def score_fields() -> Body:
    """Return the fields of a score."""
    score = {"article_id": KEYWORD, "version": LONG, "updated_at": DATE, "generation": INTEGER, "model": KEYWORD}
    score |= {"scored_at": DATE, "sentiment": SENTIMENT}
    score |= {"entities": {"type": "nested", "properties": {"id": KEYWORD, "sentiment": SENTIMENT}}}
    return _strict(ECS | {"tidewatch": {"properties": {"score": {"properties": score}, "record": RECORD}}})


def news_template(names: Names, settings: Settings, *, lifecycle: bool) -> Body:
    """Return the index template of articles; its fields come from the component templates."""
    index = _settings(settings)
    if lifecycle:
        index |= {"lifecycle.name": names.news, "lifecycle.parse_origination_date": True}
    return _template(names, f"{names.news}-*", {"settings": {"index": index}, "aliases": {names.news: {}}}) | {
        "composed_of": [names.news_fields, names.news_embedding],
        # No index is made before the space is settled, and with it the second of these.
        "ignore_missing_component_templates": [names.news_embedding],
    }


def profiles_template(names: Names, settings: Settings) -> Body:
    """Return the index template of profiles."""
    # A version is not remembered past an erasure: a reader who was forgotten begins again with one click.
    index = _settings(settings) | {"gc_deletes": "0s"}
    return _template(names, names.profiles, {"settings": {"index": index}, "mappings": profile_fields()})


def episodes_template(names: Names, settings: Settings) -> Body:
    """Return the index template of the latest transitions."""
    return _template(names, names.episodes, {"settings": {"index": _settings(settings)}, "mappings": alert_fields()})


def stream_template(names: Names, stream: str, fields: Body, settings: Settings, *, lifecycle: bool) -> Body:
    """Return the index template of a data stream: of transitions, of novelties, of scores."""
    index = _settings(settings) | ({"lifecycle.name": names.alerts} if lifecycle else {})
    body = {"settings": {"index": index}, "mappings": fields}
    return _template(names, stream, body) | {"data_stream": {}}


def news_policy(settings: Settings) -> Body:
    """Return the ILM policy of articles: an index goes when its last day has been kept long enough."""
    longest_index_days = 31
    age = f"{settings.elasticsearch_retention_days + longest_index_days}d"
    return {"phases": {"hot": {"actions": {}}, "delete": {"min_age": age, "actions": {"delete": {}}}}}


def alerts_policy(settings: Settings) -> Body:
    """Return the ILM policy of alerts, novelties and scores.

    What is written again after a rollover is there twice, since ids are unique within one backing index only: indices
    are few and large; alerts are read from the index of episodes, and of two equal novelties or scores one is shown.
    """
    rollover = {"max_age": "90d", "max_primary_shard_size": "10gb"}
    age = f"{settings.elasticsearch_retention_days}d"
    return {
        "phases": {"hot": {"actions": {"rollover": rollover}}, "delete": {"min_age": age, "actions": {"delete": {}}}}
    }


def _strict(properties: Body) -> Body:
    return {"dynamic": "strict", "properties": properties, "_meta": {"format": FORMAT}}


def _settings(settings: Settings) -> Body:
    return {
        "number_of_shards": 1,
        "number_of_replicas": settings.elasticsearch_replicas,
        "refresh_interval": "5s",
    }


def _template(names: Names, pattern: str, body: Body) -> Body:
    # Of two namespaces whose patterns both fit (`news` and `news-x`) the longer one is meant: it has the priority.
    return {
        "index_patterns": [pattern],
        "template": body,
        "priority": 300 + len(names.prefix),
        # An index that somebody deleted is made again, also where indices are not made by themselves.
        "allow_auto_create": True,
        "meta": {"format": FORMAT},
    }
