"""Says who of a call's parties are employees, as the platform knows them, and which of the recorder's ids belong to
whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.call_pipeline.records.discoveries import RecorderUsers
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.participants import addresses, users_shown
from shared.conversations.domain.recorded_call import RecordedCall
from shared.kernel.reading import is_document_name
from shared.people.records import EmployeeRecords
from shared.platform.records.tombstones import Tombstones
from shared.ports.documents import Documents
from shared.privacy.domain.erasure import REMOVED, Erasing, without


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """Says what several calls' parties mean.

    employees:  e-mail address → employee id, of active employees
    frameworks: employee id → framework
    users:      the recorder's user id → e-mail address
    erased:     e-mail addresses of people who have been erased: a recorder goes on to name them
    """

    employees: dict[str, str]
    frameworks: dict[str, str]
    users: dict[str, str]
    erased: frozenset[str] = frozenset()

    def in_call(self, call: RecordedCall) -> list[str]:
        """Returns the employees who were invited or present, by id."""
        return sorted({self.employees[email] for email in addresses(call, self.users) if email in self.employees})

    def titled(self, call: RecordedCall) -> RecordedCall:
        """Returns the call with a title that names nobody who has been erased."""
        title = call.title
        for person, _ in self._gone(call):
            title = title and person.cleaned(title)
        return call if title == call.title else replace(call, title=title)

    def of_others(self, call: RecordedCall, conversation: Conversation) -> Conversation:
        """Returns what was said in the call, without who has been erased."""
        for person, voices in self._gone(call):
            conversation = without(person, conversation, voices)
        return conversation

    def _gone(self, call: RecordedCall) -> list[tuple[Erasing, list[str]]]:
        """Returns the erased people of a call, each with the voices that are theirs."""
        return [
            (Erasing(email, REMOVED, party.name), [one.speaker_id for one in parties if one.speaker_id is not None])
            for email, parties in addresses(call, self.users).items()
            if email in self.erased
            for party in parties
        ]


class CallPeople:
    """Looks people up for the import of calls."""

    def __init__(self, live: Documents, users: RecorderUsers) -> None:
        self._employees = EmployeeRecords(live)
        self._tombstones = Tombstones(live)
        self._users = users

    def of(self, source: str, calls: Iterable[RecordedCall]) -> KnownPeople:
        """Returns everyone in these calls, in two reads; remembers the recorder's ids that come beside an address."""
        calls = list(calls)
        shown = {user: email for call in calls for user, email in users_shown(call).items()}
        asked = {party.user_id for call in calls for party in call.parties if party.user_id}
        known = self._users.emails(source, asked)
        erased = self._tombstones.among(shown.values())
        self._users.remember(
            source,
            {
                user: email
                for user, email in shown.items()
                if known.get(user) != email and is_document_name(user) and email not in erased
            },
        )
        users = known | shown
        emails = sorted({email for call in calls for email in addresses(call, users) if is_document_name(email)})
        records = self._employees.found(emails)
        strangers = set(emails) - records.keys()
        active = [record for record in records.values() if record.active]
        return KnownPeople(
            employees={email: record.employee_id for email, record in records.items() if record.active},
            frameworks={record.employee_id: record.framework_id for record in active},
            users=users,
            erased=self._tombstones.among(strangers),
        )
