"""Offers the records of a CRM, as they are now: whatever told of a change, the record is the truth.

Ids have 18 characters, case as it came (`shared.deals.wire.salesforce_ids`). Fields are named as the organisation names
them, across relations with dots (`Account.Industry`), and come back under the very names that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Literal, Protocol, TypeAlias, TypeVar

from shared.kernel.errors import AugmentError, Retryable

_T = TypeVar("_T")

Scalar: TypeAlias = str | int | float | bool | None
"""Names what a field holds; None: it is empty, or a record on the way to it is missing."""


class CrmRefused(AugmentError):
    """The CRM does not let us in, or does not know what we ask for: a person must mend the configuration first, and
    asking again before is of no use.

    mend: what is wrong and who mends it where, in words that administrators may see
    """

    def __init__(self, mend: str):
        super().__init__(mend)
        self.mend = mend


class CrmLimited(Retryable):
    """The CRM's allowance is spent; `after_seconds` says when to try again.

    kind: daily, of the organisation's requests in 24 hours; concurrent, of what runs at this moment
    """

    def __init__(self, kind: Literal["daily", "concurrent"], detail: str, *, after_seconds: int):
        super().__init__(detail, after_seconds=after_seconds)
        self.kind = kind


class CrmUnavailable(Retryable):
    """The CRM cannot be reached, or answers nothing that can be read: it may later."""


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A record as it is now. fields: of those that were asked for, each under its name; modified: SystemModstamp"""

    id: str
    fields: Mapping[str, Scalar]
    modified: datetime

    def text(self, name: str) -> str | None:
        """Returns a field as text without blanks around it; None where it is empty."""
        value = self.fields.get(name)
        if value is None:
            return None
        said = str(value).lower() if isinstance(value, bool) else str(value).strip()
        return said or None

    def number(self, name: str) -> float | None:
        """Returns a field as a number; None where it is empty or none."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return float(value) if isfinite(value) else None

    def moment(self, name: str) -> datetime | None:
        """Returns a field as a moment; None where it is empty, or holds none (a day is no moment)."""
        value = self.fields.get(name)
        found = _read(datetime.fromisoformat, value) if isinstance(value, str) and "T" in value else None
        return found if found is not None and found.tzinfo is not None else None

    def day(self, name: str) -> date | None:
        """Returns a field as a day; of a moment its day in UTC. None where it is empty, or holds none."""
        value = self.fields.get(name)
        return _read(date.fromisoformat, value[:10]) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that was deleted, and can be undeleted for a while. merged_into: the id of what it became part of

    fields: what is left of it
    """

    id: str
    modified: datetime
    merged_into: str | None = None
    fields: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place among the records of a kind in the order of their change. id: of the last one; empty: before all of that
    moment"""

    modified: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records by (SystemModstamp, Id). cursor: where the next page begins; None: there is none for now"""

    records: tuple[CrmRecord | Deleted, ...]
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a day's allowance is used, as the CRM's last answer said."""

    used: int
    allowed: int

    @property
    def nearly_spent(self) -> bool:
        """Tells whether the rest should be left to others: the organisation's other integrations live on it, too."""
        return self.used >= 0.95 * self.allowed


class CrmRecords(Protocol):
    """Reads records. Every method may raise CrmRefused, CrmLimited, CrmUnavailable."""

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, CrmRecord | Deleted]:
        """Returns records by their id; what is not there (or not for our user) is absent."""
        ...

    def changed_since(self, kind: str, fields: Sequence[str], after: Cursor | None) -> Page:
        """Returns what changed after a place, deleted records among it, by (SystemModstamp, Id); None: from the first.

        What is committed late has a time before it: whoever follows the changes begins each time somewhat earlier.
        """
        ...

    def children(
        self, kind: str, parent_field: str, parent_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[CrmRecord]:
        """Returns the records of a kind (members of a team, activities) that belong to others, by (parent, Id).

        Each has `parent_field` among its fields.
        """
        ...

    def usage(self) -> Usage | None:
        """Returns how much is used, as the last answer said; None before the first."""
        ...


class CrmWriter(Protocol):
    """Writes into records, where an organisation wants that. Raises as `CrmRecords`."""

    def write(self, kind: str, record_id: str, fields: Mapping[str, Scalar]) -> bool:
        """Sets fields of a record; False: there is none of that id (any more)."""
        ...


def _read(read: Callable[[str], _T], value: str) -> _T | None:
    try:
        return read(value)
    except ValueError:
        return None
