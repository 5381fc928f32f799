"""Quarantine, dead letters, held scores, health and audit: what needs a person's hand, through the pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.portal.quarantine import page as quarantine
from infra.declarations.pipeline import Retry
from shared.kernel.errors import Malformed, Rejected
from shared.observations.contract import ValidationEvent
from shared.observations.usecases.interpret import sent
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.messages import Message
from tests.harness.browser import Person, words
from tests.portal.conftest import ADMINISTRATION, House


@pytest.fixture
def administrator(own: House) -> Person:
    person = own.visit("administrator")
    person.get("/health")
    return person


def event(own: House, **changes: Any) -> dict[str, Any]:
    return {
        "employee_id": own.people["employee"][0],
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "overall_score": 80,
        "passed": True,
        "competency_scores": [{"competency": "discovery", "score": 80, "evidence": "She asked about the budget"}],
        **changes,
    }


def state_of(own: House, quarantine_id: str) -> str:
    known = own.platform.quarantined.get(quarantine_id)
    assert known is not None
    return known.state


def test_quarantined_input_is_shown_as_it_came_and_taken_in_again(own: House, administrator: Person) -> None:
    raw = json.dumps(event(own)).encode()
    item = own.platform.quarantine.keep("record_validation_event", raw, Rejected("no such employee"), sent_by="x@y")

    listed = administrator.text("/quarantine")
    shown = administrator.text(f"/quarantine/{item}")
    replayed = administrator.post(f"/quarantine/{item}/replay", {}, follow=True)

    assert "No such employee" in listed or "no such employee" in listed
    assert "She asked about the budget" in shown
    assert "Taken in." in words(replayed)
    assert state_of(own, item) == "replayed"


def test_input_that_is_rejected_again_stays_with_its_new_reason(own: House, administrator: Person) -> None:
    item = own.platform.quarantine.keep("record_validation_event", b"{", Malformed("cut off"), sent_by="x@y")

    page = administrator.post(f"/quarantine/{item}/replay", {})

    assert page.status_code == 422
    assert "It is still rejected." in words(page)
    assert "not JSON" in words(page)
    assert state_of(own, item) == "open"


def test_what_the_recorder_answered_about_a_call_offers_to_ask_for_the_call_again(
    own: House, administrator: Person
) -> None:
    record = own.platform.call_records.blank("gong", "77", datetime.now(UTC)).changed(state="failed")
    own.platform.call_records.create(record)
    odd = Malformed("the call has no start", field="calls.0")
    item = own.platform.quarantine.keep("gong_call", b"{", odd, sent_by="gong", record_id="gong-77")
    listing = own.platform.quarantine.keep("gong_batch", b"{", odd, sent_by="gong")

    assert "Ask for the call again" in administrator.text(f"/quarantine/{item}")
    shown = administrator.text(f"/quarantine/{listing}")
    assert "It cannot be taken in again from here" in shown
    assert "Replay" not in shown

    asked = administrator.post(f"/quarantine/{item}/replay", {})
    assert (asked.status_code, asked.headers["Location"]) == (303, "/calls/gong-77?done=queued")
    assert own.platform.call_records.get("gong-77").analysis == 1
    assert state_of(own, item) == "replayed"


def test_discarding_asks_first(own: House, administrator: Person) -> None:
    item = own.platform.quarantine.keep("record_validation_event", b"nothing", Malformed("no JSON"), sent_by="x@y")

    asked = administrator.post(f"/quarantine/{item}/discard", {})
    assert "Discard it for good?" in words(asked)
    assert state_of(own, item) == "open"

    done = administrator.post(f"/quarantine/{item}/discard", {"confirmed": "yes"}, follow=True)
    assert "Discarded." in words(done)
    assert own.platform.audited.page(action=AuditAction.QUARANTINE_DISCARDED, subject=item).items


def dead_letter(own: House) -> str:
    """The id of a message that its function refused for good."""
    queue = own.parts.queue
    known = {letter.letter_id for letter in queue.list()}
    queue.publish("observation-recorded", [Message({"event_id": "e", "quote": "Their budget is gone"}, {})])
    channel = next(name for name in queue.backlog() if name.startswith("rating_update"))
    for delivery in queue.lease(channel, 10_000, 30):
        if "Their budget" in delivery.data:
            assert queue.refuse(delivery, Retry(1, 1, 1), "ValueError: poison")
        else:
            queue.release([delivery])
    return next(letter.letter_id for letter in queue.list() if letter.letter_id not in known)


def test_a_dead_letter_is_inspected_and_delivered_again(own: House, administrator: Person) -> None:
    letter_id = dead_letter(own)

    listed = administrator.text("/dead-letters")
    shown = administrator.text(f"/dead-letters/{letter_id}")
    replayed = administrator.post(f"/dead-letters/{letter_id}/replay", {}, follow=True)

    assert "rating_update" in listed
    assert "ValueError: poison" in shown
    assert "Their budget is gone" in shown
    assert "The message is delivered again." in words(replayed)
    assert own.parts.queue.get(letter_id) is None
    assert administrator.get(f"/dead-letters/{letter_id}").status_code == 404


def test_a_dead_letter_is_discarded_after_a_second_thought(own: House, administrator: Person) -> None:
    letter_id = dead_letter(own)

    assert "Discard it for good?" in words(administrator.post(f"/dead-letters/{letter_id}/discard", {}))
    assert own.parts.queue.get(letter_id) is not None
    administrator.post(f"/dead-letters/{letter_id}/discard", {"confirmed": "yes"})

    assert own.parts.queue.get(letter_id) is None
    actions = {record.action for record in own.platform.audited.page(subject=letter_id).items}
    assert actions == {"dead_letter.viewed", "dead_letter.discarded"}


def test_an_unknown_word_is_mapped_and_counts(own: House, administrator: Person) -> None:
    body = event(own, event_id="held-1", competency_scores=[{"competency": "hunting", "score": 91}])
    own.platform.events.one(sent(ValidationEvent, body), ADMINISTRATION)

    page = administrator.text("/held-scores")
    assert "“hunting”" in page
    assert "1 score of 1 person" in page

    form = {"word": "hunting", "framework": "sales_engineering", "competency": "discovery"}
    preview = words(administrator.post("/held-scores", {**form, "decision": "preview"}))
    assert "“hunting” would be another word for Discovery. 1 score of 1 person count from then on" in preview
    assert own.platform.skills.framework(ADMINISTRATION, "sales_engineering").competency_named("hunting") is None
    mapped = administrator.post("/held-scores", {**form, "decision": "map"}, follow=True)

    assert mapped.request.path == "/skills/sales_engineering/discovery", "where the word can be taken out again"
    assert "hunting" in mapped.get_data(as_text=True)
    assert "All scores under this word count from now on." in words(mapped)
    framework = own.platform.skills.framework(ADMINISTRATION, "sales_engineering")
    assert framework.competency_named("hunting") == "discovery"
    assert "“hunting”" not in administrator.text("/held-scores")


def test_an_unknown_word_is_dismissed_or_becomes_a_skill(own: House, administrator: Person) -> None:
    for number, word in enumerate(("noise", "noise", "whiteboarding skill")):
        body = event(own, event_id=f"held-2-{number}", competency_scores=[{"competency": word, "score": 50}])
        own.platform.events.one(sent(ValidationEvent, body), ADMINISTRATION)

    html = administrator.get("/held-scores").get_data(as_text=True)
    add = re.search(r'href="(/skills/sales_engineering/add\?word=whiteboarding[^"]*)"', html)
    assert add
    assert 'value="whiteboarding_skill"' in administrator.get(add[1]).get_data(as_text=True)

    noise = {"word": "noise", "framework": "sales_engineering"}
    asked = administrator.post("/held-scores", {**noise, "decision": "preview"})
    assert "“noise” would be no skill at all: 2 scores of 1 person would leave this list" in words(asked)
    assert "“noise”" in administrator.text("/held-scores"), "one press alone dismisses nothing"
    assert html.count('value="dismiss"') == 0
    administrator.post("/held-scores", {**noise, "decision": "dismiss"})
    assert "“noise”" not in administrator.text("/held-scores")
    records = own.platform.audited.page(action=AuditAction.HELD_SCORE_DISMISSED).items
    assert [record.detail for record in records] == ["noise", "noise"], "one about each score"


def test_health_says_when_it_was_checked_and_what_waits(own: House, administrator: Person) -> None:
    before = administrator.text("/health")
    own.platform.health.check()
    after = administrator.text("/health")

    assert "Nothing has been checked yet." in before
    assert "Last checked just now." in after
    assert "Practice and tests" in after
    assert "observation-recorded" in after, "what the events of the house published is still waiting"


def test_audit_is_searched_by_actor_action_and_day(own: House, administrator: Person) -> None:
    cro = own.visit("cro")
    subject = own.people["employee"][3]
    cro.text(f"/people/{subject}")
    today = datetime.now(UTC).date()

    found = administrator.text(f"/audit?subject={subject}&action=profile.viewed&from={today}&to={today}")
    nothing = administrator.text(f"/audit?subject={subject}&to={today - timedelta(days=1)}")

    assert own.people["cro"][0] in found
    assert "No records match" in nothing
    wrong = administrator.get("/audit?from=2026-11-31")
    assert wrong.status_code == 422
    assert "Enter a date as 2026-11-30." in words(wrong)
    assert administrator.get("/audit?to=9999-12-31").status_code == 422
    reversed_days = administrator.get("/audit?from=2026-11-20&to=2026-11-01")
    assert "The end lies before the beginning." in words(reversed_days)


def test_audit_pages_back_to_the_first_record(own: House, administrator: Person) -> None:
    for number in range(60):
        own.platform.audit.record(ADMINISTRATION, AuditAction.EMPLOYEE_READMITTED, subject=f"subject-{number}")

    first = administrator.get("/audit?action=employee.readmitted").get_data(as_text=True)
    older = re.search(r'href="(/audit\?action=employee\.readmitted&amp;after=[^"]+)"', first)
    assert older
    second = administrator.get(older[1].replace("&amp;", "&")).get_data(as_text=True)

    seen = {int(number) for number in re.findall(r"subject-(\d+)", first + second)}
    assert seen == set(range(60))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"evidence": "He said no", "score": 3}', '"evidence": "He said no"'),
        (b'{"cut": "off', '{"cut": "off'),
        (b"\xff\xfe", "Not readable as text: 2 bytes"),
        (b"[" * 100_000, "[" * 8_000),
    ],
)
def test_raw_input_is_shown_as_far_as_it_can_be_read(raw: bytes, shown: str) -> None:
    assert shown in quarantine.readable(raw)
