"""The console's session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.settings import Settings
from tests.web.conftest import KEYS, NOW
from web.sessions import LASTS, opens, sign_session

LOCKED = Settings(api_keys=KEYS)


def test_a_session_opens_until_it_lapses() -> None:
    """A session lasts its time and no longer, and ends when the keys change."""
    cookie = sign_session(LOCKED, NOW)
    assert opens(LOCKED, cookie, NOW + LASTS)
    assert not opens(LOCKED, cookie, NOW + LASTS + timedelta(seconds=1))
    assert not opens(Settings(api_keys="desk:read=other"), cookie, NOW)


@pytest.mark.parametrize("cookie", [None, "", "9999999999", "9999999999.", "9999999999.forged", "x.y", "9.ÿ"])
def test_what_was_not_signed_opens_nothing(cookie: str | None) -> None:
    """A cookie that was made up is refused; without keys none is needed."""
    assert not opens(LOCKED, cookie, NOW)
    assert opens(Settings(), cookie, NOW)
