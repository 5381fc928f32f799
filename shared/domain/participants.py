"""Who of the employees took part in a call: a score on the wrong person is worse than none.

A party is an employee by e-mail address, or, where the recording gives none, by the recorder's own id of a colleague,
if an earlier call has shown that id beside an address. Nobody is an employee by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.conversation import Turn
from shared.domain.recorded_call import CallParty, RecordedCall


@dataclass(frozen=True, slots=True)
class Participant:
    """An employee in a call.

    speaker_id: joins the person to the turns; None when the recording has not told the voice apart
    spoke:      has at least one turn; who was invited, or sat there in silence, is not scored
    """

    employee_id: str
    speaker_id: str | None
    spoke: bool


def addresses(call: RecordedCall, known_users: Mapping[str, str]) -> dict[str, CallParty]:
    """E-mail address (lower case) to party, of everyone who may be an employee.

    known_users: the recorder's user id → e-mail address
    """
    found: dict[str, CallParty] = {}
    for party in call.parties:
        email = party.email or known_users.get(party.user_id or "")
        if email is not None:
            # Somebody may have joined twice; the party with a voice tells more.
            kept = found.get(email.lower())
            if kept is None or kept.speaker_id is None:
                found[email.lower()] = party
    return found


def users_shown(call: RecordedCall) -> dict[str, str]:
    """The recorder's user ids that this call shows beside an address."""
    return {party.user_id: party.email.lower() for party in call.parties if party.user_id and party.email}


def participants(
    call: RecordedCall, turns: Iterable[Turn], employees: Mapping[str, str], known_users: Mapping[str, str]
) -> tuple[Participant, ...]:
    """The employees of a call, by employee id.

    employees: e-mail address → employee id, of the active ones
    """
    voices = {turn.speaker_id for turn in turns if turn.text.strip()}
    found = {
        employees[email]: Participant(employees[email], party.speaker_id, party.speaker_id in voices)
        for email, party in addresses(call, known_users).items()
        if email in employees
    }
    shared_voices = [one.speaker_id for one in found.values() if one.spoke]
    return tuple(
        # Two people behind one voice (a shared room) cannot be told apart, so neither is scored.
        Participant(one.employee_id, one.speaker_id, one.spoke and shared_voices.count(one.speaker_id) == 1)
        for _, one in sorted(found.items())
    )
