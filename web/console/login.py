"""The login page: a key that may read is changed into a session."""

from __future__ import annotations

import html
import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.api.dependencies import UsedClock, UsedSettings
from web.keys import name_of
from web.sessions import COOKIE, LASTS, sign_session

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tidewatch: sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ display: grid; place-items: center; min-height: 90vh; margin: 0; }}
form {{ display: grid; gap: 0.75rem; width: min(22rem, 90vw); }}
input, button {{ font: inherit; padding: 0.6rem; border-radius: 0.4rem; border: 1px solid #8888; }}
button {{ background: #0e6b97; color: #fff; border: 0; cursor: pointer; }}
p {{ color: light-dark(#b3261e, #ff8f9c); margin: 0; min-height: 1.5rem; }}
</style>
<form method="post" action="{action}"><h1>Tidewatch</h1>
<label for="key">API key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button><p role="alert">{message}</p></form></html>"""


_OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
"""Of this site: a browser takes `//` and `/\\` for the beginning of another one, and leaves white space out."""

Wanted = Annotated[str, Query(alias="next")]


def login_address(path: str) -> str:
    """Return where somebody signs in who came for a path of this site."""
    return "/login" if path == "/" else f"/login?next={quote(path, safe='')}"


@router.get("/login")
def show_login(wanted: Wanted = "/") -> HTMLResponse:
    """Ask for a key."""
    return _page(wanted)


@router.post("/login")
def sign_in(
    request: Request, settings: UsedSettings, clock: UsedClock, key: Annotated[str, Form()], wanted: Wanted = "/"
) -> Response:
    """Give a session for a key that may read, and lead on to what was asked for."""
    name = name_of(settings, key)
    if name is None:
        return _page(wanted, "This key is not known.", 401)
    response = RedirectResponse(_own(wanted), status_code=303)
    response.set_cookie(
        COOKIE,
        sign_session(settings, name, clock.now()),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        # Not strict: a link in a message leads to its alert. What changes anything goes over the page's own socket.
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _own(wanted: str) -> str:
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"


def _page(wanted: str, message: str = "", status: int = 200) -> HTMLResponse:
    action = html.escape(login_address(_own(wanted)))
    return HTMLResponse(PAGE.format(action=action, message=message), status_code=status)
