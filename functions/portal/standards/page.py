"""Lists the official standards that are kept, each with its versions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import quote

from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import SMALLEST_GROUP
from shared.learning.enrolment_contract import PinnedNumber
from shared.taxonomy.contract import StandardSummary
from shared.taxonomy.standard_contract import VersionedStandard

PER_PAGE = 40
KIND = {
    "apprenticeship": "Apprenticeship",
    "foundation_apprenticeship": "Foundation apprenticeship",
    "apprenticeship_unit": "Apprenticeship unit",
}
STATE = {
    "Approved for delivery": "In force: learners start on it",
    "Retired": "Retired: nobody starts on it, who is held to it stays",
    "Withdrawn": "Withdrawn by its publisher: who is held to it stays",
    "In development": "In development: nobody starts on it yet",
    "Proposal in development": "A proposal: nobody starts on it yet",
}
"""What a status means for who learns."""


@dataclass(frozen=True)
class Standards:
    """Holds a page of the list. next: where it goes on; all: they are everybody's, and not those of the own world

    pinned: how many learners each version has, by its key, to those who may know; may_import: there is a way to import
    """

    standards: tuple[VersionedStandard, ...]
    next: str | None
    all: bool
    pinned: Mapping[str, PinnedNumber] = field(default_factory=dict)
    may_import: bool = False


@dataclass(frozen=True)
class Version:
    """Shows a version. held: how many are held to it, in words; since: where what it changed stands, None for the
    first that is kept"""

    of: StandardSummary
    address: str
    state: str
    held: str
    since: str | None


def list_standards(on: Environment, visit: Visit) -> PageOrRedirect:
    found = taxonomy(on).read_standards.versions(visit.caller, PER_PAGE, visit.query.get("after") or None)
    all_of_them = visit.may("standards.read")
    keys = [version.key for one in found.standards for version in one.versions]
    pinned = enrolment(on).keeping.pinned_to(visit.caller, keys) if all_of_them else {}
    return present(Standards(tuple(found.standards), found.next, all_of_them, pinned, visit.may("standards.write")))


def present(view: Standards) -> Page:
    rows = [(one, KIND[one.versions[0].kind], versions_of(one.versions, view.pinned)) for one in view.standards]
    following = None if view.next is None else f"/standards?after={quote(view.next, safe='')}"
    return Page("standards/standards.html", {"view": view, "rows": rows, "following": following}, "standards")


def versions_of(versions: Sequence[StandardSummary], pinned: Mapping[str, PinnedNumber]) -> list[Version]:
    """Returns versions, the latest first, as they are shown."""
    since = {later.key: earlier.version for later, earlier in pairwise(versions)}
    return [
        Version(
            one,
            address(one.key),
            STATE.get(one.status, one.status),
            held(pinned.get(one.key)),
            compared(address(one.key), since[one.key]) if one.key in since else None,
        )
        for one in versions
    ]


def held(number: PinnedNumber | None) -> str:
    """Says how many learners are held to a version; nothing to whom that is not told."""
    if number is None:
        return ""
    if number.learners is None:
        return f"Fewer than {SMALLEST_GROUP} learners are held to it"
    return f"{number.learners}{' and more' if number.more else ''} learners are held to it"


def compared(page: str, version: str) -> str:
    """Returns where a version's page tells what changed since another version."""
    return f"{page}?against={quote(version, safe='')}#changes"


def address(key: str) -> str:
    """Returns where a standard's page is."""
    return f"/standards/{quote(key, safe='@')}"
