"""Presents the pages without a session: sign-in, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from functions.portal.shell import words


@dataclass(frozen=True)
class Persona:
    """A demonstration person that one can sign in as."""

    employee_id: str
    name: str
    role: str
    about: str = ""


@dataclass(frozen=True)
class SignIn:
    """google: the organisation's sign-in is configured; personas: the demonstration's people, by role."""

    google: bool
    personas: tuple[Persona, ...] = ()
    token: str = ""
    next: str = "/"
    problem: str | None = None


@dataclass(frozen=True)
class Problem:
    """status: the HTTP status; title and detail as the person should read them; home: where to go from here."""

    status: int
    title: str
    detail: str
    home: str = "/"
    reference: str | None = None


def present_sign_in(view: SignIn) -> Mapping[str, object]:
    groups: dict[str, list[dict[str, object]]] = {}
    for persona in view.personas:
        initials = "".join(part[0] for part in persona.name.split()[:2]).upper()
        groups.setdefault(words.ROLE.get(persona.role, words.plain(persona.role)), []).append(
            {"persona": persona, "initials": initials}
        )
    return {"view": view, "groups": groups}


def present_problem(view: Problem) -> Mapping[str, object]:
    return {"view": view}
