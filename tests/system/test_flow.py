"""The whole flow over HTTP, on both platforms: from a CSV of people to a replayed dead letter.

One story, told once per platform, since each chapter stands on the one before. In the end everything that was logged
on the way is searched for what no log may hold.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.ports.documents import DELETE_FIELD, Merge
from shared.ports.messages import Message
from tests.harness.embedded_platform import ATTEMPTS, embedded_platform
from tests.harness.google_platform import RunningPlatform, Told, ask, eventually, google_platform
from tests.ports.harness import Unavailable

NOW = datetime.now(UTC)
JOE, MIA, ZOE = "joe.quillfeather@example.com", "mia.thistlewood@example.com", "zoe.larkspur@example.com"
LATECOMER = "ned.farthingale@example.com"
CSV = f"""name,email,role,manager,hire_date
Joe Quillfeather,{JOE},employee,{MIA},2025-03-01
Mia Thistlewood,{MIA},manager,,2021-01-04
Zoe Larkspur,{ZOE},employee,{MIA},2024-06-01
nobody at all,no address,employee,,
"""
QUOTE = "tell me what keeps your pager awake at night"
LINK = "https://calls.example.com/recordings/8f3a77"
ACCOUNT = "Marrowbone Hospitals"
SECRETS = ("Quillfeather", "Thistlewood", "Larkspur", "Farthingale", QUOTE, "calls.example.com", ACCOUNT, "83.17")
"""What people are called, what they said, and values that were posted: no log may hold any of it."""


@pytest.fixture
def logged() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.emulator)])
def house(request: pytest.FixtureRequest, tmp_path: Path, logged: io.StringIO) -> Iterator[RunningPlatform]:
    if request.param == "embedded":
        with embedded_platform(tmp_path, logged) as made:
            yield made
        return
    context = google_platform(tmp_path, logged)
    try:
        supplied = context.__enter__()
    except Unavailable as reason:
        pytest.skip(str(reason))
    try:
        yield supplied
    finally:
        context.__exit__(None, None, None)


def test_the_whole_flow(house: RunningPlatform, logged: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    nobody_comes_in_without_a_token_for_this_door(house)
    people_are_imported(house)
    events_become_ratings(house)
    a_rule_is_previewed_and_published(house)
    everybody_is_recalculated(house)
    practice_and_field_disagree(house)
    a_cursor_that_nobody_gave_is_refused(house)
    what_was_rejected_is_taken_in_again(house)
    the_night_writes_snapshots(house)
    what_cannot_be_delivered_ends_as_dead_letters_and_blocks_nobody(house)
    said = capfd.readouterr()
    nothing_that_no_log_may_hold(house, logged.getvalue() + said.out + said.err + house.said())


def nobody_comes_in_without_a_token_for_this_door(house: RunningPlatform) -> None:
    path = f"/api/v1/employees/{JOE}/skills"
    good = house.token("administration", "skills_api")
    head, claims, signature = good.split(".")
    forged = f"{head}.{claims}.{signature[:-6]}{'AAAAAA' if signature[-6:] != 'AAAAAA' else 'BBBBBB'}"
    assert ask(house, "GET", path, token="").status == 401
    assert ask(house, "GET", path, token=forged).status == 401
    assert ask(house, "GET", path, token=house.token("administration", "ingest")).status == 401
    assert ask(house, "GET", path, account="somebody-else").status == 403
    assert ask(house, "POST", "/api/v1/employees/import", CSV, account="voice-roleplay").status == 403


def people_are_imported(house: RunningPlatform) -> None:
    status, report = ask(house, "POST", "/api/v1/employees/import", CSV)
    assert (status, report["created"], report["rejected"]) == (200, 3, 1)
    assert [line["line"] for line in report["lines"] if line["result"] == "rejected"] == [5]
    eventually(lambda: len(people_told(house)) == 3, "the facts about three people")
    assert people_told(house)[JOE]["manager_id"] == MIA


def people_told(house: RunningPlatform) -> dict[str, dict[str, Any]]:
    return {fact["employee_id"]: fact for fact in house.facts("employee-changed")}


def events_become_ratings(house: RunningPlatform) -> None:
    first = role_play("p1", 83.17)
    created = post(house, first)
    again = post(house, first)
    assert (created.status, again.status) == (201, 200)
    assert again.value == {**created.value, "duplicate": True}
    assert post(house, {**first, "overall_score": 1}).status == 409
    listed = post(
        house,
        [
            role_play("p2", 88),
            role_play("p3", 90, industry="healthcare"),
            role_play("p3", 90, industry="healthcare"),
            role_play("p4", 70, employee=ZOE),
            role_play("p5", 60, competency="juggling"),
            {**role_play("p6", 60), "timestamp": "yesterday"},
        ],
    )
    assert listed.status == 207
    assert [item["status"] for item in listed.value["results"]] == [201, 201, 200, 201, 201, 422]
    assert listed.value["results"][4]["answer"]["held"][0]["competency"] == "juggling"
    assert listed.value["results"][5]["problem"]["errors"][0]["field"] == "timestamp"
    eventually(lambda: rated(house, JOE) and rated(house, ZOE), "the ratings")
    eventually(
        lambda: any(f["employee_id"] == JOE and f["skills"] for f in house.facts("skill-changed")),
        "the published fact",
    )
    eventually(lambda: skill(house, JOE, "discovery")["validation_events"] == 3, "all of Joe's role-plays")
    discovery = skill(house, JOE, "discovery")
    assert discovery["status"] == "validated"
    assert 83 < discovery["current_rating"] < 90
    healthcare = skill(house, JOE, "discovery", {"industry": "healthcare"})
    assert healthcare["preliminary_rating"] == 90
    history = ask(house, "GET", f"/api/v1/validation-events/{JOE}").value["items"]
    assert len(history) == 4
    held = ask(house, "GET", "/api/v1/held-scores").value["items"]
    assert [item["competency"] for item in held] == ["juggling"]


def a_rule_is_previewed_and_published(house: RunningPlatform) -> None:
    change = {
        "rules": [
            {
                "competency": "discovery",
                "min_validation_attempts": 4,
                "min_validation_score": 80,
                "observation_window_days": 90,
            }
        ]
    }
    preview = ask(house, "POST", "/api/v1/skills/discovery/preview", change).value
    lost = [item for item in preview["changes"] if item["context"] is None]
    assert [(item["employee_id"], item["status_now"], item["status_then"]) for item in lost] == [
        (JOE, "validated", "in_progress")
    ]
    assert skill(house, JOE, "discovery")["status"] == "validated"
    published = ask(house, "PUT", "/api/v1/skills/discovery", change)
    assert published.status == 200
    version = published.value["framework_version"]
    # The publication recalculates everybody by itself, and tells those who follow.
    eventually(lambda: ratings(house, JOE)["framework_version"] == version, "the recalculation under the new rule")
    assert skill(house, JOE, "discovery")["status"] == "in_progress"
    eventually(
        lambda: any(
            state["competency"] == "discovery" and state["status"] == "in_progress" and not state["context"]
            for fact in house.facts("skill-changed")
            if fact["employee_id"] == JOE and fact["framework_version"] == version
            for state in fact["skills"]
        ),
        "the published loss",
    )
    eventually(
        lambda: version in [fact["version"] for fact in house.facts("framework-published")], "the published framework"
    )


def everybody_is_recalculated(house: RunningPlatform) -> None:
    finished = the_end_of(house, started(house, from_ledger=True))
    assert finished["employees"] == 3
    assert (finished["state"], finished["employees_done"], finished["rebuilt"]) == ("finished", 3, 3)


def practice_and_field_disagree(house: RunningPlatform) -> None:
    for number in range(3):
        told = post(house, call(f"c{number}", 58), path="field-observations")
        assert told.status == 201
        assert told.value["standing"] == "counted"
    # Joe sees an analyst's scores first.
    eventually(lambda: skill(house, JOE, "discovery", own=True)["discrepancy"], "the discrepancy")
    found = skill(house, JOE, "discovery", own=True)
    assert (found["field_rating"], found["basis"]) == (58, "field")
    assert found["practice_rating"] > 80
    (fact,) = eventually(lambda: discrepancies_told(house), "the fact about the discrepancy").values()
    assert (fact["employee_id"], fact["competency"], fact["state"]) == (JOE, "discovery", "found")
    assert (fact["direction"], fact["field_rating"]) == ("practice_ahead", 58)
    assert fact["difference"] == round(fact["practice_rating"] - 58, 2) >= 15
    assert fact["since"] == (NOW - timedelta(days=1)).date().isoformat()
    # Recalculated from the ledger, it is no news.
    assert the_end_of(house, started(house, employee_ids=[JOE], from_ledger=True))["changed"] == 0
    assert discrepancies_told(house) == {(fact["discrepancy_id"], fact["revision"]): fact}
    waiting = post(house, call("machine", 99, reviewed=False), path="field-observations")
    assert waiting.value["standing"] == "held"


def discrepancies_told(house: RunningPlatform) -> dict[tuple[str, int], dict[str, Any]]:
    """What was told of discrepancies of general skills; a repetition is the same fact."""
    facts: dict[tuple[str, int], dict[str, Any]] = {}
    for fact in house.facts("discrepancy-changed"):
        if not fact["context"]:
            assert facts.setdefault((fact["discrepancy_id"], fact["revision"]), fact) == fact
    return facts


def a_cursor_that_nobody_gave_is_refused(house: RunningPlatform) -> None:
    path = f"/api/v1/validation-events/{JOE}?limit=3"
    given = ask(house, "GET", path).value["next_cursor"]
    assert len(ask(house, "GET", f"{path}&cursor={given}").value["items"]) == 1
    for odd in ("a/b", "a/b/c", "/", "..", "__x__", "x" * 201):
        forged = base64.urlsafe_b64encode(json.dumps([NOW.isoformat(), odd]).encode()).decode().rstrip("=")
        refused = ask(house, "GET", f"{path}&cursor={forged}")
        assert (refused.status, refused.value["errors"][0]["field"]) == (422, "cursor"), odd


def what_was_rejected_is_taken_in_again(house: RunningPlatform) -> None:
    refused = post(house, role_play("late-joiner", 75, employee=LATECOMER))
    assert refused.status == 422
    kept = refused.value["quarantine_id"]
    item = ask(house, "GET", f"/api/v1/quarantine/{kept}").value
    assert (item["state"], item["field"]) == ("open", "employee_id")
    assert LATECOMER in item["content"]
    assert ask(house, "POST", f"/api/v1/quarantine/{kept}/replay").status == 422
    people = f"name,email\nNed Farthingale,{LATECOMER}\n"
    assert ask(house, "POST", "/api/v1/employees/import", people).value["created"] == 1
    replayed = ask(house, "POST", f"/api/v1/quarantine/{kept}/replay")
    assert (replayed.status, replayed.value["status"]) == (200, 201)
    assert ask(house, "GET", f"/api/v1/quarantine/{kept}").value["state"] == "replayed"
    eventually(lambda: rated(house, LATECOMER), "the late rating")


def the_night_writes_snapshots(house: RunningPlatform) -> None:
    house.clock("nightly-recalculation")
    facts = eventually(
        lambda: (f := {x["employee_id"]: x for x in house.facts("ratings-snapshotted")}) and len(f) == 4 and f,
        "a snapshot of everybody",
    )
    # Whoever reads the warehouse is not Joe: a call of his is still closed to others, who are told of fewer changes.
    known = ratings(house, JOE)
    assert facts[JOE]["revision"] == known["others"]["revision"] < known["revision"]
    house.clock("pending-sweep")


def what_cannot_be_delivered_ends_as_dead_letters_and_blocks_nobody(house: RunningPlatform) -> None:
    """Zoe's state holds what no code has written: whatever touches it fails, as a message and as a task."""
    good_fact = next(fact for fact in house.facts("observation-recorded") if fact["employee_id"] == ZOE)
    documents = house.platform.documents
    documents.commit([Merge(f"states/{ZOE}", {"observations": {"oddity": "{no entry"}})])
    house.platform.bus.publish("observation-recorded", [Message(good_fact, {"employee_id": ZOE})])
    run = started(house, employee_ids=[ZOE, JOE])
    # Meanwhile the same topic and the same queue serve the others.
    before = ratings(house, JOE)["revision"]
    assert post(house, role_play("meanwhile", 91)).status == 201
    eventually(lambda: ratings(house, JOE)["revision"] > before, "Joe's rating beside the poison")
    other = started(house, employee_ids=[MIA])
    assert the_end_of(house, other)["state"] == "finished"
    letters = eventually(lambda: (found := collected(house)) and len(found) == 2 and found, "two dead letters")
    message, task = letters["rating_update--observation-recorded"], letters["recalculation"]
    assert message["attempts"] >= ATTEMPTS
    assert "JSONDecodeError" in message["reason"]
    assert task["attempts"] == ATTEMPTS
    assert "JSONDecodeError" in task["reason"]
    shown = ask(house, "GET", f"/api/v1/dead-letters/{message['letter_id']}").value
    assert shown["data"]["event_id"] == good_fact["event_id"]
    assert ask(house, "GET", f"/api/v1/dead-letters/{task['letter_id']}").value["data"]["employee_ids"] == [ZOE, JOE]
    assert ask(house, "GET", f"/api/v1/recalculations/{run['run_id']}").value["state"] == "running"

    # A rebuild from the ledger mends what was broken, and says that there was something.
    mended = the_end_of(house, started(house, employee_ids=[ZOE], from_ledger=True))
    assert (mended["state"], mended["repaired"]) == ("finished_with_differences", 1)
    state = documents.get(f"states/{ZOE}")
    assert state is not None
    assert "oddity" not in state.data["observations"]
    for letter in (message, task):
        assert ask(house, "POST", f"/api/v1/dead-letters/{letter['letter_id']}/replay").status == 200
    assert the_end_of(house, run)["employees_done"] == 2
    eventually(lambda: not dead_letters(house), "an empty list of dead letters")
    assert ask(house, "POST", f"/api/v1/dead-letters/{message['letter_id']}/replay").status == 404
    # And a message that nothing can ever come of is set aside at once, with its reason.
    house.platform.bus.publish("observation-recorded", [Message({"employee_id": ZOE, "scores": "none"})])
    aside = eventually(
        lambda: [i for i in ask(house, "GET", "/api/v1/quarantine").value["items"] if i["source"] == "rating_update"],
        "the message in quarantine",
    )
    assert aside[0]["reason"]
    documents.commit([Merge(f"states/{ZOE}", {"observations": {"oddity": DELETE_FIELD}})])


def nothing_that_no_log_may_hold(house: RunningPlatform, text: str) -> None:
    """No token, no address, no name, no word of a call, no value that was posted."""
    events = [json.loads(line).get("event") for line in text.splitlines() if line.startswith('{"severity"')]
    assert {"recalculation.started", "state.repaired", "request.rejected", "delivery.failed"} <= set(events)
    assert not re.findall(r"[\w.%+-]+(?:@|%40)[\w.-]+", text)
    assert "eyJ" not in text
    assert house.minted
    for secret in (*SECRETS, *(token[-40:] for token in house.minted)):
        assert secret.lower() not in text.lower(), secret


def role_play(
    name: str, score: float, *, employee: str = JOE, competency: str = "discovery", **context: str
) -> dict[str, Any]:
    one: dict[str, Any] = {"competency": competency, "score": score}
    if context:
        one["context"] = context
    return {
        "event_id": name,
        "employee_id": employee,
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": (NOW - timedelta(days=3)).isoformat(),
        "overall_score": score,
        "passed": True,
        "competency_scores": [one],
        "details_url": LINK,
    }


def call(name: str, score: float, *, reviewed: bool = True) -> dict[str, Any]:
    return {
        "observation_id": name,
        "employee_id": JOE,
        "observation_source": "gong",
        "source_id": name,
        "timestamp": (NOW - timedelta(days=1)).isoformat(),
        "competency_scores": [{"competency": "discovery", "score": score, "evidence": QUOTE}],
        "context": {"account_name": ACCOUNT, "industry": "healthcare"},
        "analysis_metadata": {"model_used": "lexical-1", "confidence_score": 0.5, "human_reviewed": reviewed},
    }


def post(house: RunningPlatform, body: Any, *, path: str = "validation-events") -> Told:
    return ask(house, "POST", f"/api/v1/{path}", body, account="voice-roleplay", function="ingest")


def skill(
    house: RunningPlatform,
    employee_id: str,
    competency: str,
    context: dict[str, str] | None = None,
    *,
    own: bool = False,
) -> dict[str, Any]:
    token = house.person(employee_id) if own else house.token("voice-roleplay", "skills_api")
    profile = ask(house, "GET", f"/api/v1/employees/{employee_id}/skills?view=all", token=token).value
    found: dict[str, Any] = next(
        row for row in profile["skills"] if (row["competency"], row["context"]) == (competency, context)
    )
    return found


def ratings(house: RunningPlatform, employee_id: str) -> dict[str, Any]:
    document = house.platform.documents.get(f"ratings/{employee_id}")
    return document.data if document else {"revision": 0, "framework_version": 0}


def rated(house: RunningPlatform, employee_id: str) -> bool:
    """Whether the ratings are those of the state as it is, and all is published."""
    state = house.platform.documents.get(f"states/{employee_id}")
    found = ratings(house, employee_id)
    return state is not None and found.get("state_version") == state.version and not found["pending"]


def started(house: RunningPlatform, **body: Any) -> dict[str, Any]:
    told = ask(house, "POST", "/api/v1/skills/recalculate", body)
    assert told.status == 202
    run: dict[str, Any] = told.value
    return run


def the_end_of(house: RunningPlatform, run: dict[str, Any]) -> dict[str, Any]:
    def finished() -> Any:
        progress = ask(house, "GET", f"/api/v1/recalculations/{run['run_id']}").value
        assert 0 <= progress["shards_done"] <= progress["shards"]
        return progress if progress["state"] != "running" else None

    found: dict[str, Any] = eventually(finished, f"the end of {run['run_id']}")
    return found


def collected(house: RunningPlatform) -> dict[str, dict[str, Any]]:
    """The dead letters, once the function that may take them out of their subscriptions has run."""
    house.clock("health-check")
    return dead_letters(house)


def dead_letters(house: RunningPlatform) -> dict[str, dict[str, Any]]:
    items = ask(house, "GET", "/api/v1/dead-letters").value["items"]
    return {item["subscription"]: item for item in items}
