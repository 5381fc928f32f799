"""Holds that danger wins over whatever a conversation is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shared.coaching.usecases.rule_coach import STOPS, RuleCoach

from infra.coaching.shipped import shipped_safety
from shared.coaching.domain.conversation import Context, State
from shared.coaching.domain.inbound import InboundMessage, MediaRef, Sender

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
COACH = RuleCoach(shipped_safety())


def written(text: str, media: MediaRef | None = None) -> InboundMessage:
    return InboundMessage("wamid.1", Sender(phone="447700900123"), NOW, "text", text, media=media, called="text")


@pytest.mark.parametrize(
    ("state", "context"),
    [
        (State(), Context("e1", NOW)),
        (State("quiz_me", question="3", lesson_id="gone", lesson_version=1), Context("e1", NOW)),
        (State("no such intent", expires_at=NOW - timedelta(days=2)), Context("e1", NOW)),
        (State(), Context(None, NOW)),
        (State(), Context("e1", NOW, stopped=True)),
        (State(), Context("e1", NOW, echoed_at=NOW)),
    ],
)
def test_l12_danger_wins_over_every_state(state: State, context: Context) -> None:
    answered = COACH.reply(state, written("its not isolated"), context)
    assert [one.body for one in answered.contents] == [STOPS["live_work"]]
    assert answered.state == State("stopped")


def test_the_words_under_a_photo_are_read_too() -> None:
    media = MediaRef("m", "image/jpeg", None, "my hand is burnt")
    assert COACH.reply(State(), written("", media=media), Context("e1", NOW)).contents[0].body == STOPS["injury"]


@pytest.mark.parametrize("state", [State(), State("stopped"), State("quiz", question="3", expires_at=NOW)])
@pytest.mark.parametrize("text", ["hello", "restart", "B", "STOP", "start", "quiz me"])
def test_l12_no_state_is_a_dead_end(state: State, text: str) -> None:
    answered = COACH.reply(state, written(text), Context("e1", NOW))
    assert answered.contents
    assert (answered.chosen is not None) == (text in ("STOP", "start"))
