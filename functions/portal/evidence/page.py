"""Shows a learner's evidence to those beside them: photos, voice notes, notes, what was observed and verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.portal.shell import words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Attachment, Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from shared.evidence.domain.media import SHOWN, UNKNOWN, ending_of
from shared.kernel.access import is_own
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.evidence.contract import EvidenceView

PER_PAGE = 25
KIND = {
    "photo": "Photo",
    "voice": "Voice note",
    "note": "Note",
    "observation": "Observed at work",
    "verification": "Behaviour verified",
}
SUPERVISION = {"supervised": "Supervised", "alone": "Worked alone"}
STANDING = {
    "counted": "Counted when it was recorded",
    "superseded": "A later version counts",
    "held": "Waits for a person",
    None: "On its way to the ratings",
}
REMOVED = {"withdrawn": "taken back", "expired": "its years are over"}


@dataclass(frozen=True)
class EvidencePage:
    """A page of items. names: of the learner and of who recorded something, by id; levels: the rubric's words by
    competency and level; withdraws: the viewer may take items back"""

    employee_id: str
    items: Sequence[EvidenceView]
    names: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, int], str] = field(default_factory=dict)
    more: str | None = None
    own: bool = False
    withdraws: bool = False
    address: str = ""


def show_evidence(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows a page of somebody's items, the newest first; of anybody's but the own it is on record."""
    made = evidence(on)
    learner, found = made.showing.of(visit.caller, employee_id, PER_PAGE, place_of(visit))
    address = f"/people/{quote(learner.employee_id)}/evidence"
    own = is_own(visit.caller, learner.employee_id)
    view = EvidencePage(
        learner.employee_id,
        found.items,
        made.access.names({learner.employee_id, *(one.recorded_by for one in found.items)}),
        made.sheets.levels(learner),
        following(address, found.next),
        own,
        made.showing.may_take_back(visit.caller, learner.employee_id),
        address,
    )
    return present(view)


def show_content(on: Environment, visit: Visit, evidence_id: str) -> Attachment:
    """Gives the bytes of one item, to be saved or, a picture, to be shown by our own page."""
    found = evidence(on).showing.content(visit.caller, evidence_id)
    media = found.media_type if found.media_type in SHOWN else UNKNOWN
    return Attachment(found.bytes, media, f"evidence-{found.evidence_id[:12]}.{ending_of(found.media_type)}")


def take_back(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Takes an item's content back."""
    evidence(on).showing.take_back(visit.caller, visit.form.get("evidence_id", ""))
    return Redirect(f"/people/{quote(employee_id)}/evidence?done=taken_back")


def present(view: EvidencePage) -> Page:
    variables = {
        "view": view,
        "KIND": KIND,
        "SUPERVISION": SUPERVISION,
        "STANDING": STANDING,
        "REMOVED": REMOVED,
        "SHOWN": SHOWN,
        "plain": words.plain,
    }
    return Page("evidence/evidence.html", variables, "people")
