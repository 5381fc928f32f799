"""Puts what has to be asked about a call into a message batch's requests, and reads what the batch brings of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.analysts.ports.language_model import BatchResult, Prompt
from shared.analysts.usecases.analyst import BatchAnalyst, NotAnalysed
from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallParticipant, CallRecord
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.ids import digest
from shared.people.aliases import Aliases


@dataclass(slots=True)
class Brought:
    """Says what a batch has brought of one call: an analysis, or a refusal, for each employee.

    missing:  not everything has come; unusable: something came that cannot be read, and would not be in another batch
    stopped:  what is missing was refused for a fault of the account or the settings
    """

    found: dict[str, CallAnalysis | NotAnalysed] = field(default_factory=dict)
    missing: bool = False
    unusable: bool = False
    stopped: bool = False


class BatchQuestions:
    """Asks about everyone who spoke and has not been analysed in an earlier round."""

    def __init__(
        self,
        analyst: BatchAnalyst,
        keeping: KeepAnalyses,
        transcripts: TranscriptStore,
        aliases: Aliases,
    ) -> None:
        self._analyst = analyst
        self._aliases = aliases
        self._keeping = keeping
        self._transcripts = transcripts

    def about(self, record: CallRecord) -> list[tuple[str, Prompt]]:
        """Returns a call's requests, each with its name; none where nothing can be asked, or everything is answered."""
        conversation = self._transcripts.conversation(record.source, record.call_id)
        if conversation is None:
            return []
        return [
            (_custom_id(record, person.employee_id, part), prompt)
            for person in record.speakers
            # Who has been analysed in an earlier round is not asked about, nor paid for, again.
            if self._keeping.kept(record, person) is None
            for part, prompt in enumerate(self._prompts(record, person, conversation))
        ]

    def read(self, record: CallRecord, results: Mapping[str, BatchResult]) -> Brought:
        """Reads a call's results, keeps the analyses in them, and notes what was paid."""
        conversation = self._transcripts.conversation(record.source, record.call_id)
        brought = Brought()
        for person in record.speakers:
            kept = self._keeping.kept(record, person)
            if kept is not None:
                brought.found[person.employee_id] = kept
            elif conversation is None:
                brought.missing = True
            else:
                self._read_one(record, person, conversation, results, brought)
        return brought

    def _read_one(
        self,
        record: CallRecord,
        person: CallParticipant,
        conversation: Conversation,
        results: Mapping[str, BatchResult],
        brought: Brought,
    ) -> None:
        parts = self._prompts(record, person, conversation)
        answers = self._answers(record, person.employee_id, len(parts), results)
        completions = []
        for answer in answers:
            if answer is not None and answer.completion:
                completions.append(answer.completion)
                # Paid for, whether or not the others have come.
                self._keeping.spend(record, [answer.completion.usage], f"{record.batch_id} {answer.custom_id}")
        if not parts or len(completions) != len(parts):
            brought.missing = True
            brought.stopped |= any(one is not None and one.refused is not None for one in answers)
            return
        framework = self._keeping.framework_of(person)
        try:
            analysis = self._analyst.read(conversation, person.speaker_id or "", framework, completions)
        except NotAnalysed as refusal:
            brought.unusable = brought.unusable or refusal.reason != "refused"
            brought.found[person.employee_id] = refusal
            return
        self._keeping.keep(record, person, analysis)
        brought.found[person.employee_id] = analysis

    def _answers(
        self, record: CallRecord, employee_id: str, parts: int, results: Mapping[str, BatchResult]
    ) -> list[BatchResult | None]:
        """Returns what came of a person's parts. Who was given another id while the batch was at the vendor was asked
        about under the one of then."""
        answers = [results.get(_custom_id(record, employee_id, part)) for part in range(parts)]
        if any(answers):
            return answers
        for alias in self._aliases.of(employee_id):
            answers = [results.get(_custom_id(record, alias.alias, part)) for part in range(parts)]
            if any(answers):
                break
        return answers

    def _prompts(self, record: CallRecord, person: CallParticipant, conversation: Conversation) -> tuple[Prompt, ...]:
        """Returns what is asked about one person; nothing where nothing can be asked, which is found out at once
        later."""
        framework = self._keeping.framework_of(person)
        try:
            return self._analyst.prompts(conversation, person.speaker_id or "", framework, record.context)
        except NotAnalysed:
            return ()


def _custom_id(record: CallRecord, employee_id: str, part: int) -> str:
    """Names one request: at most 64 letters, digits, hyphens and underscores, as the vendor wants it."""
    return f"{digest(record.record_id, str(record.analysis), employee_id)}-{part}"
