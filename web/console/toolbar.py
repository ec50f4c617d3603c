"""The filters above the stream: words, label, stretch of time, and what was chosen by a click on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from nicegui import ui

from streams.enrichment import LABELS, EnrichedArticle
from web.console.elements import box, button, text
from web.console.snapshot import SPANS, Filters
from web.console.wording import topic_text

DEBOUNCE_MS = 350


class Toolbar:
    """Hold the filters of one browser, and say when they change."""

    def __init__(self, filters: Filters, on_change: Callable[[], Awaitable[None]]) -> None:
        self.filters = filters
        self._on_change = on_change
        self._names: dict[str, str] = {}
        """Names of the entities that were chosen, by id."""
        with box("panel tools").props('role="search" aria-label="Filters" tabindex="-1"') as self._whole:
            self._words = (
                ui.input("Search words or “a phrase”", value=filters.text, on_change=self._search)
                .props(f'dense outlined clearable type="search" debounce={DEBOUNCE_MS}')
                .classes("words")
            )
            self._label = _choice({None: "all"} | {label: label for label in LABELS}, filters.label, self._pick_label)
            self._label.props('aria-label="Sentiment of the articles"')
            self._chosen = box("chosen").props('aria-live="polite"')
        self._draw_chosen()

    def draw_spans(self) -> None:
        """Draw the choice of the time line's stretch, wherever the caller is drawing."""
        spans = _choice({span: span.name for span in SPANS}, self.filters.span, self._pick_span)
        spans.props('aria-label="Stretch of the time line"')

    async def choose_entity(self, entity_id: str, name: str) -> None:
        """Narrow everything to one entity."""
        self._names[entity_id] = name
        await self._change(entity=entity_id)

    def learn_name(self, articles: Iterable[EnrichedArticle]) -> None:
        """Take the name of an entity that came by its id alone, as in a link, from articles about it."""
        entity_id = self.filters.entity
        if entity_id and entity_id not in self._names:
            mentions = (mention for article in articles for mention in article.enrichment.entities)
            name = next((mention.name for mention in mentions if mention.id == entity_id), None)
            if name is not None:
                self._names[entity_id] = name
                self._draw_chosen()

    async def choose_topic(self, topic: str) -> None:
        """Narrow everything to one topic."""
        await self._change(topic=topic)

    def described(self) -> str:
        """Say in words what is looked for, for the headings."""
        found = self.filters
        parts = [
            self._names.get(found.entity, found.entity),
            topic_text(found.topic),
            f"“{found.text}”" if found.text else "",
        ]
        return ", ".join(part for part in parts if part)

    async def _search(self, event: Any) -> None:
        await self._change(text=(event.value or "").strip())

    async def _pick_label(self, event: Any) -> None:
        await self._change(label=event.value)

    async def _pick_span(self, event: Any) -> None:
        await self._change(span=event.value)

    async def _change(self, **chosen: Any) -> None:
        self.filters = replace(self.filters, **chosen)
        self._draw_chosen()
        await self._on_change()

    async def _remove(self, **removed: Any) -> None:
        self.filters = replace(self.filters, **removed)
        self._draw_chosen()
        # The chip that had the focus is gone: without a place of its own it would be back at the top of the page.
        next(iter(self._chosen.default_slot.children), self._whole).run_method("focus")
        await self._on_change()

    def _draw_chosen(self) -> None:
        self._chosen.clear()
        with self._chosen:
            if self.filters.entity:
                name = self._names.get(self.filters.entity, self.filters.entity)
                self._removable(f"Entity: {name}", "entity")
            if self.filters.topic:
                self._removable(f"Topic: {topic_text(self.filters.topic)}", "topic")

    def _removable(self, content: str, field: str) -> None:
        with button("", "chip removable", lambda: self._remove(**{field: ""}), label=f"Remove {content}"):
            text("span", content)
            text("span", "✕", "sign")


def _choice(options: dict[Any, str], value: object, on_change: Callable[[Any], Awaitable[None]]) -> ui.toggle:
    return ui.toggle(options, value=value, on_change=on_change).props("dense no-caps unelevated").classes("choice")
