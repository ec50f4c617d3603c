"""Conditional requests (RFC 9110, section 13), so that who changes an old version overwrites nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, HTTPException

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` of the version that was read: any other is refused with 412."),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="`*` makes what is not there yet: what is there is refused with 412."),
]
ETAG = {"ETag": {"description": "Names this version, for `If-Match`.", "schema": {"type": "string"}}}

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)*')
_TAG = re.compile(r'(?:W/)?"[^"]*"')


@dataclass(frozen=True, slots=True)
class Preconditions:
    """Be what a request asks of the version that it changes."""

    match: str | None = None
    none_match: str | None = None

    def check(self, current: str | None) -> None:
        """Go on where they hold.

        Args:
            current: the entity tag of what is kept; None where nothing is.

        Raises:
            HTTPException: 412, they do not hold; 400, they are no entity tags.
        """
        if self.match is not None and not _holds(self.match, current, weak=False):
            detail = (
                "it is not there" if current is None else "it was changed since: read it again and take what is new"
            )
            raise HTTPException(412, f"If-Match does not hold: {detail}")
        if self.none_match is not None and _holds(self.none_match, current, weak=True):
            raise HTTPException(412, "If-None-Match does not hold: it is there already")


def _holds(field: str, current: str | None, *, weak: bool) -> bool:
    """Say whether a field names what is kept; a weak tag counts as its strong one only where `weak` says so."""
    if field.strip() == "*":
        return current is not None
    if not _TAGS.fullmatch(field):
        raise HTTPException(400, f'{field[:100]!r} is no entity tag: send what ETag said, with its quotes, or "*" bare')
    named = _TAG.findall(field)
    return current in ([tag.removeprefix("W/") for tag in named] if weak else named)


def _asked(match: IfMatch = None, none_match: IfNoneMatch = None) -> Preconditions:
    return Preconditions(match, none_match)


def _matched(match: IfMatch = None) -> Preconditions:
    return Preconditions(match)


Asked = Annotated[Preconditions, Depends(_asked)]
Matched = Annotated[Preconditions, Depends(_matched)]
