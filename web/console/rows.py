"""A panel of rows: words, and for some of them a button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from nicegui.element import Element

from web.console.elements import arrange, box, button, text

Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """Be what a row shows, and what its button does."""

    record: object
    """What it is of: the button acts on it, so that another one is another row."""
    title: str
    detail: str
    label: str = ""
    """What a screen reader says in place of the button's text."""
    action: str = ""
    act: Act | None = field(default=None, compare=False)


class Rows:
    """Draw the rows of one panel; one that is as it was is kept, so that who goes by keyboard keeps their place."""

    def __init__(self, title: str, empty: str, do: Callable[[Act], Awaitable[None]]) -> None:
        self._do = do
        self._rows: dict[str, tuple[Row, Element]] = {}
        with box("panel", "section").props(f'aria-label="{title}" tabindex="-1"') as self._panel:
            with box("panel-head"):
                text("h2", title)
            self._empty = text("p", empty, "empty")
            self._root = box("rows")
            self._more = text("p", "", "soft")
        self._empty.set_visibility(False)

    def show(self, rows: Mapping[str, Row], more: str = "") -> None:
        """Show these rows by their keys, in this order, and a line below them."""
        kept: dict[str, tuple[Row, Element]] = {}
        for key, row in rows.items():
            known = self._rows.get(key)
            if known is not None and known[0] == row:
                kept[key] = known
                continue
            with self._root:
                kept[key] = (row, self._draw(key, row))
        arrange(self._root, [element for _, element in kept.values()])
        self._rows = kept
        self._empty.set_visibility(not rows)
        self._more.set_text(more)

    def _draw(self, key: str, row: Row) -> Element:
        with box("entry", "article") as entry:
            with box("words"):
                text("p", row.title, "name")
                text("p", row.detail, "soft")
            if row.act is not None:
                act = row.act
                button(row.action, "quiet", lambda: self._press(key, act), label=row.label)
        return entry

    async def _press(self, key: str, act: Act) -> None:
        pressed = self._rows.get(key)
        await self._do(act)
        # The button that had the focus is gone: without a place of its own it would be back at the top of the page.
        if self._rows.get(key) is not pressed:
            self._panel.run_method("focus")
