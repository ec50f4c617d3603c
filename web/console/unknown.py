"""The page for an address that there is none for."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>No such page – Tidewatch</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { display: grid; place-content: center; min-height: 90vh; margin: 0 1rem; }
</style>
<h1>There is no such page</h1><p><a href="/">Alerts and the news</a></p></html>"""


async def unknown_page(_request: Request, _error: Exception) -> HTMLResponse:
    """Say that there is no such page, and lead to the one that there is."""
    return HTMLResponse(PAGE, status_code=404)
