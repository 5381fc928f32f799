"""Explains a lexical analysis to a person: what was measured, then each score with its points and its evidence."""

from __future__ import annotations

from shared.analysts.lexical.analysis import Analysis
from shared.analysts.lexical.asking import Asking
from shared.analysts.lexical.features import Features
from shared.analysts.lexical.talk import Talk


def explain(analysis: Analysis) -> list[str]:
    """Returns the lines."""
    lines = [
        f"Call {analysis.call_id}, speaker {analysis.speaker_id}, analyst {analysis.version} "
        "(counts words and times; a person confirms)",
        *analysis.notes,
        *([] if analysis.measured is None else _measured(analysis.measured)),
    ]
    lines.append("Scores:")
    for score in analysis.scores:
        lines.append(f"  {score.competency} {score.score} (confidence {score.confidence:.2f})")
        lines += [f"    {component}" for component in score.components]
        lines += [f"    {piece}" for piece in score.evidence[:2]]
    lines += [f"  {missing.competency} not observed: {missing.reason}" for missing in analysis.not_observed]
    return lines


def _measured(features: Features) -> list[str]:
    lines = ["Measured:", *_of_talk(features.talk), *_of_asking(features.asking), *_of_words(features)]
    if not features.punctuated:
        lines.append("  no punctuation: questions are told by word order, which trusts them less")
    return lines


def _of_talk(talk: Talk) -> list[str]:
    gap = "none" if talk.median_gap_ms is None else f"{talk.median_gap_ms} ms (median)"
    return [
        f"  talk ratio          {_percent(talk.ratio)} "
        f"({talk.own_ms / 1000:.1f} s, others {talk.others_ms / 1000:.1f} s)",
        f"  longest monologue   {talk.longest_monologue.value if talk.longest_monologue else 'none'}",
        f"  interruptions       {len(talk.interruptions)}",
        f"  gap before answers  {gap}",
        f"  acknowledgements    {talk.acknowledgements}",
    ]


def _of_asking(asking: Asking) -> list[str]:
    return [
        f"  questions           {len(asking.open_questions)} open, {len(asking.closed_questions)} closed, "
        f"{len(asking.courtesies)} courtesies",
        f"  topics asked about  {', '.join(asking.topics) or 'none'}",
        f"  follow-ups          {len(asking.follow_ups)} questions, {len(asking.paraphrases)} paraphrases",
    ]


def _of_words(measured: Features) -> list[str]:
    objections, stated, steps = measured.objections, measured.value.statements, measured.closing.next_steps
    return [
        f"  objections          {len(objections)} raised, "
        f"{sum(one.response is not None for one in objections)} answered",
        f"  value statements    {len(stated)}, {sum(one.quantified for one in stated)} with a number; "
        f"{len(measured.value.customer_figures)} of the customer's figures taken up",
        f"  terms               {len(measured.product.terms)} product, {len(measured.architecture.terms)} architecture",
        f"  next steps          {len(steps)}, "
        f"{sum(one.dated for one in steps)} dated, "
        f"{sum(one.agreed for one in steps)} agreed, "
        f"{sum(one.theirs for one in steps)} with the customer's part",
    ]


def _percent(thousandths: int | None) -> str:
    return "none" if thousandths is None else f"{thousandths / 10:.1f} %"
