"""Whoever lacks the permission is refused by the use case itself, whichever edge asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.wiring.call_threads import call_threads
from infra.wiring.notifications import notifications
from infra.wiring.operations import operations
from shared.call_pipeline.contract import CallMoveBody
from shared.call_pipeline.usecases.list_calls import CallFilter
from shared.conversations.wire.email_thread import thread_heads
from shared.intake.contract import VoidBody
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.notifications.contract import SettingsBody
from shared.observations.contract import DealContext
from shared.observations.domain.event_filter import EventFilter
from shared.ratings.contract import RecalculationBody
from shared.reviews.contract import Contest, ReviewSettingsBody
from tests.api.conftest import loaded, seen
from tests.call_pipeline.test_email_threads import export
from tests.harness.api_client import JOE, SARAH, ApiClient
from tests.harness.platform import Platform

__all__ = ["loaded", "seen"]

NOBODY = Caller(email="stranger@example.iam.gserviceaccount.com")
"""A machine without any scope."""


def no_check() -> None:
    """Lets every request be one that was sent as JSON."""


FRAMEWORK, SKILL = "sales_engineering", "discovery"

ASKED: dict[str, Callable[[Platform], object]] = {
    "a call": lambda on: on.calls.show_call.show(NOBODY, "gong-1"),
    "calls": lambda on: on.calls.list_calls.page(NOBODY, CallFilter()),
    "an event of an integration's": lambda on: on.take_in.request("record_field_observation", b"{}", NOBODY, no_check),
    "a thread": lambda on: call_threads(on.on).threads.take(
        NOBODY, thread_heads(export(JOE), thread_id="1"), b"", DealContext()
    ),
    "a history that somebody else opened": lambda on: on.history.of(NOBODY, on.employee(JOE), EventFilter()),
    "what counts about a person": lambda on: operations(on.on).activity.effective(NOBODY, on.employee(JOE)),
    "what happened lately": lambda on: operations(on.on).activity.latest(NOBODY, "field"),
    "who has which profile": lambda on: on.people.profile_access.show(NOBODY, JOE),
    "certificates": lambda on: on.certificates.all(NOBODY),
    "a certificate's history": lambda on: on.certificates.history(NOBODY, "none"),
    "contest": lambda on: on.reviews.contest.contest(NOBODY, "none", Contest(reason="Not me")),
    "frameworks": lambda on: on.skills.frameworks(NOBODY),
    "framework": lambda on: on.skills.framework(NOBODY, FRAMEWORK),
    "framework's version": lambda on: on.skills.framework(NOBODY, FRAMEWORK, 1),
    "framework summaries": lambda on: on.skills.summaries(NOBODY),
    "whole framework": lambda on: on.skills.whole(NOBODY, FRAMEWORK),
    "skill": lambda on: on.skills.skill(NOBODY, FRAMEWORK, SKILL),
    "skill definition": lambda on: on.skills.definition(NOBODY, FRAMEWORK, SKILL),
    "skill definitions": lambda on: on.skills.definitions(NOBODY, FRAMEWORK),
    "skill versions": lambda on: on.skills.versions(NOBODY, FRAMEWORK, SKILL),
    "competency names": lambda on: on.skills.competency_names(NOBODY),
    "existing reviews": lambda on: on.reviews.show.existing(NOBODY, ["none"]),
    "recalculation": lambda on: on.request_recalculation.start(NOBODY, RecalculationBody()),
    "a recalculation's progress": lambda on: on.request_recalculation.progress(NOBODY, "none"),
    "settings": lambda on: on.settings.reviews(NOBODY),
    "changed settings": lambda on: on.settings.set_reviews(ReviewSettingsBody(contest_days=1), NOBODY),
    "unmapped scores": lambda on: on.unmapped.page(NOBODY),
    "unmapped words": lambda on: on.unmapped.words(NOBODY),
    "dismissed words": lambda on: on.unmapped.dismiss(NOBODY, FRAMEWORK, "none"),
    "a review before its decision": lambda on: on.reviews.decide.before(NOBODY, "none"),
    "a void": lambda on: on.voiding.void(NOBODY, VoidBody(event_id="none", reason="None")),
    "a moved call": lambda on: on.calls.move_call.move(
        NOBODY, "none", CallMoveBody(speaker_id="1", employee_id=JOE, reason="None")
    ),
    "another id": lambda on: on.identities.start_move.rename(NOBODY, JOE, "other@augmentcode.com", "None"),
    "two records of one person": lambda on: on.identities.start_move.merge(NOBODY, JOE, SARAH, "None"),
    "a move": lambda on: on.identities.moves.one(NOBODY, "none"),
    "moves": lambda on: on.identities.moves.of(NOBODY, JOE),
    "a release": lambda on: on.identities.release_id.release(NOBODY, JOE, "joe.smth@augmentcode.com", "None"),
    "former ids": lambda on: on.identities.moves.former_ids(NOBODY, JOE),
    "a call's voices": lambda on: on.calls.voices.of(NOBODY, "none"),
    "everybody's profiles": lambda on: on.export.lines(NOBODY, every=False, after=None),
    "changes": lambda on: on.changes.page(NOBODY, None, every=False, limit=1),
    "what somebody is sent": lambda on: notifications(on.on).settings.show(NOBODY, JOE),
    "what somebody shall be sent": lambda on: notifications(on.on).settings.change(
        NOBODY, JOE, SettingsBody.model_validate({})
    ),
    "a channel that is tried again": lambda on: notifications(on.on).settings.resume(NOBODY, JOE, "email"),
    "what became of what somebody was sent": lambda on: notifications(on.on).history.of(NOBODY, JOE, limit=1),
    "what became of everything": lambda on: notifications(on.on).history.all(NOBODY, limit=1),
    "mails that were kept": lambda on: notifications(on.on).outbox.list(NOBODY),
    "a mail that was kept": lambda on: notifications(on.on).outbox.show(NOBODY, "none"),
    "unread notices": lambda on: on.notifications.unread(NOBODY, JOE),
}


@pytest.mark.parametrize("asked", ASKED)
def test_who_lacks_the_permission_is_refused_and_leaves_nothing(seen: ApiClient, asked: str) -> None:
    before = seen.platform.audited.page(limit=500)

    with pytest.raises(Forbidden):
        ASKED[asked](seen.platform)

    assert seen.platform.audited.page(limit=500) == before
