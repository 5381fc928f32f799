"""Conversations that a reader has labelled, one entry per labelled speaker, for comparing an analyst with that reader.

A set is a directory of the corpus's formats (`infra/demonstration/calls/README.md`): a `.yaml` with an `.mbox` of the
same name beside it is a thread, any other `.yaml` a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.demonstration.corpus import Script
from infra.demonstration.corpus_files import CALLS, read_call
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from infra.demonstration.corpus_threads import StagedThread, read_thread
from shared.conversations.domain.conversation import Conversation, choose_speaker
from shared.conversations.records import CallContext

STARTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CAST = {
    "seller": Employee("Robin Vale", "robin.vale@augmentcode.com", "7001"),
    "colleague": Employee("Kit Marsh", "kit.marsh@augmentcode.com", "7002"),
}
"""Who takes the employees' parts: nobody of the organisation, and always the same, so that a rerun asks the same."""

__all__ = ["CALLS", "LabelledSpeaker", "labelled_set"]


@dataclass(frozen=True, slots=True)
class LabelledSpeaker:
    """One employee of one conversation. labels: competency → the reader's score. context: as an observation has it."""

    slug: str
    part: str
    conversation: Conversation
    speaker_id: str
    context: CallContext
    labels: Mapping[str, int]


def labelled_set(directory: Path) -> tuple[LabelledSpeaker, ...]:
    """Reads all labelled speakers, by file name. Raises CorpusError naming file and line, ValueError for no set."""
    if not directory.is_dir():
        raise ValueError(f"{directory}: no such directory")
    found = tuple(one for path in sorted(directory.glob("*.yaml")) for one in _speakers(path))
    if not found:
        raise ValueError(f"{directory}: no labelled conversation (*.yaml) in it")
    return found


def _speakers(path: Path) -> Iterator[LabelledSpeaker]:
    staged: StagedCall | StagedThread
    if path.with_suffix(".mbox").exists():
        thread = read_thread(path)
        script = thread.script
        staged = StagedThread(thread, digits(19, script.slug), STARTED, _cast(script))
    else:
        script = read_call(path)
        staged = StagedCall(script, digits(19, script.slug), STARTED, _cast(script))
    labels = staged.labels()
    for part, employee in _cast(script).items():
        if employee.email in labels:
            yield LabelledSpeaker(
                slug=script.slug,
                part=part,
                conversation=staged.conversation,
                speaker_id=choose_speaker(staged.conversation, email=employee.email).speaker_id,
                context=_context(script),
                labels={one.competency: one.score for one in labels[employee.email]},
            )


def _cast(script: Script) -> dict[str, Employee]:
    return {part: CAST[part] for part in script.employee_parts}


def _context(script: Script) -> CallContext:
    deal = script.deal
    return {
        "account_name": deal.account,
        "industry": deal.industry,
        "deal_size": deal.deal_size,
        "deal_stage": deal.stage,
        "buyer_personas": tuple(deal.personas),
        "products_discussed": tuple(deal.products),
    }
