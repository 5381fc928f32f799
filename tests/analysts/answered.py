"""A call, and a model that answers what a test says."""

from __future__ import annotations

from collections.abc import Collection

from shared.analysts.claude.request import (
    AnalystSettings,
    read,
    scorer_of,
)
from shared.conversations.domain.call_analysis import CallAnalysis, JudgedScore
from shared.conversations.domain.conversation import Conversation
from tests.analysts.sales_call import SELLER, call, completion, framework

SETTINGS = AnalystSettings()


def analysed(
    *texts: str,
    conversation: Conversation | None = None,
    settings: AnalystSettings = SETTINGS,
    certified: Collection[str] = (),
) -> CallAnalysis:
    return read(
        conversation or call(),
        SELLER,
        [completion(text) for text in texts],
        framework(),
        settings,
        scorer_of(framework(), settings),
        certified,
    )


def of(analysis: CallAnalysis, competency: str) -> JudgedScore | str:
    """The score, or why there is none."""
    for one in analysis.scores:
        if one.competency == competency:
            return one
    return next(one.reason for one in analysis.unobserved if one.competency == competency)
