"""Importing and reading official standards."""

from __future__ import annotations

from typing import Any

from tests.frameworks.standards import apprenticeship, foundation, id_of, statement, unit
from tests.harness.api_client import ADA, CRO, DANA, ENID, JOE, MO, ApiClient


def results(answer: Any) -> list[tuple[str, str]]:
    return [(one["reference"], one["result"]) for one in answer.json["standards"]]


def imported(api: ApiClient, *records: Any, **options: Any) -> Any:
    return api.post("standards/import", {"standards": list(records)}, **options)


def test_the_three_feeds_come_in_together_and_once(api: ApiClient) -> None:
    first = imported(api, apprenticeship(), foundation(), unit())
    again = imported(api, unit(), apprenticeship(), foundation())

    assert first.status == 200
    assert results(first) == [("ST9417", "created"), ("FA9418", "created"), ("AU9419", "created")]
    assert [one["statements"] for one in first.json["standards"]] == [5, 3, 2]
    assert {result for _, result in results(again)} == {"unchanged"}
    assert [one["key"] for one in api.get("standards").json["standards"]] == ["AU9419@1.0", "FA9418@1.0", "ST9417@1.0"]


def test_a_standard_is_shown_whole(api: ApiClient) -> None:
    imported(api, apprenticeship())

    shown = api.get("standards/ST9417@1.0", who=MO).json

    assert [(one["code"], one["text"]) for one in shown["statements"]][:2] == [
        ("K1", "How an anchor holds & fails."),
        ("K2", "Limits of wind:\n- gusts\n- steady wind"),
    ]
    assert shown["duties"][1] == {
        "duty_id": id_of("d-span"),
        "text": "Duty 2 Cross a span.",
        "core": False,
        "statements": ["S2"],
        "options": ["Bridges"],
    }
    assert (shown["may_start_from"], shown["may_start_until"]) == ("2026-03-01", None)


def test_a_changed_text_is_a_revision_and_the_former_stays(api: ApiClient) -> None:
    imported(api, apprenticeship())
    changed = apprenticeship(behaviours=[statement("b-stop", "Stops the job when unsure.", "behaviourId")])

    answer = imported(api, changed).json

    assert (answer["standards"][0]["result"], answer["standards"][0]["revision"]) == ("updated", 2)
    texts = [api.get("standards/ST9417@1.0", revision=revision).json["statements"][-1]["text"] for revision in (1, 2)]
    assert texts == ["Stops when unsure.", "Stops the job when unsure."]
    assert api.get("standards/ST9417@1.0").json["revision"] == 2
    assert api.get("standards/ST9417@1.0", revision=3).status == 404
    assert api.get("standards/ST9999@1.0").status == 404


def test_a_defect_refuses_its_standard_with_all_versions_and_no_other(api: ApiClient) -> None:
    broken = apprenticeship(title=" Rigger")

    answer = imported(api, broken, foundation())

    assert results(answer) == [("ST9417", "rejected"), ("FA9418", "created")]
    (defect,) = answer.json["defects"]
    assert (defect["record"], defect["code"], defect["severity"]) == (1, "S1008", "refused")
    assert [one["reference"] for one in api.get("standards").json["standards"]] == ["FA9418"]


def test_an_import_is_judged_beside_what_is_kept(api: ApiClient) -> None:
    """A code of funding of another standard is found there, too, and options that learners are on do not vanish."""
    imported(api, apprenticeship())

    taken = imported(api, foundation(larsCode=4171))
    vanished = imported(api, apprenticeship(options=[], coreAndOptions=False, duties=[]))

    assert [one["code"] for one in taken.json["defects"]] == ["E1004"]
    assert [one["code"] for one in vanished.json["defects"]] == ["S1014", "S1014"]
    assert len(api.get("standards/ST9417@1.0").json["options"]) == 2


def test_a_dry_run_keeps_nothing(api: ApiClient) -> None:
    answer = imported(api, apprenticeship(), dry_run="true")

    assert (answer.json["dry_run"], results(answer)) == (True, [("ST9417", "created")])
    assert api.get("standards").json["standards"] == []
    assert not api.get("audit", action="standard.imported").json["items"]


def test_what_is_no_file_is_named(api: ApiClient) -> None:
    assert api.post("standards/import", [apprenticeship()]).status == 422
    assert imported(api).json["errors"][0]["field"] == "standards"
    assert imported(api, apprenticeship(), 7).json["errors"][0]["field"] == "standards.1"
    assert imported(api, *[{}] * 501).json["errors"][0]["field"] == "standards"
    assert imported(api, apprenticeship(), dry_run="maybe").json["errors"][0]["field"] == "dry_run"


def test_who_runs_the_training_and_administrators_import(api: ApiClient) -> None:
    asked = {who: imported(api, apprenticeship(), who=who).status for who in (ENID, ADA, MO, DANA, CRO, JOE)}

    assert asked == {ENID: 200, ADA: 200, MO: 403, DANA: 403, CRO: 403, JOE: 403}


def test_pages_go_on(api: ApiClient) -> None:
    imported(api, apprenticeship(), foundation(), unit())

    first = api.get("standards", limit=2).json
    second = api.get("standards", limit=2, cursor=first["next_cursor"]).json

    assert [len(first["standards"]), len(second["standards"]), second["next_cursor"]] == [2, 1, None]
