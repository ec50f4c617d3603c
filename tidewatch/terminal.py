"""Text of others on the operator's terminal."""

from __future__ import annotations

import re

from rich.markup import escape

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, colours, or turns the direction of what follows; a line end does not."""


def harmless(text: str) -> str:
    """Return a text that a terminal shows as it is written: no control character acts, no bracket is markup."""
    return escape(_CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text))
