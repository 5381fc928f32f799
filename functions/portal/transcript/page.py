"""Shows what was said in a call to those who may read it; to others, what they would need and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from functions.portal.calls.labels import name_of
from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from functions.portal.transcript.passages import Passage, passages
from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment
from infra.wiring.privacy import privacy
from shared.call_pipeline.usecases.transcript_door import Door
from shared.kernel.errors import NotFound
from shared.privacy.domain.transcript_ground import LONGEST_GRANT
from shared.privacy.usecases.whom_to_ask import Askable

GROUND = {
    "own": "You took part in this call.",
    "administrator": "You may read it as an administrator.",
    "review": "You may read it because you are to decide about its scores.",
    "escalation": "You may read it because the call was escalated to you.",
    "grant": "You may read it with an administrator’s grant.",
}


@dataclass(frozen=True)
class Ask:
    """Somebody who can let the viewer read. name, address: of the person; subject, body: what to ask for, as a mail"""

    name: str
    address: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        return f"mailto:{quote(self.address, safe='@')}?" + urlencode(
            {"subject": self.subject, "body": self.body}, quote_via=quote
        )


@dataclass(frozen=True)
class Transcript:
    """A call's words, or what stands between the viewer and them.

    name:     of the call; None where the viewer may not see the call itself
    ground:   on which the viewer may read, None: may not, and then `refused` says what is needed
    passages: None while the words are not opened; gone: they are kept no more
    asks:     whom the viewer may ask; samples: the viewer may read anonymised ones instead
    leads_back: the viewer may see the call's page
    """

    record_id: str
    name: str | None
    ground: str | None = None
    refused: str | None = None
    passages: tuple[Passage, ...] | None = None
    expires_at: datetime | None = None
    gone: bool = False
    asks: tuple[Ask, ...] = ()
    samples: bool = False
    leads_back: bool = False


def show_transcript(on: Environment, visit: Visit, record_id: str) -> PageOrRedirect:
    """Shows the own call's words at once; to others who may read, what opening them leaves behind."""
    door = call_pipeline(on).transcript_door.before(visit.caller, record_id)
    if door.ground is None:
        return _refused(visit, record_id, door)
    if door.ground == "own":
        return _opened(on, visit, record_id, door)
    return present(Transcript(record_id, _name(door), door.ground, leads_back=door.sees))


def open_transcript(on: Environment, visit: Visit, record_id: str) -> PageOrRedirect:
    """Shows the words. Unless the viewer took part this is recorded, and those who did are told."""
    door = call_pipeline(on).transcript_door.before(visit.caller, record_id)
    return _refused(visit, record_id, door) if door.ground is None else _opened(on, visit, record_id, door)


def present(view: Transcript) -> Page:
    variables = {
        "view": view,
        "ground": GROUND[view.ground] if view.ground else None,
        "refused": None if view.refused is None else f"{words.capital(view.refused)}.",
        "told": view.ground not in (None, "own"),
    }
    status = 404 if view.gone else 200 if view.refused is None else 403
    return Page("transcript/transcript.html", variables, "calls", status=status)


def _opened(on: Environment, visit: Visit, record_id: str, door: Door) -> PageOrRedirect:
    try:
        opened = privacy(on).transcripts.open(visit.caller, record_id)
    except NotFound:
        return present(Transcript(record_id, _name(door), gone=True, leads_back=door.sees))
    voices = call_pipeline(on).names.voices(opened)
    return present(
        Transcript(
            record_id,
            _name(door),
            opened.ground,
            passages=passages(opened.conversation, (), scored=None, names=voices, whole=True),
            expires_at=opened.expires_at,
            leads_back=door.sees,
        )
    )


def _refused(visit: Visit, record_id: str, door: Door) -> PageOrRedirect:
    asks = () if door.asks is None else _asks(record_id, door.asks)
    return present(
        Transcript(
            record_id,
            _name(door),
            refused=door.refused,
            leads_back=door.sees,
            asks=asks,
            samples=visit.may("samples.read"),
        )
    )


def _name(door: Door) -> str | None:
    return None if door.call is None else name_of(door.call)


def _asks(record_id: str, asked: Askable) -> tuple[Ask, ...]:
    """Returns what to write to each: a manager or mentor asks for a grant, a senior manager for an escalation."""
    if asked.about is not None:
        subject = f"Grant to read calls of {asked.about}"
        body = (
            f"Please grant me to read the calls of {asked.about} (page “Transcript access”).\n\n"
            f"Purpose: \nFor how many days, {LONGEST_GRANT.days} at most: \n"
        )
    else:
        subject = f"Escalation of the call {record_id}"
        body = (
            f"Please let me read the call {record_id} (page “Transcript access”, “Let a senior manager read one "
            "call”).\n\nReason: \n"
        )
    return tuple(Ask(name, address, subject, body) for address, name in asked.people)
