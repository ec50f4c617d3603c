"""Light or dark: as the browser has it until somebody chooses; a cookie keeps the choice for every page."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui
from nicegui.events import GenericEventArguments

from web.console.elements import button

COOKIE = "tidewatch_theme"
LASTS_S = 365 * 86_400
CHOICES = {"dark": True, "light": False}
SWITCH = f"""() => {{
    const dark = !Quasar.Dark.isActive;
    document.cookie = `{COOKIE}=${{dark ? "dark" : "light"}}; path=/; max-age={LASTS_S}; samesite=lax`;
    emit(dark);
}}"""


class Theme:
    """Dress a page as it was chosen on any page of this browser."""

    def __init__(self, request: Request) -> None:
        self._dark = ui.dark_mode(CHOICES.get(request.cookies.get(COOKIE, "")))

    def draw_switch(self) -> None:
        """Draw the button that goes from light to dark and back."""
        switch = button("◐ Theme", "quiet theme", lambda: None, label="Switch between dark and light")
        switch.on("click", self._choose, js_handler=SWITCH)

    def _choose(self, event: GenericEventArguments) -> None:
        self._dark.value = bool(event.args)
