"""The labelled conversations of the demonstration: what an author has written, before anyone is cast in it.

    Script
    ├── parts     who was there, by a short key; an employee's part is open until somebody is cast
    ├── lines     what is said, with the pauses and overlaps that the author heard
    ├── labels    per employee's part and competency: a score by the rubric, the words it stands on, and why
    └── the deal  account, industry, size, stage, personas, products, the CRM's fields

The calls are in `calls/*.yaml`, their format and the rubric by which they are labelled in `calls/README.md`; the
e-mail threads are in `threads/`. `corpus_files` reads both; `corpus_staging` casts a script with employees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.recorded_call import CrmValue

EMPLOYEE_PARTS = ("seller", "colleague")
"""The parts that employees take. `seller` leads the call."""

SPECIAL_CASES = (
    "silent_colleague",
    "two_employees",
    "unknown_affiliation",
    "unknown_speaker",
    "very_short",
    "long",
    "unpunctuated",
    "injection_by_the_customer",
    "injection_read_aloud",
    "unlisted_colleague",
)
"""What an analyst must get right although it is rare; a script names the one it was written for."""

MEASURABLE = ("talk ratio", "interruptions", "longest monologue")
"""What a label of listening may stand on instead of words."""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody on the call or in the thread.

    key: the speaker's key in the lines. employee: the part that an employee takes, None for everybody else.
    name, email: None for an employee's part, and where the recording does not know them.
    invited, attended: who was invited and did not come has attended False.
    words_per_minute: how fast they speak.
    """

    key: str
    employee: str | None
    name: str | None
    title: str | None
    affiliation: Affiliation
    email: str | None
    invited: bool
    attended: bool
    words_per_minute: int


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as written.

    number: its line in the file. key: None where the recording could not tell who spoke.
    offset_ms: from the end of all talk so far to the start of this turn, negative for an overlap; None for the usual.
    topic: under which heading of the call it stands.
    """

    number: int
    key: str | None
    offset_ms: int | None
    text: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Label:
    """One competency of one employee's part, as a reader scored it by the rubric.

    quote: words of that speaker's own, verbatim. measured: one of MEASURABLE. One of the two is there.
    """

    competency: str
    score: int
    quote: str | None
    measured: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Deal:
    """Says what a conversation is about. crm: per object type the fields as the CRM holds them, types mixed."""

    account: str
    industry: str
    deal_size: str
    stage: str
    personas: tuple[str, ...]
    products: tuple[str, ...]
    crm: Mapping[str, tuple[tuple[str, CrmValue], ...]]


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation as written. about: in one sentence, for a reader who chooses; case: one of SPECIAL_CASES."""

    slug: str
    title: str
    about: str
    case: str | None
    deal: Deal
    parts: tuple[Part, ...]
    labels: Mapping[str, tuple[Label, ...]]
    lines: tuple[Line, ...]
    medium: Literal["call", "email"] = "call"

    def part(self, key: str) -> Part:
        """Finds the part with this key; raises KeyError."""
        return next(part for part in self.parts if part.key == key)

    @property
    def employee_parts(self) -> tuple[str, ...]:
        """Names the parts that need an employee, the seller first."""
        return tuple(name for name in EMPLOYEE_PARTS if any(part.employee == name for part in self.parts))
