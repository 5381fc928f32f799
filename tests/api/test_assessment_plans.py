"""Importing and reading assessment plans, and drafting a framework from a standard."""

from __future__ import annotations

from typing import Any

from infra.demonstration import learning_standards
from infra.web.calling import Answer
from tests.frameworks.standards import apprenticeship, id_of, plan, planned
from tests.harness.api_client import ENID, JOE, MO, ApiClient


def imported(api: ApiClient, *plans: Any, **options: Any) -> Any:
    api.post("standards/import", {"standards": [apprenticeship()]})
    return api.post("assessment-plans/import", {"plans": list(plans)}, **options)


def codes(answer: Any) -> list[tuple[str, str, str]]:
    return [(one["code"], one["severity"], one["field"]) for one in answer.json["defects"]]


def test_a_plan_comes_in_once_and_is_shown_in_its_own_words(api: ApiClient) -> None:
    first, again = imported(api, plan()), imported(api, plan())

    shown = api.get("assessment-plans/ST9417@1.0_1.0", who=MO).json
    assert [one["result"] for answer in (first, again) for one in answer.json["plans"]] == ["created", "unchanged"]
    assert (shown["gateway"], shown["assessor"]) == ("gateway to completion", "assessment organisation")
    assert {
        "code": "S2",
        "mandatory": True,
        "methods": ["Climb", "Discussion"],
        "marked_by": "assessment organisation",
    } in (shown["statements"])
    assert shown["statements"][1]["mandatory"] is None
    assert [one["key"] for one in api.get("standards/ST9417@1.0/assessment-plans").json["plans"]] == ["ST9417@1.0_1.0"]


def test_what_is_wrong_is_told_line_by_line_and_keeps_no_other_plan_out(api: ApiClient) -> None:
    broken = plan(version="1.1", statements=[planned("K9"), planned("S1", methods=["swim"]), planned("S1")])

    answer = imported(api, broken, plan())

    assert [one["result"] for one in answer.json["plans"]] == ["rejected", "created"]
    assert codes(answer) == [
        ("A1005", "refused", "statements.1.methods"),
        ("A1003", "refused", "statements.0.code"),
        ("A1004", "refused", "statements.2.code"),
        ("W3001", "warning", "statements"),
    ]
    assert api.get("assessment-plans/ST9417@1.0_1.1").status == 404


def test_a_version_never_changes_since_learners_are_pinned_to_it(api: ApiClient) -> None:
    imported(api, plan())

    changed = imported(api, plan(title="Another title"))
    twice = imported(api, plan(version="3"), plan(version="3", title="Another title"))

    assert codes(changed) == [("A1006", "refused", "version")]
    assert [one["result"] for one in twice.json["plans"]] == ["created", "rejected"]
    assert api.get("assessment-plans/ST9417@1.0_1.0").json["title"] == "How a rigger is assessed (invented)"


def test_a_plan_of_a_standard_that_is_not_kept_is_refused(api: ApiClient) -> None:
    answer = imported(api, plan(standard="ST9999@1.0"))

    assert codes(answer) == [("A1001", "refused", "standard")]


def test_warnings_stay_beside_what_they_were_told_of(api: ApiClient) -> None:
    imported(api, plan(statements=[planned("K1", mandatory=True, methods=[])]))

    warned = api.get("assessment-plans/ST9417@1.0_1.0").json["warnings"]
    record = apprenticeship(referenceNumber="ST9418", larsCode=4188, typicalJobTitles=None)
    del record["maxFunding"]
    api.post("standards/import", {"standards": [record]})

    assert [one["code"] for one in warned] == ["W3002", "W3001"]
    assert [one["code"] for one in api.get("standards/ST9418@1.0").json["warnings"]] == ["W2001"]


def test_a_dry_run_keeps_nothing_and_who_stands_beside_learners_does_not_import(api: ApiClient) -> None:
    assert imported(api, plan(), dry_run="true").json["plans"][0]["result"] == "created"
    assert api.get("assessment-plans/ST9417@1.0_1.0").status == 404
    assert {who: imported(api, plan(), who=who).status for who in (MO, JOE, ENID)} == {MO: 403, JOE: 403, ENID: 200}


def test_fields_of_a_plan_are_named_where_they_stand(api: ApiClient) -> None:
    answer = imported(api, plan(statements=[planned("K1"), planned("one")]))

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "plans.0.statements.1.code")


def test_a_framework_is_drafted_completed_and_published(api: ApiClient) -> None:
    imported(api)

    draft = api.get("standards/ST9417@1.0/framework-draft", framework_id="rigging", who=ENID).json
    framework = draft["framework"]
    published = api.put("frameworks/rigging", {"framework": framework})
    kept = api.get("frameworks/rigging").json["framework"]

    assert [one["competency"] for one in framework["competencies"]] == ["K1", "K2", "S1", "S2", "B1"]
    assert framework["competencies"][0]["statement"] == id_of("k-anchor")
    assert framework["rules"] == []
    assert draft["duties"][0]["competencies"] == ["K1", "S1", "B1"]
    assert published.status == 200, published
    assert (kept["standard"], kept["competencies"][4]["statement"]) == ("ST9417@1.0", id_of("b-stop"))
    assert api.get("standards/ST9417@1.0/framework-draft", who=JOE).status == 403


def test_a_statement_needs_its_standard(api: ApiClient) -> None:
    competency = {"competency": "K1", "statement": id_of("k-anchor")}
    body = {"framework_id": "rigging", "name": "Rigging", "competencies": [competency]}

    answer = api.put("frameworks/rigging", body)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "competencies.0.statement")


def test_the_demonstration_s_standards_come_in_by_the_same_routes(api: ApiClient) -> None:
    def post(path: str, body: bytes, content_type: str = "application/json") -> Answer:
        answer = api.call("POST", path.removeprefix("/api/v1/"), raw=body, content_type=content_type)
        return Answer(answer.status, repr(answer.json).encode())

    for _ in range(2):
        learning_standards.import_standards(post)

    assert [one["key"] for one in api.get("standards").json["standards"]] == ["AU9902@1.0", "ST9901@1.0"]
    unit = api.get("standards/AU9902@1.0").json
    assert [one["code"] for one in unit["statements"]] == ["TK1", "TK2", "TS1", "TS2", "ESB1"]
    assert unit["minimum_hours"] == 60
    assert [one["version"] for one in api.get("standards/ST9901@1.0/assessment-plans").json["plans"]] == ["1.0", "2.0"]


def test_the_demonstration_s_framework_stands_on_its_standard() -> None:
    """Each competency is linked to the statement of its own code, and to none of another."""
    import yaml

    from infra.frameworks.shipped import framework_file
    from shared.frameworks.domain.framework import framework_from_dict
    from shared.frameworks.wire.standard_record import read_record

    framework = framework_from_dict(yaml.safe_load(framework_file("cable_jointing_demo").read_text()))
    candidate, defects = read_record(0, learning_standards.standards()[0])

    assert candidate.standard is not None
    assert defects == []
    assert framework.standard == candidate.standard.key
    statements = {one.code: one.statement_id for one in candidate.standard.statements}
    assert {one.competency: one.statement for one in framework.competencies} == statements
