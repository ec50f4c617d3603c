"""The login page: a key that may read is changed into a session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
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
<form method="post" action="/login"><h1>Tidewatch</h1>
<label for="key">API key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button><p role="alert">{message}</p></form></html>"""


@router.get("/login")
def show_login() -> HTMLResponse:
    """Ask for a key."""
    return HTMLResponse(PAGE.format(message=""))


@router.post("/login")
def sign_in(request: Request, settings: UsedSettings, clock: UsedClock, key: Annotated[str, Form()]) -> Response:
    """Give a session for a key that may read."""
    name = name_of(settings, key)
    if name is None:
        return HTMLResponse(PAGE.format(message="This key is not known."), status_code=401)
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        COOKIE,
        sign_session(settings, name, clock.now()),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response
