"""Reads the two hundred labelled deals, which half each belongs to, and the hundred of a second author.

How they were written: labelled/about.yaml and second_author/about.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

FIRST_AUTHOR = Path(__file__).parent / "labelled"
SECOND_AUTHOR = Path(__file__).parent / "second_author"
SEEN = re.compile(r"(?P<where>[\w/-]+) (?P<kind>field|practice) x(?P<count>\d+) (?P<age>\d+)d: (?P<scores>.+)")
Word = Annotated[str, BeforeValidator(str)]


class Strict(BaseModel):
    """Refuses a field that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(Strict):
    """An account as the CRM has it."""

    name: str
    industry: str
    employees: int | None
    segment: str = ""
    parent: str = ""


class Opportunity(Strict):
    """An opportunity as the CRM has it."""

    name: str
    amount: float | None
    currency: str
    stage: str
    type: str
    close: Word
    description: str
    next_step: str


class Attendee(Strict):
    """Somebody of the customer's in the next meeting."""

    title: str


class Meeting(Strict):
    """The next meeting with the customer."""

    at: datetime
    subject: str
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed of a person in one sort of deal."""

    where: tuple[str, ...]
    kind: str
    count: int
    newest_days_ago: int
    scores: tuple[tuple[str, int], ...]


class Engineer(Strict):
    """The assigned sales engineer in short."""

    months: int
    seen: tuple[str, ...]

    def evidence(self) -> tuple[Seen, ...]:
        """Returns what was seen, in the order in which it stands."""
        return tuple(_seen(line) for line in self.seen)


class Expected(Strict):
    """What a sales-engineering leader says of this deal with this person."""

    industry: str | None
    deal_size: str | None
    buyer_persona: frozenset[str]
    product_line: frozenset[str]
    stage: str
    high_risk: bool
    why: str


class LabelledDeal(Strict):
    """One deal with its labels."""

    id: str
    account: Account
    opportunity: Opportunity
    lines: tuple[str, ...]
    competitors: tuple[str, ...]
    meeting: Meeting | None
    engineer: Engineer
    manager: str
    expected: Expected


class About(Strict):
    """How the set was written."""

    today: datetime
    seed: int
    digest: str
    competencies: tuple[str, ...]
    rates: dict[str, float]


@cache
def about(author: Path = FIRST_AUTHOR) -> About:
    """Returns the set's day, its seed, its digest and its currency table."""
    return About.model_validate(yaml.safe_load((author / "about.yaml").read_text(encoding="utf-8")))


def digest(author: Path = FIRST_AUTHOR) -> str:
    """Returns the digest of the deals' files as they are."""
    return sha256(b"".join(path.read_bytes() for path in _files(author))).hexdigest()


@cache
def labelled_deals(author: Path = FIRST_AUTHOR) -> tuple[LabelledDeal, ...]:
    """Returns all of an author's deals in their order."""
    read = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in _files(author))
    return tuple(LabelledDeal.model_validate(deal) for deals in read for deal in deals)


def halves() -> tuple[tuple[LabelledDeal, ...], tuple[LabelledDeal, ...]]:
    """Returns the first author's tuned half and the untouched one."""
    seed = about().seed
    drawn = sorted(labelled_deals(), key=lambda deal: sha256(f"{seed}:{deal.id}".encode()).hexdigest())
    return tuple(drawn[:100]), tuple(drawn[100:])


def _files(author: Path) -> list[Path]:
    return sorted(author.glob("[0-9].yaml"))


def _seen(line: str) -> Seen:
    found = SEEN.fullmatch(line)
    assert found is not None, line
    scores = zip(about().competencies, found["scores"].split(), strict=True)
    return Seen(
        where=() if found["where"] == "general" else tuple(found["where"].split("/")),
        kind=found["kind"],
        count=int(found["count"]),
        newest_days_ago=int(found["age"]),
        scores=tuple((competency, int(score)) for competency, score in scores if score != "-"),
    )
