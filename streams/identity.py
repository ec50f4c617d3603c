"""Derived ids: the same article, click or transition gets the same id at every replay."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url, url_query_cleaner

from streams.clock import epoch_ms
from streams.records import ArticleId

_TRACKING = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "gclid",
    "fbclid",
    "mc_cid",
    "mc_eid",
)


def canonical_url(url: str) -> str:
    """Return an address without fragment, tracking parameters, default port and case differences in the host.

    What is no absolute address, or one with a host or port that there cannot be, is returned as it is, less
    surrounding white space.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        if not parts.scheme or not parts.hostname:
            return url
        cleaned = url_query_cleaner(url, _TRACKING, remove=True, unique=False)
        parts = urlsplit(canonicalize_url(cleaned))
    except ValueError:
        return url
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    netloc = parts.netloc.removesuffix(default) if default else parts.netloc
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def digest_of(*parts: str) -> str:
    """Return 32 hexadecimal digits of SHA-256 over the parts, each framed by its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:32]


def article_id_of(source: str, url: str | None, title: str, published_at: datetime | None, body: str = "") -> ArticleId:
    """Derive an article's id: from source and canonical address, or else from title (or body) and time.

    A corrected body keeps the id where the address, or title and time, stay the same.
    """
    source = source.strip().casefold()
    if url and url.strip():
        return ArticleId(digest_of("url", source, canonical_url(url)))
    text = unicodedata.normalize("NFKC", title.strip() or body.strip())
    when = "" if published_at is None else str(epoch_ms(published_at))
    return ArticleId(digest_of("text", source, text, when))
