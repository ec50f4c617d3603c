"""A line for what went wrong: it stands above what is shown, and takes nothing of it away."""

from __future__ import annotations

from web.console.elements import text


class Trouble:
    """Draw the line of one kind of trouble, out of sight while there is none."""

    def __init__(self) -> None:
        self._line = text("p", "", "trouble").props('role="alert"')
        self.say("")

    def say(self, words: str) -> None:
        """Say what is wrong, or nothing."""
        self._line.set_text(words)
        self._line.set_visibility(bool(words))
