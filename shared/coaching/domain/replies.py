"""Holds what the coach says: sentences and buttons by name, with the values that they leave room for."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Final

from shared.coaching.domain.doubt import YesAndNo
from shared.coaching.domain.outbound import Button, Content, TemplateUse

MOST_VALUE: Final = 1_000
"""Characters of one value in a sentence: a lesson's text is cut elsewhere, a name or a question is shorter."""


class Replies:
    """Says things.

    says: sentences by name; buttons: titles by what comes back; pressed: what comes back by other titles, in lower case
    templates: (name, language) by name; yes_and_no: how people write them
    """

    def __init__(
        self,
        says: Mapping[str, str],
        buttons: Mapping[str, str],
        pressed: Mapping[str, str],
        templates: Mapping[str, tuple[str, str]],
        yes_and_no: YesAndNo,
    ) -> None:
        self.yes_and_no = yes_and_no
        self._says = dict(says)
        self._buttons = dict(buttons)
        self._pressed = {_plain(title): name for name, title in buttons.items()} | dict(pressed)
        self._templates = dict(templates)

    def text(self, name: str, /, **values: str | int) -> str:
        """Returns a sentence with its values. Raises KeyError for one that there is not, or a value that it lacks."""
        said = self._says[name].format(**{key: str(one)[:MOST_VALUE] for key, one in values.items()})
        return " ".join(said.split())

    def say(self, name: str, /, *buttons: str, **values: str | int) -> Content:
        """Returns a sentence as a message, with buttons by their names."""
        return Content(self.text(name, **values), self.offered(*buttons))

    def offered(self, *buttons: str) -> tuple[Button, ...]:
        """Returns buttons by their names; `name:rest` is the button of that name about something."""
        return tuple(Button(one, self._buttons[one.partition(":")[0]]) for one in buttons)

    def is_button(self, name: str) -> bool:
        """Tells whether something is the name of a button."""
        return name in self._buttons

    def pressed(self, text: str) -> str | None:
        """Returns which button somebody means who writes what stands on it; None where none does."""
        return self._pressed.get(_plain(text))

    def template(self, name: str, *values: str) -> TemplateUse:
        """Returns a template with its values, each of one line as WhatsApp wants it."""
        named, language = self._templates[name]
        return TemplateUse(named, language, tuple(" ".join(one.split())[:120] or "-" for one in values))

    def values_of(self, name: str) -> frozenset[str]:
        """Returns the names of the values that a sentence leaves room for."""
        return frozenset(field for _, field, _, _ in Formatter().parse(self._says[name]) if field)

    @property
    def buttons(self) -> frozenset[str]:
        """Returns the names of all buttons."""
        return frozenset(self._buttons)

    @property
    def names(self) -> frozenset[str]:
        """Returns the names of all sentences."""
        return frozenset(self._says)


def _plain(title: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in title[:60].casefold().replace("’", "'")).split())
