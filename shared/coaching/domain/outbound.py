"""Describes what the coach writes, within what WhatsApp takes: what is longer is cut, never refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MOST_BODY: Final = 4_096
"""Characters of a text alone."""
MOST_INTERACTIVE: Final = 1_024
"""Characters of a text with buttons or a list."""
MOST_BUTTONS: Final = 3
BUTTON: Final = 20
MOST_ROWS: Final = 10
ROW: Final = 24
MENU: Final = "Choose"

SendingState = Literal["waiting", "claimed", "sent", "failed", "unknown", "withdrawn"]
"""waiting: to be sent; claimed: an attempt has begun; sent: WhatsApp has taken it; unknown: nobody knows whether it
has; withdrawn: it is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. payload_id: what comes back when it is"""

    payload_id: str
    title: str


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """An approved template with its values."""

    name: str
    language: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """One message. buttons: up to three are buttons, more are a list; template: is sent in place of all else"""

    body: str
    buttons: tuple[Button, ...] = ()
    template: TemplateUse | None = None

    @property
    def is_list(self) -> bool:
        """Tells whether there are more choices than buttons."""
        return len(self.buttons) > MOST_BUTTONS

    def fitted(self) -> Content:
        """Returns the message as WhatsApp takes it."""
        most = MOST_INTERACTIVE if self.buttons else MOST_BODY
        title = ROW if self.is_list else BUTTON
        shown = tuple(Button(one.payload_id[:200], cut(one.title, title)) for one in self.buttons[:MOST_ROWS])
        return Content(cut(self.body, most), shown, self.template)


def cut(text: str, most: int) -> str:
    """Returns a text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
