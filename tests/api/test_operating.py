"""What an administrator operates over HTTP: recalculations, the audit, held scores, dead letters, health; readiness."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count

from infra.local.queue import LocalQueue
from shared.ports.documents import Put
from tests.api.skill_rows import skill_of
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    ENID,
    JOE,
    NOW,
    SARAH,
    ApiClient,
    role_play,
)
from tests.policy.operations import RATING, dead_letter


class TestRecalculation:
    def test_runs_and_tells_how_far_it_is(self, api: ApiClient) -> None:
        api.record(*(role_play(n) for n in range(3)))
        api.deliver()
        started = api.post("skills/recalculate", who=ADA)
        assert started.status == 202
        run = started.json
        assert (run["state"], run["shared_out"], run["employees_done"], run["started_by"]) == ("running", False, 0, ADA)
        assert run["finished_at"] is None
        assert started.headers["Location"] == f"/api/v1/recalculations/{run['run_id']}"
        api.deliver()
        done = api.get(f"recalculations/{run['run_id']}").json
        assert (done["state"], done["employees"], done["employees_done"], done["repaired"]) == ("finished", 11, 11, 0)
        assert done["finished_at"] is not None
        assert api.get("audit", action="recalculation.started").json["items"][0]["subject"] == run["run_id"]

    def test_from_the_ledger_repairs_a_state_that_lost_something(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=85) for n in range(3)))
        state = api.parts.documents.get(f"states/{JOE}")
        assert state is not None
        api.parts.documents.commit([Put(state.path, {**state.data, "observations": {}})])
        assert skill_of(api, JOE)["status"] == "not_started"
        run = api.post("skills/recalculate", {"employee_ids": [JOE.upper(), JOE], "from_ledger": True}).json
        assert run["employees"] == 1
        api.deliver()
        done = api.get(f"recalculations/{run['run_id']}").json
        assert (done["state"], done["rebuilt"], done["repaired"]) == ("finished_with_differences", 1, 1)
        assert skill_of(api, JOE)["status"] == "validated"

    def test_of_nobody_is_finished_at_once(self, api: ApiClient) -> None:
        assert api.post("skills/recalculate", {"employee_ids": []}).json["state"] == "finished"


class TestReadiness:
    def test_of_the_own_team_counts_those_validated_in_every_core_competency(self, api: ApiClient) -> None:
        core = [
            c["competency"]
            for c in api.get("frameworks/sales_engineering").json["framework"]["competencies"]
            if c["core"]
        ]
        scores = [{"competency": c, "score": 90, "context": {"industry": "fintech"}} for c in core]
        api.record(*(role_play(n, employee=SARAH, competency_scores=scores) for n in range(3)))
        api.deliver()
        answer = api.get("readiness", who=DANA).json
        assert (answer["people"], answer["ready"], answer["share"]) == (2, 1, 0.5)
        low, high = answer["interval"]
        assert 0 < low < 0.5 < high < 1
        coverage = {item["competency"]: item for item in answer["coverage"]}
        assert all(coverage[c]["validated"] == 1 and coverage[c]["not_started"] == 1 for c in core)
        assert answer["heat_map_dimension"] == "industry"
        discovery = next(line for line in answer["heat_map"] if line["competency"] == "discovery")
        fintech = next(cell for cell in discovery["cells"] if cell["value"] == "fintech")
        assert (fintech["mean"], fintech["people"]) == (90, 1)
        assert api.get("readiness", who=DANA, dimension="deal_size").json["heat_map_dimension"] == "deal_size"

    def test_of_few_people_is_suppressed_for_leadership(self, api: ApiClient) -> None:
        answer = api.get("readiness", who=CRO).json
        assert (answer["suppressed"], answer["mean_readiness"], answer["heat_map"]) == (True, None, [])


class TestOperations:
    def test_audit_records_are_searched_and_paged(self, api: ApiClient) -> None:
        for who in (CRO, ENID, CRO):
            api.clock.move(hours=1)
            api.get(f"employees/{JOE}/skills", who=who)
        api.clock.move(hours=1)
        api.get(f"employees/{SARAH}/skills", who=CRO)
        views = api.get("audit", actor=CRO, action="profile.viewed").json["items"]
        assert [item["subject"] for item in views] == [SARAH, JOE, JOE]
        assert len(api.get("audit", subject=JOE, action="profile.viewed").json["items"]) == 3
        since = (NOW + timedelta(hours=3)).isoformat()
        assert len(api.get("audit", action="profile.viewed", since=since).json["items"]) == 2
        assert len(api.get("audit", action="profile.viewed", until=since).json["items"]) == 2
        first = api.get("audit", limit=3).json
        second = api.get("audit", limit=200, cursor=first["next_cursor"]).json
        whole = api.get("audit", limit=200).json
        assert first["items"] + second["items"] == whole["items"]
        assert second["next_cursor"] is None

    def test_employees_are_paged_by_id(self, api: ApiClient) -> None:
        seen: list[str] = []
        cursor = None
        while True:
            page = api.get("employees", limit=4, **({"cursor": cursor} if cursor else {})).json
            seen += [item["employee_id"] for item in page["employees"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == sorted(seen)
        assert len(seen) == len(set(seen)) == 11

    def test_held_scores_are_paged(self, api: ApiClient) -> None:
        for number in range(5):
            api.clock.move(seconds=1)
            scores = [{"competency": f"word{number}", "score": 80}]
            api.record(role_play(number, competency_scores=scores))
        first = api.get("held-scores", limit=2).json
        rest = api.get("held-scores", limit=50, cursor=first["next_cursor"]).json
        assert [i["competency"] for i in first["items"] + rest["items"]] == [f"word{n}" for n in (4, 3, 2, 1, 0)]

    def test_a_poison_message_is_kept_with_its_reason_and_can_be_discarded(self, api: ApiClient) -> None:
        api.parts.queue.enqueue("recalculation", "recalculate_shard", {"employee_ids": ["x"], "run_id": "r"})
        retry = api.parts.pipeline.queues["recalculation"].retry
        hours = count(1)
        hasty = LocalQueue(
            api.parts.directory / "documents.sqlite", api.parts.pipeline, now=lambda: time.time() + 3600 * next(hours)
        )
        given_up = False
        while not given_up:
            (leased,) = hasty.lease("recalculation", 1, 60)
            given_up = hasty.refuse(leased, retry, "503 nobody answers")
        hasty.close()
        (item,) = api.get("dead-letters").json["items"]
        assert item["reason"] == "503 nobody answers"
        shown = api.get(f"dead-letters/{item['letter_id']}").json
        assert shown["data"]["run_id"] == "r"
        assert api.post(f"dead-letters/{item['letter_id']}/replay").json == {"done": True}
        assert api.get("dead-letters").json["items"] == []
        assert api.get(f"dead-letters/{item['letter_id']}").status == 404
        assert api.delete(f"dead-letters/{item['letter_id']}").status == 404
        actions = [i["action"] for i in api.get("audit", subject=item["letter_id"]).json["items"]]
        assert {"dead_letter.viewed", "dead_letter.replayed"} <= set(actions)

    def test_letters_are_delivered_again_all_at_once(self, api: ApiClient) -> None:
        given_up = [dead_letter(api) for _ in range(3)]
        other = dead_letter(api, "recalculation")
        told = api.post("dead-letters/replay", {"subscription": RATING}).json
        assert told == {"replayed": 3, "stay": 0, "more": False}
        assert [item["letter_id"] for item in api.get("dead-letters").json["items"]] == [other]
        assert api.parts.queue.backlog()[RATING][0] == len(given_up)
        assert api.post("dead-letters/replay", {}).json["replayed"] == 1
        assert api.get("dead-letters").json["items"] == []

    def test_health_tells_when_it_was_checked_and_what_is_silent(self, api: ApiClient) -> None:
        assert api.get("health").json == {"state": "unknown", "checked_at": None, "integrations": []}
        api.record(role_play(1))
        api.deliver()
        api.platform.health.check()
        health = api.get("health").json
        states = {item["name"]: item["state"] for item in health["integrations"]}
        assert health["state"] == "ok"
        assert (states["practice and tests"], states["field observations"]) == ("ok", "not_configured")
        assert (states["ratings"], states["delivery"], states["Gong"]) == ("ok", "ok", "not_configured")
        assert states["recalculation"] == "not_configured"
        api.clock.move(minutes=44)
        assert api.get("health").json["state"] == "ok"
        api.clock.move(minutes=2)
        assert api.get("health").json["state"] == "unknown"
        api.clock.move(days=4)
        api.platform.health.check()
        silent = next(i for i in api.get("health").json["integrations"] if i["name"] == "practice and tests")
        assert (silent["state"], silent["detail"]) == ("stale", "silent for 4 days")
        assert api.get("health").json["state"] == "degraded"
