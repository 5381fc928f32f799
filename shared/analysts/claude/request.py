"""Asks a language model to score: from a conversation to prompts, and from completions to an analysis.

    prompts(…)    → what to ask: one prompt, or several for a long conversation
    ask(…)        → the completions, at once
    read(…)       → the CallAnalysis, in which every score stands on the speaker's own words

`prompts` and `read` are pure functions, and both derive the parts from the same conversation and settings.

Several parts are combined by the scored speaker's words in them (`analyst_parts`).

Words that address the analyst never reach it (`addressed_to_the_analyst`); what is in doubt nevertheless waits for a
person (`doubts`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from shared.analysts.claude.answer import Ground, PartRead, Unreadable, parse, read_part
from shared.analysts.claude.answer_form import answer_schema
from shared.analysts.claude.doubts import doubted
from shared.analysts.claude.parts import combined_deal, combined_scores
from shared.analysts.claude.rubric import (
    INSTRUCTIONS,
    prompt_version,
    rubric,
    rubric_version,
    scored_competencies,
)
from shared.analysts.claude.view import AnalystSettings, View, about, record, which_part
from shared.analysts.domain.languages import languages_noted
from shared.analysts.lexical.lexicon import vocabulary_of
from shared.analysts.ports.language_model import Completes, Completion, Prompt
from shared.conversations.domain.call_analysis import CallAnalysis, Scorer
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.cost import Usage
from shared.conversations.records import CallContext
from shared.frameworks.domain.framework import Framework
from shared.kernel.errors import AugmentError
from shared.kernel.json_schema import Schema

ANALYST = "claude"
_TRUNCATED = frozenset({"max_tokens", "model_context_window_exceeded"})


class AnalystFailed(AugmentError):
    """The language model gave no analysis. usages: what its attempts cost nevertheless, one per request."""

    def __init__(self, detail: str, *, usages: Sequence[Usage] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.usages = tuple(usages)


class AnalystRefused(AnalystFailed):
    """The model declines to answer about this conversation: a person must look, asking again changes nothing."""


class AnalystTruncated(AnalystFailed):
    """The answer did not fit, even into twice the tokens."""


class AnalystUnreadable(AnalystFailed):
    """The answer is no analysis, even on asking again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """completions: one per prompt, in the prompts' order. usages: of every request, those asked again included."""

    completions: tuple[Completion, ...]
    usages: tuple[Usage, ...]

    @property
    def usage(self) -> Usage:
        """Returns all requests together."""
        total = Usage()
        for one in self.usages:
            total = total.plus(one)
        return total


def scorer_of(framework: Framework, settings: AnalystSettings, *, number: int = 1) -> Scorer:
    """Tells who scores: it changes with the model, the rubric's words, the instructions, the answer's form and the
    effort.

    number: as Scorer has it, from whoever counts the scorers.
    """
    form = json.dumps(_schema(framework), sort_keys=True)
    return Scorer(
        ANALYST, settings.model, rubric_version(framework), prompt_version(form, settings.effort or "default"), number
    )


def prompts(
    conversation: Conversation,
    speaker_id: str,
    framework: Framework,
    call_context: CallContext,
    settings: AnalystSettings,
) -> tuple[Prompt, ...]:
    """Returns what to ask about one speaker, one prompt per part in which that speaker says something.

    call_context: as a field observation has it, from the CRM. Only values that the framework knows enter a prompt, in
    the framework's own spelling: no free text of a CRM ever does.
    Raises UnknownSpeaker for somebody who says nothing (or nothing that is not withheld).
    """
    return prompts_about(View.of(conversation, speaker_id, settings), framework, call_context, settings)


def prompts_about(
    view: View, framework: Framework, call_context: CallContext, settings: AnalystSettings
) -> tuple[Prompt, ...]:
    """Returns the same of what the analyst sees."""
    schema = _schema(framework)
    system = ((INSTRUCTIONS, False), (rubric(framework), True))
    known = about(view, framework, call_context)
    asked = view.asked
    return tuple(
        Prompt(
            model=settings.model,
            system=system,
            user=record([*known, *which_part(number, len(asked)), "turns:", part.text]),
            schema=schema,
            max_tokens=settings.max_tokens,
            effort=settings.effort,
        )
        for number, part in enumerate(asked, start=1)
    )


def ask(model: Completes, asked: Sequence[Prompt]) -> Answered:
    """Asks at once, again where an answer was cut off (with twice the tokens) or cannot be read.

    Raises AnalystRefused, AnalystTruncated, AnalystUnreadable; Overloaded, PromptRefused and Retryable of the port.
    """
    completions: list[Completion] = []
    usages: list[Usage] = []
    for prompt in asked:
        first = model.complete(prompt)
        completion, spent = _mended(model, prompt, first, (*usages, first.usage))
        completions.append(completion)
        usages = list(spent)
    return Answered(tuple(completions), tuple(usages))


def read(
    conversation: Conversation,
    speaker_id: str,
    completions: Sequence[Completion],
    framework: Framework,
    settings: AnalystSettings,
    scorer: Scorer,
    certified: Collection[str] = (),
) -> CallAnalysis:
    """Returns the analysis in the completions of `prompts` for the same conversation, speaker, framework and settings.

    completions: one per prompt, in the prompts' order. scorer: from `scorer_of`. certified: competencies in which
    people have found that this scorer scores as they do, without having seen its scores.

    Every competency of the framework that has a rubric is in `scores` or in `unobserved`.
    Raises AnalystRefused, AnalystTruncated, AnalystUnreadable; ValueError when the completions are not one per prompt.
    """
    return read_about(View.of(conversation, speaker_id, settings), completions, framework, scorer, certified)


def read_about(
    view: View,
    completions: Sequence[Completion],
    framework: Framework,
    scorer: Scorer,
    certified: Collection[str] = (),
) -> CallAnalysis:
    """Returns the same of what the analyst saw."""
    asked, speaker_id = view.asked, view.speaker_id
    if len(completions) != len(asked):
        raise ValueError(f"there are {len(asked)} prompts and {len(completions)} completions")
    competencies = tuple(one.competency for one in scored_competencies(framework))
    ground = Ground(view.conversation, speaker_id, view.withheld, view.measured)
    answers = _read_parts(completions, ground, framework, competencies)
    weights = [max(part.words, 1) for part in asked]
    scores, unobserved = combined_scores(answers, weights, competencies)
    cut_off = frozenset(one for part in answers for one in part.cut_off)
    scores, doubts = doubted(view, speaker_id, scores, cut_off, certified, vocabulary_of(framework))
    return CallAnalysis(
        scorer=scorer,
        call_id=view.said.call_id,
        speaker_id=speaker_id,
        scores=tuple(scores),
        unobserved=tuple(unobserved),
        deal=combined_deal(answers, weights),
        notes=(*view.notes, *languages_noted(view.said, speaker_id), *_notes(answers), *doubts),
    )


def _notes(answers: Sequence[PartRead]) -> Iterable[str]:
    return dict.fromkeys(note for one in answers for note in one.notes)


def _read_parts(
    completions: Sequence[Completion], ground: Ground, framework: Framework, competencies: Sequence[str]
) -> list[PartRead]:
    usages = tuple(one.usage for one in completions)
    answers = []
    for completion in completions:
        trouble = _failure(completion, usages)
        if trouble is not None:
            raise trouble
        answers.append(read_part(completion.text, ground, framework, competencies))
    return answers


def _schema(framework: Framework) -> Schema:
    return answer_schema([one.competency for one in scored_competencies(framework)], framework.dimensions)


def _mended(
    model: Completes, prompt: Prompt, first: Completion, usages: tuple[Usage, ...]
) -> tuple[Completion, tuple[Usage, ...]]:
    trouble = _failure(first, usages)
    if trouble is None:
        return first, usages
    if isinstance(trouble, AnalystRefused):
        raise trouble
    if isinstance(trouble, AnalystTruncated):
        prompt = replace(prompt, max_tokens=2 * prompt.max_tokens)
    second = model.complete(prompt)
    usages = (*usages, second.usage)
    trouble = _failure(second, usages)
    if trouble is not None:
        raise trouble
    return second, usages


def _failure(completion: Completion, usages: Sequence[Usage]) -> AnalystFailed | None:
    """Returns what keeps a completion from being read, None when nothing does."""
    if completion.stop_reason == "refusal":
        return AnalystRefused("the language model declines to answer about this conversation", usages=usages)
    if completion.stop_reason in _TRUNCATED:
        return AnalystTruncated(f"the answer was cut off ({completion.stop_reason})", usages=usages)
    if completion.stop_reason != "end_turn":
        return AnalystUnreadable(f"the answer ended with {completion.stop_reason[:40]}", usages=usages)
    try:
        parse(completion.text)
    except Unreadable as error:
        return AnalystUnreadable(f"the answer cannot be read: {error}", usages=usages)
    return None


__all__ = [
    "AnalystFailed",
    "AnalystRefused",
    "AnalystSettings",
    "AnalystTruncated",
    "AnalystUnreadable",
    "Answered",
    "ask",
    "prompts",
    "prompts_about",
    "read",
    "read_about",
    "scorer_of",
]
