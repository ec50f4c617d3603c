"""Entries of RSS and Atom as raw articles."""

from __future__ import annotations

import calendar
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from streams.errors import FeedUnavailable
from streams.markup import shown

Fields = dict[str, object]

_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));?", re.I)
_REFERENCES = re.compile(rb"(?:&#(?:x[0-9a-f]+|[0-9]+);?)+", re.I)


def articles_of(content: bytes, content_type: str, url: str) -> list[Fields]:
    """Return the entries of a feed as raw articles, the oldest first.

    Raises:
        FeedUnavailable: it is no feed.
    """
    import feedparser

    parsed = feedparser.parse(repaired(content), response_headers={"content-type": content_type})
    if not parsed.entries and (parsed.bozo or not parsed.get("version")):
        raise FeedUnavailable(f"it is no RSS or Atom: {parsed.get('bozo_exception', 'unknown format')}")
    source = " ".join(shown(parsed.feed.get("title", "")).split()) or urlsplit(url).hostname or url
    entries = [article_of(entry, source, parsed.feed.get("language")) for entry in reversed(parsed.entries)]
    return [fields for fields in entries if fields is not None]


def repaired(content: bytes) -> bytes:
    """Join references that name a character as two halves, and drop those that name none: feedparser raises at both."""
    return _REFERENCES.sub(_characters, content)


def _characters(references: re.Match[bytes]) -> bytes:
    points = [_code_point(each) for each in _REFERENCE.finditer(references[0])]
    if not any(0xD800 <= point <= 0xDFFF or point > sys.maxunicode for point in points):
        return references[0]
    halves = "".join(chr(point) for point in points if point <= sys.maxunicode).encode("utf-16-le", "surrogatepass")
    return "".join(f"&#{ord(char)};" for char in halves.decode("utf-16-le", "ignore")).encode()


def _code_point(reference: re.Match[bytes]) -> int:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    # Thousands of digits are no number to `int`.
    return int(digits or b"0", base) if len(digits) <= 7 else sys.maxunicode + 1


def article_of(entry: Mapping[str, Any], source: str, language: str | None) -> Fields | None:
    """Return a feed entry as a raw article, its HTML as it came, or None where it has no text."""
    content = entry.get("content") or []
    body = max((str(part.get("value", "")) for part in content), key=len, default="") or entry.get("summary", "")
    fields: Fields = {"title": entry.get("title", ""), "body": body, "source": source}
    if not any(shown(str(fields[name])).strip() for name in ("title", "body")):
        return None
    # Asked for the time of an update that is not there, feedparser gives the publication's.
    updated = entry.get("updated_parsed") if "updated_parsed" in entry else None
    optional = {
        "url": entry.get("link"),
        "language": language,
        "published_at": _moment(entry.get("published_parsed") or updated),
        "updated_at": _moment(updated),
    }
    return fields | {name: value for name, value in optional.items() if value}


def _moment(parsed: Any) -> str | None:
    """Return a time that feedparser has moved to UTC; None where it could not read one."""
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
