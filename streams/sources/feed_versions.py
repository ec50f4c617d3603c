"""Versions of a feed's entries: which are new, and which correct what was published without saying when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from streams.clock import epoch_ms
from streams.identity import article_id_of
from streams.records import ArticleId
from streams.sources.feed_entries import Fields

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Versions = dict[ArticleId, tuple[int, str]]
"""When the version published last is of, in milliseconds since 1970, and its digest; those met last stand last."""


def unpublished(
    found: Iterable[tuple[str, Fields]],
    seen: Iterable[str],
    versions: Mapping[ArticleId, tuple[int, str]],
    now: datetime,
) -> tuple[list[tuple[str, Fields]], Versions]:
    """Return the entries whose digests are not among those seen, and the versions after them.

    The index keeps the version with the latest time. A feed that changes a text and says no later time for it has
    corrected it now; so has one that goes back to an earlier text, unless it still has the later one beside it.
    """
    known, after, new, entries = set(seen), dict(versions), [], list(found)
    shown = {digest for digest, _ in entries}
    for digest, fields in entries:
        article_id = _id_of(fields)
        # Entries of one poll that share an address are no corrections of each other: what was there before counts.
        before = versions.get(article_id)
        taken_back = before is not None and before[1] != digest and before[1] not in shown
        if digest not in known or taken_back:
            if before is not None:
                fields = _corrected(fields, before[0], now)
            new.append((digest, fields))
            latest = max(_version_ms(fields, now), after.pop(article_id, (0, ""))[0]), digest
        else:
            latest = after.pop(article_id, (_version_ms(fields, now), digest))
        after[article_id] = latest
    return new, after


def _corrected(fields: Fields, before_ms: int, now: datetime) -> Fields:
    own_ms, now_ms = _own_ms(fields), epoch_ms(now)
    # Without a date the arrival stands in, which is later by itself.
    if own_ms is None or own_ms > before_ms:
        return fields
    # Where a feed's clock runs ahead of ours, now would lie before what it published.
    updated_ms = now_ms if own_ms <= now_ms else before_ms + 1
    return fields | {"updated_at": (EPOCH + timedelta(milliseconds=updated_ms)).isoformat()}


def _version_ms(fields: Fields, now: datetime) -> int:
    own_ms = _own_ms(fields)
    return epoch_ms(now) if own_ms is None else own_ms


def _own_ms(fields: Fields) -> int | None:
    said = fields.get("updated_at") or fields.get("published_at")
    return epoch_ms(datetime.fromisoformat(str(said))) if said else None


def _id_of(fields: Fields) -> ArticleId:
    url, published_at = fields.get("url"), fields.get("published_at")
    return article_id_of(
        str(fields["source"]),
        str(url) if url else None,
        str(fields["title"]),
        datetime.fromisoformat(str(published_at)) if published_at else None,
        str(fields["body"]),
    )
