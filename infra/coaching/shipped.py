"""Reads the words that the coach knows and says, which are data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from infra.coaching.shipped_templates import shipped_templates
from infra.declarations.safe_yaml import SafeLoader
from shared.coaching.domain.replies import Replies
from shared.coaching.domain.safety import Group, Reader, Rule, Safety, safety_of

_HERE: Final = Path(__file__).parent


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: str
    words: str


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    outcome: str
    every: list[str]
    without: list[str] = []
    within: str = "sentence"
    why: str


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    groups: dict[str, _Group]
    rules: list[_Rule]
    everyday: dict[str, _Group] = {}
    pictures: dict[str, str] = {}
    ordinary: str = ""
    misspelt: str = ""

    def reader(self) -> Reader:
        return Reader(
            self.known(), self.decided(), self.taken_out(), self.pictures, self.ordinary.split(), self.misspelt.split()
        )

    def known(self) -> dict[str, Group]:
        return {name: Group(one.why, _listed(one.words)) for name, one in self.groups.items()}

    def decided(self) -> list[Rule]:
        return [
            Rule(one.name, one.outcome, tuple(one.every), tuple(one.without), one.within == "sentence", one.why)
            for one in self.rules
        ]

    def taken_out(self) -> list[str]:
        return [term for one in self.everyday.values() for term in _listed(one.words)]


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")

    says: dict[str, str]
    buttons: dict[str, str]
    pressed: dict[str, str]


@cache
def shipped_safety() -> Safety:
    """Returns what stops messages. Raises ValueError where the words contradict themselves."""
    words = _read("safety_words.yaml")
    return safety_of(words.reader(), words.decided())


@cache
def shipped_intents() -> Reader:
    """Returns what finds the intent of a message. Raises ValueError where the words contradict themselves."""
    return _read("intent_words.yaml").reader()


@cache
def shipped_replies() -> Replies:
    """Returns what the coach says."""
    said = _Says.model_validate(_yaml("words.yaml"))
    templates = {about: (one.name, one.language) for about, one in shipped_templates().by_about.items()}
    return Replies(said.says, said.buttons, said.pressed, templates)


def _read(name: str) -> _Words:
    return _Words.model_validate(_yaml(name))


def _yaml(name: str) -> object:
    return yaml.load((_HERE / name).read_text("utf-8"), Loader=SafeLoader)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(term for term in (" ".join(one.split()) for one in words.split(",")) if term)
