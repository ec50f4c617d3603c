"""The tables of the SQLite index."""

from __future__ import annotations

FORMAT = 2
"""Rises with the tables: a file of an earlier format gets those that it lacks, one of a later format is refused."""

PRAGMAS = (
    # Readers in other processes go on while a writer writes.
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    # An erased profile leaves no bytes behind.
    "PRAGMA secure_delete = ON",
)

TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS articles (
        number INTEGER PRIMARY KEY,
        article_id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        day TEXT NOT NULL,
        published_ms INTEGER NOT NULL,
        source TEXT NOT NULL,
        label TEXT NOT NULL,
        score REAL NOT NULL,
        change INTEGER NOT NULL,  -- grows with every write: readers fetch only vectors that they have not seen
        embedding BLOB NOT NULL,  -- little-endian float16
        record TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS articles_by_time ON articles (published_ms DESC, article_id)",
    "CREATE INDEX IF NOT EXISTS articles_by_change ON articles (change)",
    """CREATE TABLE IF NOT EXISTS article_entities (
        entity_id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (entity_id, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS entities_by_article ON article_entities (number)",
    """CREATE TABLE IF NOT EXISTS article_topics (
        topic TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (topic, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS topics_by_article ON article_topics (number)",
    """CREATE VIRTUAL TABLE IF NOT EXISTS article_texts USING fts5 (
        title, body, tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
    """CREATE TABLE IF NOT EXISTS profiles (
        reader_id TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS alerts (
        transition_id TEXT PRIMARY KEY, episode_id TEXT NOT NULL, revision INTEGER NOT NULL,
        kind TEXT NOT NULL, at_ms INTEGER NOT NULL, record TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS alerts_by_episode ON alerts (episode_id, revision)",
    "CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (at_ms DESC)",
    """CREATE TABLE IF NOT EXISTS novelties (
        article_id TEXT NOT NULL, series TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (article_id, series)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS scores (
        article_id TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (article_id, version)
    ) WITHOUT ROWID""",
)
