"""Calls over HTTP on both platforms: found, analysed, observed, rated, reviewed; and all of it delivered again.

One story per platform, from the demonstration's recorder and language model. Deliveries are repeated by hand where the
queue or the topic would have repeated them, and nothing may move.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.corpus_gong import extensive_call, transcript_of
from infra.demonstration.vendors import DemonstrationVendors
from shared.kernel.json_values import Json
from shared.ports.documents import Query
from shared.ports.messages import Message
from tests.harness.embedded_platform import embedded_platform
from tests.harness.google_platform import RunningPlatform, ask, eventually, google_platform
from tests.ports.harness import Unavailable
from tests.system.small_corpus import CAST, ENID, JOE, KIM, PEOPLE, SmallStaging, script, staged

ALONE, TOGETHER = script("willow_pets_trial"), script("fernway_foods_two_voices")
NOBODYS = script("kestrel_aerospace_no_air_gap")


@contextmanager
def recorder() -> Iterator[DemonstrationVendors]:
    """A recorder with a call of Joe's, one of Joe's and Kim's, a private one, and one of people whom nobody knows."""
    staging = SmallStaging(scripts=(ALONE, TOGETHER))
    with DemonstrationVendors(staging) as started:
        first = staging.calls()[0]
        private = extensive_call(staged(NOBODYS, first.started))
        private["metaData"] |= {"id": "700000000000000000", "isPrivate": True}
        strangers = staged(NOBODYS, first.started)
        ours = {one.email for one in CAST.values()}
        other = extensive_call(strangers)
        other["parties"] = [party for party in other["parties"] if party.get("emailAddress") not in ours]
        started.recorder.add(private)
        started.recorder.add(other, transcript_of(strangers))
        yield started


@pytest.fixture
def vendors() -> Iterator[DemonstrationVendors]:
    with recorder() as started:
        yield started


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.emulator)])
def house(request: pytest.FixtureRequest, tmp_path: Path, vendors: DemonstrationVendors) -> Iterator[RunningPlatform]:
    made: Callable[..., AbstractContextManager[RunningPlatform]] = (
        embedded_platform if request.param == "embedded" else google_platform
    )
    with ExitStack() as stack:
        try:
            supplied = stack.enter_context(made(tmp_path, io.StringIO(), vendors.settings))
        except Unavailable as reason:
            pytest.skip(str(reason))
        yield supplied


def test_from_the_recorder_to_a_reviewed_rating(house: RunningPlatform, vendors: DemonstrationVendors) -> None:
    assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).value["created"] == 4
    calls_become_observations(house)
    observations_become_ratings(house)
    what_comes_again_changes_nothing(house, vendors)
    a_person_confirms_what_was_held(house)


def calls_become_observations(house: RunningPlatform) -> None:
    house.clock("gong-batch")
    calls = eventually(
        lambda: (c := calls_of(house)) and all(one["state"] == "observed" for one in c.values()) and len(c) == 2 and c,
        "two analysed calls",
    )
    assert calls.keys() == {record_of(ALONE.slug), record_of(TOGETHER.slug)}, "not the private one, nor a stranger's"
    alone, together = calls[record_of(ALONE.slug)], calls[record_of(TOGETHER.slug)]
    assert [one["employee_id"] for one in alone["results"]] == [JOE]
    assert sorted(one["employee_id"] for one in together["results"]) == [JOE, KIM]
    assert alone["deal"]["how"] == "crm"
    observed = ask(house, "GET", f"/api/v1/field-observations/{JOE}").value["items"]
    assert {item["source_id"] for item in observed} == {alone["call_id"], together["call_id"]}
    facts = eventually(lambda: len(f := analysed(house)) == 2 and f, "what was published about them")
    assert {fact["observations"] for fact in facts.values()} == {1, 2}
    assert all(fact["cost_usd"] is None and fact["output_tokens"] > 0 for fact in facts.values()), "no price is known"


def observations_become_ratings(house: RunningPlatform) -> None:
    eventually(lambda: rated(house, JOE) and rated(house, KIM), "the ratings")
    # One call each: nothing is certain yet, but what counted shows, and what was unsure does not.
    assert skill(house, JOE, "listening")["field_observations"] == 2
    assert skill(house, JOE, "closing")["field_observations"] == 1, "the other one waits for a person"
    assert skill(house, KIM, "value_articulation")["field_observations"] == 0, "all of hers does"
    waiting = eventually(lambda: reviews(house), "the review of what was unsure")
    assert [(item["employee_id"], item["reasons"]) for item in waiting if item["source_id"] == call_id(ALONE.slug)] == [
        (JOE, ["low_confidence"])
    ]


def what_comes_again_changes_nothing(house: RunningPlatform, vendors: DemonstrationVendors) -> None:
    before, asked, told = stored(house), len(vendors.model.recorded), len(house.facts("call-analysed"))
    platform = house.platform
    for repeated in range(2):
        for record in calls_of(house):
            task: dict[str, Json] = {"record_id": record, "analysis": 0, "route": "immediate"}
            platform.tasks.enqueue("gong-calls", "gong_call", task, name=f"again-{record}-{repeated}")
        for fact in house.facts("observation-recorded"):
            platform.bus.publish("observation-recorded", [Message(fact, {"employee_id": fact["employee_id"]})])
    house.clock("gong-batch")
    # A task that finds its call done says so once more, which shows that it has run.
    eventually(lambda: len(house.facts("call-analysed")) >= told + 4, "the repeated tasks")
    house.clock("pending-sweep")
    eventually(lambda: rated(house, JOE) and rated(house, KIM), "the ratings")
    assert stored(house) == before
    assert len(vendors.model.recorded) == asked, "nobody was asked, and paid, again"
    assert len(analysed(house)) == 2
    assert vendors.recorder.answered[429] == 0


def a_person_confirms_what_was_held(house: RunningPlatform) -> None:
    (item,) = [one for one in reviews(house) if one["source_id"] == call_id(ALONE.slug)]
    path = f"/api/v1/reviews/{item['review_id']}"
    seen = ask(house, "POST", f"{path}/own-scores", {"skip": True}, token=house.person(ENID)).value
    held = {one["competency"] for one in seen["scores"] if one["waits"]}
    assert held == {"closing", "value_articulation"}
    body = {"decision": "confirm", "event_id": seen["event_id"]}
    assert ask(house, "POST", f"{path}/decision", body, token=house.person(JOE)).status == 403, "nobody's own"
    decided = ask(house, "POST", f"{path}/decision", body, token=house.person(ENID))
    assert (decided.status, decided.value["outcome"]) == (200, "confirmed")
    eventually(lambda: skill(house, JOE, "closing")["field_observations"] == 2, "the confirmed score in the rating")
    eventually(lambda: rated(house, JOE), "the rating")
    before = stored(house)
    again = ask(house, "POST", f"{path}/decision", body, token=house.person(ENID))
    assert (again.status, again.value) == (200, decided.value)
    facts = eventually(lambda: house.facts("review-decided"), "the decision")
    assert {(fact["review_id"], fact["decision"]) for fact in facts} == {(item["review_id"], "confirmed")}
    assert stored(house) == before


def record_of(slug: str) -> str:
    return f"gong-{call_id(slug)}"


def call_id(slug: str) -> str:
    return staged(script(slug), datetime.now(UTC)).call_id


def calls_of(house: RunningPlatform) -> dict[str, dict[str, Any]]:
    items = ask(house, "GET", "/api/v1/calls").value["items"]
    return {item["record_id"]: item for item in items}


def analysed(house: RunningPlatform) -> dict[tuple[str, int], dict[str, Any]]:
    """What was published about calls, repetitions once."""
    return {(fact["record_id"], fact["analysis"]): fact for fact in house.facts("call-analysed")}


def reviews(house: RunningPlatform) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(house, "GET", "/api/v1/reviews?state=open", token=house.person(ENID)).value[
        "items"
    ]
    return found


def skill(house: RunningPlatform, employee_id: str, competency: str) -> dict[str, Any]:
    # Who was on the call sees its scores first.
    path = f"/api/v1/employees/{employee_id}/skills?view=all"
    profile = ask(house, "GET", path, token=house.person(employee_id)).value
    found: dict[str, Any] = next(
        row for row in profile["skills"] if row["competency"] == competency and not row["context"]
    )
    return found


def rated(house: RunningPlatform, employee_id: str) -> bool:
    """Whether the ratings are those of the state as it is, and all is published."""
    documents = house.platform.documents
    state, ratings = documents.get(f"states/{employee_id}"), documents.get(f"ratings/{employee_id}")
    return bool(state and ratings and ratings.data["state_version"] == state.version and not ratings.data["pending"])


def stored(house: RunningPlatform) -> str:
    """The ledger, the states, the ratings, the reviews and the calls' records, with their times of change."""
    platform = house.platform
    found = [
        (document.path, document.data)
        for collection in ("events", "states", "ratings", "reviews")
        for document in platform.documents.query(Query(collection))
    ]
    found += [(document.path, document.data) for document in platform.integrations.query(Query("calls"))]
    return json.dumps(sorted(found, key=lambda one: one[0]), default=str, sort_keys=True, indent=1)
