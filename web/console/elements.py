"""The few elements that NiceGUI has no word for: text in a tag of its own, and links that are safe to follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from web.console.wording import safe_link


def text(tag: str, content: str, classes: str = "") -> TextElement:
    """Draw text in a tag; the browser gets it as text, never as markup."""
    return TextElement(tag=tag, text=content).classes(classes)


def link(content: str, url: str | None, classes: str = "") -> TextElement:
    """Draw a link to another site, or the text alone where the address may not be linked to."""
    target = safe_link(url)
    if target is None:
        return text("span", content, classes)
    element = text("a", content, classes)
    element.props.update({"href": target, "target": "_blank", "rel": "noopener noreferrer"})
    return element


def button(content: str, classes: str, on_click: Callable[[], object], *, label: str = "") -> TextElement:
    """Draw a plain button; `label` is what a screen reader says in place of its text."""
    element = text("button", content, classes)
    element.props["type"] = "button"
    if label:
        element.props["aria-label"] = label
    element.on("click", lambda _: on_click())
    return element


def box(classes: str, tag: str = "div") -> Element:
    """Draw an element that holds others."""
    return ui.element(tag).classes(classes)


def arrange(root: Element, shown: Sequence[Element]) -> None:
    """Leave these alone in a box, in this order: what is there already is moved, so that nobody loses their place."""
    wanted = {element.id for element in shown}
    for child in list(root.default_slot.children):
        if child.id not in wanted:
            child.delete()
    for place, element in enumerate(shown):
        if root.default_slot.children[place] is not element:
            element.move(target_index=place)
