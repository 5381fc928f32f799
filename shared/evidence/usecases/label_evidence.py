"""Says what a learner's own evidence is about, after it was sent: a phone that sends a photo asks afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from shared.evidence.records import EvidenceRecords
from shared.evidence.usecases.keep_evidence import TOPIC, KeepEvidence, fact_of
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.evidence.usecases.take_evidence import MOST_COMPETENCIES
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Rejected, Retryable
from shared.ports.documents import PreconditionFailed
from shared.ports.messages import Message
from shared.ports.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Choice:
    """Offers a competency. name: as people read it"""

    competency: str
    name: str
    category: str


class LabelEvidence:
    """Names competencies of the learner's framework, and notes them of what was sent under a key."""

    def __init__(
        self,
        records: EvidenceRecords,
        keeping: KeepEvidence,
        access: LearnerAccess,
        configuration: Configuration,
        outbox: Outbox,
    ) -> None:
        self._records = records
        self._keeping = keeping
        self._access = access
        self._configuration = configuration
        self._outbox = outbox

    def choices(self, caller: Caller) -> list[Choice]:
        """Returns what the caller's evidence can be about, by the codes. Raises Forbidden, NotFound."""
        framework = self._configuration.framework(self._own(caller))
        found = [Choice(one.competency, one.name, one.category) for one in framework.competencies]
        return sorted(found, key=lambda one: one.competency)

    def named(self, caller: Caller, words: str) -> list[str]:
        """Returns the competencies that a sentence names by code, name or alias, in its order. Raises Forbidden."""
        framework = self._configuration.framework(self._own(caller))
        names = {one.name.casefold(): one.competency for one in framework.competencies}
        whole = " ".join(words[:500].split())
        tokens = [one.strip(".,;:!?()[]") for one in whole.split(" ")]
        found = [names.get(whole.casefold()), framework.competency_named(whole)]
        found += [framework.competency_named(one) for one in tokens if any(letter.isdigit() for letter in one)]
        return list(dict.fromkeys(one for one in found if one is not None))

    def label(self, caller: Caller, key: str, competencies: list[str]) -> tuple[str, ...]:
        """Notes what the caller's item is about, beside what it is known to be about; again it changes nothing.

        Returns all that it is about. Raises Forbidden; NotFound for no such item or competency; Retryable.
        """
        framework = self._configuration.framework(self._own(caller))
        first = self._keeping.known(caller.employee_id or caller.email, key)
        if first is None:
            raise NotFound(f"there is no evidence of yours under {key[:60]!r}", field="key")
        unknown = [one for one in competencies if one not in framework.by_competency]
        if unknown:
            raise NotFound(f"{unknown[0][:60]!r} is no competency of {framework.framework_id}", field="competencies")
        versioned = self._records.versioned(first.evidence_id)
        if versioned is None:
            raise NotFound(f"there is no evidence of yours under {key[:60]!r}", field="key")
        item = versioned.record
        after = tuple(dict.fromkeys((*item.competencies, *competencies)))
        if len(after) > MOST_COMPETENCIES:
            raise Rejected(f"competencies: at most {MOST_COMPETENCIES}; {len(after)} would be", field="competencies")
        if after == item.competencies:
            return after
        labelled = item.changed(competencies=after)
        message = Message(fact_of(labelled).model_dump(mode="json"))
        try:
            self._outbox.accept([self._records.put(labelled, versioned.stamp)], TOPIC, [message], noted=True)
        except PreconditionFailed:
            raise Retryable("another request is changing the same item") from None
        return after

    def _own(self, caller: Caller) -> str:
        """Returns the caller's framework. Raises Forbidden, NotFound."""
        require(caller, "learning.own")
        if caller.employee_id is None:
            raise Forbidden("only who has a record here has evidence")
        return self._access.known(caller.employee_id).framework_id
