"""Describes a recorded call: when it was, who was there, which deal it belonged to. No word of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.conversations.domain.conversation import Affiliation

CrmValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CallParty:
    """One person invited to, or present in, a call. Every field may be missing in the recording, and often is.

    speaker_id: joins the party to the turns of the transcript; None for who never spoke, or was not told apart
    user_id:    the recording system's id of a colleague
    email:      in lower case
    attended:   False for who was invited only, None when the recording does not say
    """

    party_id: str | None = None
    speaker_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    email: str | None = None
    title: str | None = None
    affiliation: Affiliation = Affiliation.UNKNOWN
    attended: bool | None = None


@dataclass(frozen=True, slots=True)
class CrmObject:
    """A CRM record that the recording system has attached. fields: (name, value) pairs, mixed types as they came."""

    kind: str
    object_id: str
    fields: tuple[tuple[str, CrmValue], ...] = ()

    def field(self, name: str) -> CrmValue:
        """Returns the first value under the name, compared without case; None when it is absent."""
        wanted = name.casefold()
        return next((value for known, value in self.fields if known.casefold() == wanted), None)


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call's details.

    call_id:  up to 20 digits, kept as text (it overflows 64 bits)
    started:  with a time zone; when it really began. scheduled: when it was planned for, which discovery filters by
    private:  the recording system marks it as nobody else's business: it is never analysed
    """

    call_id: str
    started: datetime
    scheduled: datetime | None = None
    duration_seconds: int = 0
    url: str | None = None
    title: str | None = None
    direction: str | None = None
    scope: str | None = None
    language: str | None = None
    private: bool = False
    parties: tuple[CallParty, ...] = ()
    crm: tuple[CrmObject, ...] = ()

    def crm_object(self, kind: str) -> CrmObject | None:
        """Returns the first attached record of a kind (Opportunity, Account)."""
        return next((one for one in self.crm if one.kind.casefold() == kind.casefold()), None)


@dataclass(frozen=True, slots=True)
class UnreadableCall:
    """One call's details that nobody can read, told apart so that it holds up none of its page.

    call_id: None when not even that can be read. detail, place: what was wrong, and where, as a dotted path
    raw:     as it came (JSON); personal data, for the quarantine only
    """

    call_id: str | None
    detail: str
    place: str | None
    raw: bytes = field(repr=False, default=b"")
