"""Reads the words that the coach knows and says, which are data."""

from __future__ import annotations

from array import array
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from infra.coaching.shipped_templates import shipped_templates
from infra.declarations.safe_yaml import SafeLoader
from shared.coaching.domain.doubt import YesAndNo
from shared.coaching.domain.replies import Replies
from shared.coaching.domain.safety import Decides, Group, Reader, Rule, Safety, Weigher, safety_of
from shared.coaching.domain.weighing import Weights

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
    decides: Decides = "stop"
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
            Rule(
                one.name,
                one.outcome,
                tuple(one.every),
                tuple(one.without),
                one.within == "sentence",
                one.why,
                one.decides,
            )
            for one in self.rules
        ]

    def taken_out(self) -> list[str]:
        return [term for one in self.everyday.values() for term in _listed(one.words)]


class _YesAndNo(BaseModel):
    model_config = ConfigDict(extra="forbid")

    yes: str
    no: str
    plain: str
    denied: str
    urgent: str

    def known(self) -> YesAndNo:
        every = (self.yes, self.no, self.plain, self.denied, self.urgent)
        return YesAndNo(*(frozenset(one.split()) for one in every))


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")

    says: dict[str, str]
    buttons: dict[str, str]
    pressed: dict[str, str]
    yes_and_no: _YesAndNo


WEIGHTS: Final = _HERE / "weights.txt"
"""What each sign weighs: the outcomes, then a line a sign, a tab, and for each outcome a signed byte in hexadecimal."""


@cache
def shipped_safety() -> Safety:
    """Returns what stops messages. Raises ValueError where the words contradict themselves."""
    return safety_with(shipped_weigher())


def safety_with(weigher: Weigher) -> Safety:
    """Returns what stops messages by given weights where no rule is certain."""
    return safety_of(_danger(), _read("safety_words.yaml").decided(), weigher)


@cache
def shipped_intents() -> Reader:
    """Returns what finds the intent of a message. Raises ValueError where the words contradict themselves."""
    return _read("intent_words.yaml").reader()


@cache
def shipped_replies() -> Replies:
    """Returns what the coach says."""
    said = _Says.model_validate(_yaml("words.yaml"))
    templates = {about: (one.name, one.language) for about, one in shipped_templates().by_about.items()}
    return Replies(said.says, said.buttons, said.pressed, templates, said.yes_and_no.known())


@cache
def shipped_weigher() -> Weigher:
    """Returns what weighs messages by the weights as they were learned."""
    return weigher_with(weights_in(WEIGHTS.read_text("utf-8")))


def weigher_with(weights: Weights) -> Weigher:
    """Returns what weighs messages by given weights."""
    return Weigher(_danger(), shipped_intents(), weights)


def weights_in(text: str) -> Weights:
    """Returns the weights that a file holds."""
    names, *lines = text.splitlines()
    rows = (line.split("\t") for line in lines)
    return Weights(tuple(names.split("\t")), {sign: array("b", bytes.fromhex(row)) for sign, row in rows})


@cache
def _danger() -> Reader:
    return _read("safety_words.yaml").reader()


def _read(name: str) -> _Words:
    return _Words.model_validate(_yaml(name))


def _yaml(name: str) -> object:
    return yaml.load((_HERE / name).read_text("utf-8"), Loader=SafeLoader)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(term for term in (" ".join(one.split()) for one in words.split(",")) if term)
