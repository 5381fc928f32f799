"""What becomes of a message of ours, told in any order; when the coach may write; what a code means."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.coaching.domain.delivery_status import merged
from shared.coaching.domain.inbound import InboundMessage, Sender, StatusUpdate
from shared.coaching.domain.phone import phone_of
from shared.coaching.domain.preference import Chosen, chosen_in, latest
from shared.coaching.domain.sending_errors import verdict
from shared.coaching.domain.window import Template, is_open, may_send_template, price_effect
from shared.coaching.wire.whatsapp import parse
from tests.coaching.whatsapp_json import NOON
from tests.harness.lent import lent

UPDATES = st.lists(
    st.builds(
        StatusUpdate,
        wamid=st.sampled_from(["wamid.1", "wamid.2"]),
        status=st.sampled_from(["sent", "delivered", "read", "failed"]),
        at=st.integers(0, 4).map(lambda seconds: NOON + timedelta(seconds=seconds)),
        error_code=st.sampled_from([None, 131026, 131047]),
        category=st.sampled_from([None, "utility", "marketing"]),
    ),
    max_size=9,
)


def told(*words: str, code: int | None = None) -> list[StatusUpdate]:
    return [
        StatusUpdate("wamid.1", word, NOON + timedelta(seconds=n), error_code=code)  # type: ignore[arg-type]
        for n, word in enumerate(words)
    ]


@pytest.mark.parametrize("order", list(permutations(told("sent", "delivered", "read", "delivered"))))
def test_l03_read_stays_read(order: tuple[StatusUpdate, ...]) -> None:
    assert merged(order)["wamid.1"].status == "read"


@pytest.mark.parametrize("order", list(permutations(told("failed", "sent", code=131026))))
def test_l03_a_late_sent_does_not_clear_a_failure(order: tuple[StatusUpdate, ...]) -> None:
    found = merged(order)["wamid.1"]
    assert (found.status, found.error_code) == ("failed", 131026)


@given(UPDATES, st.randoms(use_true_random=False))
def test_any_order_and_any_duplication_gives_the_same_status(updates: list[StatusUpdate], chance: object) -> None:
    again = [*updates, *updates[::2]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert merged(again) == merged(updates)


@pytest.mark.lent("cases/learner/L03_wa_status_disorder.json")
@pytest.mark.parametrize("path", lent("cases/learner/L03_wa_status_disorder.json"), ids=str)
def test_the_reported_disorder(path: Path) -> None:
    hooks = [json.dumps(one).encode() for one in json.loads(path.read_bytes())["hooks"]]
    for order in permutations(hooks):
        found = merged(one for hook in order for one in parse(hook, NOON + timedelta(days=900)).statuses)
        assert {name: (one.status, one.error_code) for name, one in found.items()} == {
            "wamid.S1": ("read", None),
            "wamid.S2": ("failed", 131026),
        }


def test_the_window_is_open_for_a_day_after_the_last_message() -> None:
    assert not is_open(None, NOON)
    assert is_open(NOON, NOON + timedelta(hours=23, minutes=58))
    assert not is_open(NOON, NOON + timedelta(hours=24))


def test_l13_a_template_that_is_paused_is_not_sent_and_marketing_only_to_who_wants_it() -> None:
    nudge = Template("nudge", "en_GB", "marketing")
    assert may_send_template(nudge, stopped=False, marketing_stopped=False)
    assert not may_send_template(nudge, stopped=False, marketing_stopped=True)
    assert may_send_template(Template("due", "en_GB", "utility"), stopped=False, marketing_stopped=True)
    assert not may_send_template(Template("due", "en_GB", "utility"), stopped=True, marketing_stopped=False)
    assert not may_send_template(
        Template("due", "en_GB", "utility", usable=False), stopped=False, marketing_stopped=False
    )


def test_l13_the_price_effect_is_told_where_both_prices_are_known() -> None:
    prices = {"utility": 0.012, "marketing": 0.048}
    assert price_effect("utility", "marketing", prices) == pytest.approx(4)  # type: ignore[arg-type]
    assert price_effect("unknown", "marketing", prices) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [130429, 131056, 4, 80007, 131016])
def test_limits_and_outages_are_tried_again(code: int) -> None:
    assert verdict(code) == "later"


@pytest.mark.parametrize(
    ("code", "means"),
    [
        (131026, "never"),
        (131047, "window"),
        (131050, "stopped"),
        (131049, "never"),
        (190, "account"),
        (999999, "never"),
    ],
)
def test_what_no_repetition_mends_is_not_tried_again(code: int, means: str) -> None:
    assert verdict(code) == means


def said(text: str, **fields: object) -> InboundMessage:
    return InboundMessage("wamid.1", Sender(phone="447700900461"), NOON, "text", text, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "STOP!!", "unsubscribe", "Stop all", "please stop"])
def test_words_that_end_it(text: str) -> None:
    assert chosen_in(said(text)) == Chosen("stop", NOON)


@pytest.mark.parametrize("text", ["START", "start", "Resume", "subscribe"])
def test_words_that_begin_it_again(text: str) -> None:
    assert chosen_in(said(text)) == Chosen("resume", NOON)


@pytest.mark.parametrize("text", ["", "stop the job?", "when do I stop winding", "starter", "quiz me", "don't stop"])
def test_words_within_a_sentence_choose_nothing(text: str) -> None:
    assert chosen_in(said(text)) is None


def test_a_forwarded_stop_is_somebody_elses() -> None:
    assert chosen_in(said("STOP", forwarded=True)) is None


def test_the_latest_choice_holds_and_of_two_at_once_the_one_that_ends() -> None:
    stop, resume = Chosen("stop", NOON), Chosen("resume", NOON)
    assert latest([resume, None, stop]) == latest([stop, resume]) == stop
    assert latest([stop, Chosen("resume", NOON + timedelta(seconds=1))]) == Chosen(
        "resume", NOON + timedelta(seconds=1)
    )
    assert latest([]) is None


@pytest.mark.parametrize("written", ["+44 7700 900461", "0044 7700 900461", "+44(7700)900-461"])
def test_a_number_as_people_write_it(written: str) -> None:
    assert phone_of(written) == "447700900461"


@pytest.mark.parametrize(
    "written", ["07700 900461", "", "+0", "+44 77", "kit", "+" + "4" * 16, "+４４7700900461", "+4 " * 90]
)
def test_a_number_without_its_country_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"\+44"):
        phone_of(written)
