"""Says what the pages without a session show: sign-in, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from functions.portal.shell import words


@dataclass(frozen=True)
class Persona:
    """A demonstration person that one can sign in as."""

    employee_id: str
    name: str
    role: str
    about: str = ""

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper()


@dataclass(frozen=True)
class SignIn:
    """google: the organisation's sign-in is configured; personas: some of the demonstration's people, by role.
    search: who is looked for among them; more: there are others

    by_link: who starts the platform is given a link; key: the one that this page was opened with
    filling: what is being done while the demonstration is not complete
    """

    google: bool
    personas: tuple[Persona, ...] = ()
    search: str = ""
    more: bool = False
    by_link: bool = False
    key: str = ""
    token: str = ""
    next: str = "/"
    problem: str | None = None
    filling: str = ""

    @property
    def groups(self) -> dict[str, list[Persona]]:
        """Returns the people by their role, as it is called."""
        found: dict[str, list[Persona]] = {}
        for persona in self.personas:
            found.setdefault(words.ROLE.get(persona.role, words.plain(persona.role)), []).append(persona)
        return found


@dataclass(frozen=True)
class Problem:
    """status: the HTTP status; title and detail as the person should read them; home: where to go from here."""

    status: int
    title: str
    detail: str
    home: str = "/"
    reference: str | None = None
    filling: str = ""
