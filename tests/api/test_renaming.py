"""What an integrator sees when a person gets another id, and when two records become one person, over HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

from functions.skills_api.routes import ROUTES as EVERY_ROUTE
from shared.observations.state_records import States
from tests.api.test_changes import Copy, settle
from tests.api.test_event_identity import ROUTES
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    JOE,
    SARAH,
    VIC,
    ApiClient,
    Reply,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)
from tests.learning import apprentices

CLEO = "cleo@jointers.example"
RENAMED_ANA = "ana.married@jointers.example"
JANE = "jane.smith@augmentcode.com"
WHY = "Took another name"


def without_id(number: int, employee: str = JOE, **fields: Any) -> dict[str, Any]:
    """A role-play whose sender gives no id."""
    return {name: value for name, value in role_play(number, employee=employee, **fields).items() if name != "event_id"}


def rename(api: ApiClient, employee_id: str = JOE, new_id: str = JANE, **more: Any) -> Reply:
    return api.post(f"employees/{employee_id}/rename", {"new_id": new_id, "reason": WHY}, **more)


def merge(api: ApiClient, employee_id: str, into: str, **more: Any) -> Reply:
    return api.post(f"employees/{employee_id}/merge", {"into": into, "reason": WHY}, **more)


def to_the_end(api: ApiClient, run: Reply) -> dict[str, Any]:
    """Delivers what the move asks for, now and when its second look is due; the run."""
    assert run.status == 202, run
    for _ in range(2):
        api.deliver()
        api.clock.move(hours=3)
        api.platform.identities.runs.resume()
    api.deliver()
    found: dict[str, Any] = api.get(f"moves/{run.json['run_id']}").json
    return found


def is_green(api: ApiClient) -> bool:
    """Whether the comparison of every state with the ledger finds no difference."""
    run = api.post("skills/recalculate", {"from_ledger": True})
    api.deliver()
    found = api.get(f"recalculations/{run.json['run_id']}").json
    return (found["state"], found["repaired"]) == ("finished", 0)


def skills(api: ApiClient, employee_id: str) -> Any:
    return api.get(f"employees/{employee_id}/skills").json["skills"]


class TestRename:
    def test_everything_is_there_under_the_new_id_at_once_and_the_old_one_leads_there(self, api: ApiClient) -> None:
        sent = [role_play(1), without_id(2), call_seen(3), lesson(4), call_analysed(5)]
        api.record(*sent)
        api.deliver()
        before = skills(api, JOE)

        run = rename(api)
        assert (run.status, run.json["state"], run.json["former_id"], run.json["employee_id"]) == (
            202,
            "running",
            JOE,
            JANE,
        )
        state = States(api.platform.documents).get(JANE)
        assert state is not None
        assert len(api.platform.first_sight.closed(state).calls) == 1, "what is closed stays closed"
        for one in (JANE, JOE, "JOE@augmentcode.com"):
            assert skills(api, one) == before
            assert api.get(f"employees/{one}").json["employee_id"] == JANE
            assert api.get(f"employees/{one}").json["name"] == "Joe Smith"
        assert is_green(api)

        for event in sent:
            route = ROUTES["validation" if "event_type" in event else "field" if "source_id" in event else "learning"]
            for one in (JOE, JANE):
                again = api.post(route, {**event, "employee_id": one})
                assert (again.status, again.json["duplicate"], again.json["employee_id"]) == (200, True, JANE), again
        for number, one in ((6, JOE), (7, JANE)):
            new = api.post(ROUTES["validation"], without_id(number, employee=one))
            assert (new.status, new.json["employee_id"]) == (201, JANE)
        together = api.post(ROUTES["validation"], [without_id(8), without_id(8, employee=JANE)]).json["results"]
        assert [one["answer"]["duplicate"] for one in together] == [False, True], together

        finished = to_the_end(api, run)
        assert finished["state"] == "finished"
        assert is_green(api)
        for kind in ROUTES:
            history = api.get(f"{ROUTES[kind]}/{JOE}").json["items"]
            assert history == api.get(f"{ROUTES[kind]}/{JANE}").json["items"] != []
            assert repr(JOE) not in str(history)
        for event in sent:
            route = ROUTES["validation" if "event_type" in event else "field" if "source_id" in event else "learning"]
            assert api.post(route, {**event, "employee_id": JOE}).json["duplicate"]
        assert is_green(api)

    def test_every_answer_about_the_former_id_names_the_present_one(self, api: ApiClient) -> None:
        """Who keeps a copy by the ids of answers keeps one person, whichever id they ask for."""
        sent = [role_play(1), call_seen(3), lesson(4), call_analysed(5)]
        api.record(*sent)
        settle(api)
        to_the_end(api, rename(api))
        apprentices.prepare(api)
        apprentices.enrolled(api)
        to_the_end(api, rename(api, apprentices.ANA, RENAMED_ANA))
        of_a_person = [one for one in EVERY_ROUTE if one.method == "GET" and "<employee_id>" in one.path]
        assert len(of_a_person) >= 7
        for route in of_a_person:
            path = route.path.removeprefix("/api/v1/").replace("<competency>", "K1")
            who = JANE if route.permission == "notifications.read" else ADA
            ids = (apprentices.ANA, RENAMED_ANA) if path.startswith("learning/") else (JOE, JANE)
            former, present = (api.get(path.replace("<employee_id>", one), who=who) for one in ids)
            assert (former.status, former.raw) == (200, present.raw), path
            assert path.endswith("/former-ids") or f'"{ids[0]}"' not in former.raw.decode(), path
        assert api.get("calls", who=CRO, employee=JOE).raw == api.get("calls", who=CRO, employee=JANE).raw
        again = merge(api, SARAH, JOE)
        assert (again.status, again.json["employee_id"]) == (202, JANE), "into whom is named by any id"
        assert merge(api, SARAH, JOE).json["run_id"] == again.json["run_id"]
        late = rename(api, new_id="other@augmentcode.com")
        assert (late.status, JANE in late.json["detail"]) == (409, True), "who goes is named by the id that they have"

    def test_what_a_learner_is_held_to_goes_with_them_when_they_are_merged(self, api: ApiClient) -> None:
        apprentices.prepare(api, CLEO)
        apprentices.enrolled(api, apprentices.BEN)
        assert api.get(f"learning/enrolments/{CLEO}").status == 404
        to_the_end(api, merge(api, apprentices.BEN, CLEO))
        former, present = (api.get(f"learning/enrolments/{one}") for one in (apprentices.BEN, CLEO))
        assert (former.status, former.json) == (200, present.json)
        assert (present.json["employee_id"], present.json["standard"]) == (CLEO, apprentices.STANDARD)

    def test_histories_and_events_are_whole_while_the_move_runs(self, api: ApiClient) -> None:
        sent = [role_play(1), without_id(2), call_seen(3), lesson(4), call_analysed(5)]
        api.record(*sent)
        api.deliver()
        routes = [f"{ROUTES[kind]}/{{}}" for kind in ("validation", "field", "learning")]

        def shown(who: str, named: str, **by: str) -> list[Any]:
            items = [item for route in routes for item in api.get(route.format(who), who=CRO, **by).json["items"]]
            assert {item["payload"].pop("employee_id") for item in items} == {named}
            return [{**item, "review_id": None} for item in items]

        telling = {"standing": "counted", "competency": "discovery"}
        before, counted = shown(JOE, JOE), shown(JOE, JOE, **telling)
        rename(api)
        for one in (JANE, JOE):
            assert shown(one, JANE) == before, "nothing has been moved yet"
            assert shown(one, JANE, **telling) == counted, "what is closed stays closed"
        event = api.get(f"events/{sent[0]['event_id']}", who=DANA, source=sent[0]["event_source"])
        assert (event.status, event.json["employee_id"]) == (200, JANE), event

    def test_the_reporting_line_follows_and_the_person_signs_in_by_either_address(self, api: ApiClient) -> None:
        new = "dana.new@augmentcode.com"
        assert rename(api, DANA, new).status == 202
        assert {one["employee_id"] for one in api.get("employees", manager=DANA).json["employees"]} == {JOE, SARAH}
        assert api.get(f"employees/{JOE}").json["manager"] == new
        for who in (DANA, new):
            assert api.get(f"employees/{JOE}", who=who).status == 200
        body = {"employee_id": DANA, "name": "Dana Manager", "role": "manager", "manager": VIC}
        assert [api.put(f"employees/{one}", body).json["employee_id"] for one in (new, DANA)] == [new, new]
        imported = api.import_people(f"name,email,manager\nJoe Smith,{JOE},{DANA}\nDana Manager,{DANA},{VIC}\n")
        assert [line["detail"] for line in imported.json["lines"]] == [None, None]
        alone = api.import_people(f"name,email,manager\nJoe Smith,{JOE},{DANA}\n")
        assert [line["detail"] for line in alone.json["lines"]] == [None], "the manager is known by either id"
        assert api.get(f"employees/{JOE}").json["manager"] == new
        assert api.parts.documents.get(f"employees/{DANA}") is None

    def test_nobody_reports_to_themselves_by_either_id(self, api: ApiClient) -> None:
        rename(api)
        for one in (JOE, JANE):
            answer = api.put(f"employees/{JANE}", {"name": "Jane Smith", "role": "employee", "manager": one})
            assert (answer.status, answer.fields) == (422, ["manager"])
        assert api.get(f"employees/{JANE}").json["manager"] == DANA

    def test_is_refused_where_the_ids_are_not_right(self, api: ApiClient) -> None:
        assert (rename(api, new_id=JOE).status, rename(api, new_id=SARAH).status) == (422, 409)
        assert rename(api, "nobody@augmentcode.com").status == 404
        assert rename(api, ADA, who=ADA).status == 403
        assert rename(api, who=DANA).status == 403
        first = rename(api)
        assert rename(api).json["run_id"] == first.json["run_id"], "asked again it is the same"
        assert rename(api, new_id="other@augmentcode.com").status == 409
        assert rename(api, JANE, "other@augmentcode.com").status == 409, "another move of the person is under way"
        assert rename(api, SARAH, JOE).status == 409, "an id that leads to somebody"
        to_the_end(api, first)
        assert rename(api, JANE, "other@augmentcode.com").status == 202
        assert api.get(f"employees/{JOE}").json["employee_id"] == "other@augmentcode.com", "no alias leads to an alias"

    def test_a_mistyped_id_is_undone_and_everything_is_as_it_was(self, api: ApiClient) -> None:
        sent = [role_play(1), without_id(2), call_seen(3), lesson(4)]
        api.record(*sent)
        settle(api)
        copies = [Copy(api, CRO) for _ in range(2)]
        before = skills(api, JOE)
        wrong = rename(api)
        assert rename(api, JANE, JOE).status == 409, "the move is under way"
        to_the_end(api, wrong)
        settle(api)
        copies[0].poll()
        assert JOE not in copies[0].profiles

        back = rename(api, JANE, JOE)
        assert rename(api, JANE, JOE).json["run_id"] == back.json["run_id"]
        assert (api.get(f"employees/{JANE}").json["employee_id"], skills(api, JANE)) == (JOE, before)
        assert is_green(api)
        assert to_the_end(api, back)["state"] == "finished"
        assert is_green(api)
        state = api.parts.documents.get(f"states/{JOE}")
        assert state is not None
        assert (state.data["number"], state.data["former"]) == (JOE, [JANE])
        assert api.parts.documents.get(f"aliases/{JOE}") is None
        for event in sent:
            route = ROUTES["validation" if "event_type" in event else "field" if "source_id" in event else "learning"]
            for one in (JOE, JANE):
                again = api.post(route, {**event, "employee_id": one})
                assert (again.json["duplicate"], again.json["employee_id"]) == (True, JOE)
        settle(api)
        for copy in copies:
            copy.poll()
            assert JOE in copy.profiles
            assert copy.is_whole
        assert rename(api, SARAH, JANE).status == 409, "the wrong id leads to its person, still"

    def test_a_mistyped_id_is_released_for_whose_it_is(self, api: ApiClient) -> None:
        """Jane was Joe's wrong id: all that came under it is his, and the Jane who joins has a history of her own."""
        wrong = api.put(f"employees/{JANE}", {"name": "Joe Smith", "manager": DANA})
        assert wrong.status == 200
        api.record(role_play(1, employee=JANE), without_id(2, JANE), call_seen(3, employee=JANE))
        api.deliver()
        run = merge(api, JANE, JOE)
        route = f"employees/{JOE}/former-ids"

        def release(**more: Any) -> Reply:
            return api.post(f"{route}/{JANE}/release", {"reason": "Jane joins"}, **more)

        assert release().status == 409, "what came in under it is still being moved"
        to_the_end(api, run)
        listed = api.get(route).json
        assert [one["former_id"] for one in listed["former_ids"]] == [JANE]
        before = skills(api, JOE)
        assert api.post(f"employees/{SARAH}/former-ids/{JANE}/release", {"reason": "No"}).status == 404
        assert release(who=DANA).status == 403
        assert [release().json["former_ids"], release().json["former_ids"]] == [[], []], "asked again it is the same"
        (audited,) = api.get("audit", who=ADA, action="employee_id.released").json["items"]
        assert (audited["subject"], JANE in audited["detail"]) == (JOE, True)
        assert api.get(f"employees/{JANE}").status == 404
        unknown = api.post(ROUTES["validation"], without_id(2, JANE))
        assert (unknown.status, unknown.fields) == (422, ["employee_id"])

        api.put(f"employees/{JANE}", {"name": "Jane Smith", "manager": DANA})
        assert [api.get(f"{ROUTES[kind]}/{JANE}").json["items"] for kind in ("validation", "field")] == [[], []]
        same = api.post(ROUTES["validation"], without_id(2, JANE))
        assert (same.status, same.json["employee_id"]) == (201, JANE), "what both did alike is each one's own"
        assert api.post(ROUTES["validation"], without_id(2, JANE)).json["duplicate"]
        taken = api.post(ROUTES["validation"], role_play(1, employee=JANE))
        assert taken.status == 409, "an id of an event that was moved stays Joe's"
        assert api.post(ROUTES["validation"], without_id(2, JOE)).json["employee_id"] == JOE
        api.deliver()
        assert skills(api, JOE) == before
        assert is_green(api)
        assert to_the_end(api, rename(api, JANE, "jane.doe@augmentcode.com"))["state"] == "finished"
        again = api.post(ROUTES["validation"], without_id(2, JANE))
        assert again.json.get("duplicate"), again
        assert is_green(api)

    def test_the_id_of_a_merged_record_is_none_to_return_to(self, api: ApiClient) -> None:
        to_the_end(api, merge(api, JOE, SARAH))
        assert rename(api, SARAH, JOE).status == 409

    def test_certificates_that_are_imported_again_are_known_under_either_id(self, api: ApiClient) -> None:
        def imported(employee_id: str) -> list[str]:
            file = f"email,certification,competency,score,date\n{employee_id},Expert,discovery,90,2026-02-01\n"
            answer = api.post("certifications/import", raw=file.encode(), content_type="text/csv").json
            return [line["result"] for line in answer["lines"]]

        assert imported(JOE) == ["recorded"]
        rename(api)
        assert [imported(JOE), imported(JANE)] == [["duplicate"], ["duplicate"]]
        assert api.post("skills/recalculate", {"employee_ids": [JOE, JANE]}).json["employees"] == 1
        assert api.post(f"employees/{JOE}/erasure", {"employee_id": JOE}).status == 202, "by the id that is known"

    def test_who_keeps_a_copy_is_told_that_one_has_gone_and_the_other_changed(self, api: ApiClient) -> None:
        api.record(role_play(1))
        api.deliver()
        cursor = api.get("changes").json["cursor"]
        api.clock.move(minutes=5)
        rename(api)
        api.deliver()
        api.clock.move(minutes=5)
        items = api.get("changes", after=cursor).json["changes"]
        assert hashlib.sha256(JOE.encode()).hexdigest() in [one.get("erased") for one in items]
        assert JANE in [one["employee_id"] for one in items]
        assert JOE not in [one["employee_id"] for one in items]

    def test_who_keeps_a_copy_is_told_of_scores_that_open_while_the_move_is_under_way(self, api: ApiClient) -> None:
        api.record(call_analysed(1))
        api.deliver()
        rename(api)
        api.clock.move(minutes=5)
        cursor = api.get("changes").json["cursor"]
        api.clock.move(hours=26)
        changed = api.get("changes", after=cursor).json["changes"]
        (jane,) = [one for one in changed if one["employee_id"] == JANE]
        assert "opened" in jane["about"]
        assert JOE not in [one["employee_id"] for one in changed]

    def test_the_audit_is_searched_by_either_id(self, api: ApiClient) -> None:
        api.get(f"employees/{JOE}/skills", who=DANA)
        api.get(f"employees/{SARAH}/skills", who=DANA)
        to_the_end(api, rename(api))
        to_the_end(api, rename(api, DANA, "dana.new@augmentcode.com"))

        def found(**by: str) -> list[tuple[str, str]]:
            return [(one["actor"], one["subject"]) for one in api.get("audit", who=ADA, **by).json["items"]]

        seen = ("dana.new@augmentcode.com", JANE)
        assert seen in found(subject=JOE)
        assert found(subject=JOE) == found(subject=JANE)
        assert seen in found(actor=DANA)
        assert found(actor=DANA, subject=SARAH) == [(seen[0], SARAH)]


class TestMerge:
    def test_a_quiz_that_was_posted_to_both_says_that_it_counts_once(self, api: ApiClient) -> None:
        api.record(without_id(1))
        api.clock.move(minutes=1)
        api.record(without_id(1, SARAH))
        merge(api, JOE, SARAH)
        found = api.get(f"{ROUTES['validation']}/{SARAH}").json["items"]
        assert sorted((one["standing"], one["superseded"]) for one in found if one["superseded"]) == [
            ("superseded", "the same was received once more, under another id of this person's, and counts once")
        ]
        assert len(found) == 2

    def test_what_either_record_showed_before_cannot_be_asked_and_is_not_made_up(self, api: ApiClient) -> None:
        api.record(role_play(1), role_play(2, employee=SARAH))
        before = api.clock.now().isoformat()
        shown = api.get(f"employees/{SARAH}/skills", who=CRO).raw
        assert api.get(f"employees/{SARAH}/skills", who=CRO, known_at=before).raw == shown
        api.clock.move(minutes=1)
        merge(api, JOE, SARAH)
        for one in (JOE, SARAH):
            refused = api.get(f"employees/{one}/skills", who=CRO, known_at=before)
            assert (refused.status, refused.fields) == (422, ["known_at"])
            assert "two records became this person's at" in refused.json["detail"]
        after = api.clock.now().isoformat()
        together = api.get(f"employees/{SARAH}/skills", who=CRO)
        assert api.get(f"employees/{SARAH}/skills", who=CRO, known_at=after).raw == together.raw

    def test_what_was_shown_before_a_rename_is_shown_under_the_new_id(self, api: ApiClient) -> None:
        api.record(role_play(1), role_play(2))
        shown, before = api.get(f"employees/{JOE}/skills", who=CRO).raw.decode(), api.clock.now().isoformat()
        api.clock.move(minutes=1)
        rename(api)
        assert api.get(f"employees/{JANE}/skills", who=CRO, known_at=before).raw.decode() == shown.replace(JOE, JANE)

    def test_a_call_that_was_posted_to_both_counts_once(self, api: ApiClient) -> None:
        api.record(call_analysed(1), role_play(2))
        api.clock.move(minutes=1)
        api.record(
            {**call_analysed(1), "employee_id": SARAH, "observation_id": "under-the-other"},
            role_play(3, employee=SARAH),
        )
        api.deliver()
        run = merge(api, JOE, SARAH)
        assert is_green(api)
        assert to_the_end(api, run)["state"] == "finished"
        counting = api.get(f"{ROUTES['field']}/{SARAH}", who=SARAH, standing="counted").json["items"]
        assert len(counting) == 1
        assert len(api.get(f"{ROUTES['validation']}/{JOE}").json["items"]) == 2
        assert api.post(ROUTES["validation"], role_play(2)).json["duplicate"]
        assert is_green(api)

    def test_is_refused_where_the_two_cannot_be_one(self, api: ApiClient) -> None:
        assert (merge(api, JOE, JOE).status, merge(api, JOE, "nobody@augmentcode.com").status) == (422, 404)
        assert merge(api, JOE, ADA, who=ADA).status == 403, "nobody takes over another's history"
        circle = merge(api, DANA, JOE)
        assert (circle.status, circle.fields) == (409, ["into"]), "Joe reports to Dana"
