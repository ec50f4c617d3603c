"""The index that the settings name, opened."""

from __future__ import annotations

from streams.settings import Settings
from streams.sinks.index import Index


def open_index(settings: Settings) -> Index:
    """Return the index; nothing is asked of it before its first use.

    Raises:
        MisconfiguredError: its settings contradict each other, or a file that they name is not what it must be.
    """
    if settings.index == "elasticsearch":
        # The client takes half a second to import, and only this index needs it.
        from streams.sinks.elasticsearch import ElasticsearchIndex

        return ElasticsearchIndex(settings)
    from streams.sinks.sqlite import SqliteIndex

    return SqliteIndex(settings.home / "index.sqlite3")
