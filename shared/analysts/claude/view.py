"""Shows a language model the conversation that it scores: parts, measurements, and what stays hidden."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.analysts.claude.answer_form import MEASURED
from shared.analysts.claude.transcript_parts import SCORED, Part, Parts, parts
from shared.analysts.domain.addressed_to_the_analyst import blanked, withheld
from shared.analysts.lexical.side import Side
from shared.analysts.lexical.talk import talk_of
from shared.analysts.ports.language_model import Effort
from shared.conversations.domain.conversation import Conversation, MeasuredSpan, UnknownSpeaker, speakers
from shared.conversations.records import CallContext
from shared.conversations.usecases.call_settings import DEFAULT_MODEL
from shared.frameworks.domain.framework import Framework
from shared.observations.wire.context_fields import values_of


@dataclass(frozen=True, slots=True)
class AnalystSettings:
    """Says how the model is asked.

    effort:          how much it may think; None leaves the model's own default
    max_tokens:      for thinking and answer together; doubled once when it was not enough
    part_characters: turns per prompt, about four characters a token: an hour of talk is about 55,000, and a prompt
                     stays below the 100,000 tokens above which some models cost more
    overlap_turns:   how many turns before it a part repeats
    """

    model: str = DEFAULT_MODEL
    effort: Effort | None = "medium"
    max_tokens: int = 12_000
    part_characters: int = 120_000
    overlap_turns: int = 6


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as the analyst sees it, to score one speaker. said: as it was

    touched: the turns of which something is withheld
    """

    said: Conversation
    speaker_id: str
    conversation: Conversation
    touched: frozenset[int]
    withheld: frozenset[int]
    measured: Mapping[str, tuple[MeasuredSpan, ...]]
    cut: Parts

    @classmethod
    def of(cls, conversation: Conversation, speaker_id: str, settings: AnalystSettings) -> View:
        said, conversation = conversation, blanked(conversation)
        hidden = withheld(conversation)
        touched = hidden | {at for at, turn in enumerate(conversation.turns) if turn.text != said.turns[at].text}
        if not any(
            turn.speaker_id == speaker_id and index not in hidden for index, turn in enumerate(conversation.turns)
        ):
            listed = "; ".join(one.speaker_id for one in speakers(conversation)) or "nobody"
            raise UnknownSpeaker(f"Speaker {speaker_id} says nothing here; these speak: {listed}.", field="speaker_id")
        cut = parts(
            conversation,
            speaker_id,
            hidden,
            characters=settings.part_characters,
            overlap=settings.overlap_turns,
        )
        measured = _measured(conversation, speaker_id, hidden)
        return cls(said, speaker_id, conversation, touched, hidden, measured, cut)

    @property
    def shown(self) -> Conversation:
        """Returns the conversation without what is withheld; its turns have other indexes."""
        return _without(self.conversation, self.withheld)

    @property
    def asked(self) -> tuple[Part, ...]:
        """Returns the parts in which the scored speaker says something."""
        return tuple(part for part in self.cut.parts if part.words)

    @property
    def notes(self) -> tuple[str, ...]:
        notes = []
        all_parts, asked = len(self.cut.parts), len(self.asked)
        if all_parts > 1:
            notes.append(f"the transcript was read in {asked} parts")
        if asked < all_parts:
            notes.append(f"{all_parts - asked} further parts, in which the speaker says nothing, were not read")
        if self.cut.cut_turns:
            listed = ", ".join(str(index) for index in self.cut.cut_turns)
            notes.append(f"turns larger than a part were cut between words: {listed}")
        if self.touched:
            listed = ", ".join(str(index) for index in sorted(self.touched))
            notes.append(f"turns that address the analyst were withheld from it: {listed}")
        return tuple(notes)


def _measured(
    conversation: Conversation, speaker_id: str, hidden: frozenset[int]
) -> Mapping[str, tuple[MeasuredSpan, ...]]:
    """Returns what listening may stand on, measured without the withheld turns; nothing for messages, which last no
    time."""
    if conversation.medium != "call":
        return {}
    kept = [index for index in range(len(conversation.turns)) if index not in hidden]
    talk = talk_of(Side(_without(conversation, hidden), speaker_id))

    def placed(span: MeasuredSpan) -> MeasuredSpan:
        return span if span.turn_index is None else replace(span, turn_index=kept[span.turn_index])

    found: dict[str, tuple[MeasuredSpan, ...]] = {}
    if talk.ratio is not None:
        share = f"{talk.ratio / 10:.1f} % of the talk"
        found["talk ratio"] = (MeasuredSpan("talk ratio", 0, talk.end_ms, share),)
        found["interruptions"] = tuple(placed(one) for one in talk.interruptions) or (
            MeasuredSpan("interruptions", 0, talk.end_ms, "none"),
        )
    if talk.longest_monologue is not None:
        found["longest monologue"] = (placed(talk.longest_monologue),)
    return found


def _without(conversation: Conversation, hidden: frozenset[int]) -> Conversation:
    turns = tuple(turn for index, turn in enumerate(conversation.turns) if index not in hidden)
    return replace(conversation, turns=turns)


def about(view: View, framework: Framework, context: CallContext) -> list[str]:
    """Returns what is measured and known about the conversation, a line each."""
    lines = [
        "medium: e-mail thread"
        if view.conversation.medium == "email"
        else f"medium: call of {max(1, round(view.conversation.duration_ms / 60_000))} minutes"
    ]
    for name in MEASURED:
        spans = view.measured.get(name, ())
        if spans:
            lines.append(f"measured for {SCORED}: {'; '.join(str(one) for one in spans[:10])}")
            if len(spans) > 10:
                lines[-1] += f" and {len(spans) - 10} more"
    stage = "_".join(str(context.get("deal_stage") or "").split()).casefold()
    if stage in framework.required_by_stage:
        lines.append(f"deal stage: {stage}")
    for spelling, words in values_of(context):
        dimension = framework.by_dimension.get(spelling.dimension)
        mapped = [dimension.map(word) for word in words] if dimension else []
        known = [value for value, is_known in mapped if is_known]
        if known:
            lines.append(f"{spelling.field.replace('_', ' ')}: {', '.join(dict.fromkeys(known))}")
    return lines


def which_part(number: int, of: int) -> list[str]:
    if of == 1:
        return []
    return [f"part {number} of {of} of one conversation: score what this part shows, the other parts are read apart"]


def record(lines: Sequence[str]) -> str:
    """Returns the record between two marks. The mark is made from the record, so that no words in it can be the
    mark."""
    body = "\n".join(lines)
    mark = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:24]
    return f"=== record {mark} begins ===\n{body}\n=== record {mark} ends ===\nScore {SCORED} by the rubric."
