"""What was said in a call, for those who may read it; how to ask, for those who may not; samples without names."""

from __future__ import annotations

from functions.portal.pages import said, transcript
from functions.portal.pages.calls import name_of
from functions.portal.services import Services
from functions.portal.shell.visit import Page, Reply, Visit
from shared.conversations.records import CallRecord
from shared.kernel.errors import Forbidden, NotFound
from shared.privacy.domain.transcript_ground import LONGEST_GRANT, Concerned, is_responsible

MOST_ASKED = 3
"""Administrators who are named."""


def show_transcript(services: Services, visit: Visit, record_id: str) -> Reply:
    """The own call's words at once; for others who may, a page that says what opening them leaves behind; for those who
    may not, what would be needed and whom to ask."""
    call = services.call_records.get(record_id)
    try:
        ground = services.transcript_access.ground(visit.caller, call)
    except Forbidden as problem:
        return _refused(services, visit, call, problem.detail)
    if ground == "own":
        return open_transcript(services, visit, record_id)
    view = said.Transcript(record_id, name_of(call), ground, leads_back=services.call_sight.sees(visit.caller, call))
    return Page("transcript.html", said.present_transcript(view), "calls")


def open_transcript(services: Services, visit: Visit, record_id: str) -> Reply:
    """The words. Unless the viewer took part this is recorded, and those who did are told."""
    call = services.call_records.get(record_id)
    try:
        opened = services.transcript_access.open(visit.caller, record_id)
    except Forbidden as problem:
        return _refused(services, visit, call, problem.detail)
    except NotFound:
        view = said.Transcript(
            record_id, name_of(call), gone=True, leads_back=services.call_sight.sees(visit.caller, call)
        )
        return Page("transcript.html", said.present_transcript(view), "calls", status=404)
    view = said.Transcript(
        record_id,
        name_of(opened.call),
        opened.ground,
        passages=transcript.passages(
            opened.conversation,
            (),
            scored=None,
            names=services.names_of_voices(opened),
            whole=True,
        ),
        expires_at=opened.expires_at,
        leads_back=services.call_sight.sees(visit.caller, call),
    )
    return Page("transcript.html", said.present_transcript(view), "calls")


def _refused(services: Services, visit: Visit, call: CallRecord, why: str) -> Reply:
    """What would be needed, and whom to ask; the call's name only for those who may see the call."""
    seen = services.call_sight.sees(visit.caller, call)
    view = said.Transcript(
        call.record_id,
        name_of(call) if seen else None,
        refused=why,
        leads_back=seen,
        asks=_asks(services, visit, call),
        samples=visit.may("samples.read"),
    )
    return Page("transcript.html", said.present_transcript(view), "calls", status=403)


def _asks(services: Services, visit: Visit, call: CallRecord) -> tuple[said.Ask, ...]:
    """Whom a manager or mentor asks for a grant, a senior manager for an escalation; nobody where none is possible."""
    caller, record_id = visit.caller, call.record_id
    people = services.employees.many(call.employees)
    theirs = [
        employee.name
        for employee_id, employee in sorted(people.items())
        if is_responsible(caller, Concerned(employee_id, employee.manager_id, employee.mentor_id))
    ]
    administrators = [(one.employee_id, one.name) for one in services.in_sight.administrators()[:MOST_ASKED]]
    if theirs:
        subject = f"Grant to read calls of {theirs[0]}"
        body = (
            f"Please grant me to read the calls of {theirs[0]} (page “Transcript access”).\n\n"
            f"Purpose: \nFor how many days, {LONGEST_GRANT.days} at most: \n"
        )
        return tuple(said.Ask(name, address, subject, body) for address, name in administrators)
    if caller.role != "senior_manager":
        return ()
    below = {employee.employee_id for employee in services.in_sight.all(caller)}
    managers = sorted({manager for one in below & people.keys() if (manager := people[one].manager_id)})
    if not managers:
        return ()
    named = services.employees.names(managers)
    subject = f"Escalation of the call {record_id}"
    body = (
        f"Please let me read the call {record_id} (page “Transcript access”, “Let a senior manager read one call”).\n\n"
        "Reason: \n"
    )
    asked = [(one, named[one]) for one in managers if one != caller.employee_id] + administrators
    return tuple(said.Ask(name, address, subject, body) for address, name in asked)


# Samples


def show_samples(services: Services, visit: Visit) -> Reply:
    """How a competency sounds, without anybody's name; each reading leaves an audit record."""
    framework = services.skills.framework(visit.framework_id)
    competencies = tuple((one.competency, one.name) for one in framework.competencies)
    competency, band = visit.query.get("competency", ""), visit.query.get("band", "") or "high"
    found = None
    if competency:
        found = services.samples.of(visit.caller, competency, band, framework_id=framework.framework_id)
    view = said.Samples(competencies, competency, band, found)
    return Page("samples.html", said.present_samples(view), "samples")
