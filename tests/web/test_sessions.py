"""The console's session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.settings import Settings
from tests.web.conftest import KEYS, NOW
from web.sessions import LASTS, Session, session_of, sign_session

LOCKED = Settings(api_keys=KEYS)


def test_a_session_opens_until_it_lapses() -> None:
    """A session lasts its time and no longer, reaches as far as its key, and ends when the keys change."""
    cookie = sign_session(LOCKED, "desk:read", NOW)
    session = session_of(LOCKED, cookie, NOW + LASTS)
    assert session == Session("desk", "read")
    assert not session.writes
    assert session_of(LOCKED, cookie, NOW + LASTS + timedelta(seconds=1)) is None
    assert session_of(Settings(api_keys="desk:read=other"), cookie, NOW) is None


def test_a_session_cannot_be_raised() -> None:
    """The scope is part of what is signed."""
    cookie = sign_session(LOCKED, "desk:read", NOW)
    assert "read" in cookie
    assert session_of(LOCKED, cookie.replace("read", "admin"), NOW) is None
    raised = session_of(LOCKED, sign_session(LOCKED, "root:admin", NOW), NOW)
    assert raised is not None
    assert raised.writes


@pytest.mark.parametrize("cookie", [None, "", "9999999999", "9999999999.", "9999999999.forged", "x.y", "9.ÿ", "9.a.b"])
def test_what_was_not_signed_opens_nothing(cookie: str | None) -> None:
    """A cookie that was made up is refused; without keys none is needed."""
    assert session_of(LOCKED, cookie, NOW) is None
    assert session_of(Settings(), cookie, NOW) is not None
