"""Standards on pages: their versions side by side, how many are held to each, and what changed between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from shared.learning.enrolment_records import EnrolmentRecords
from shared.ports.documents import PreconditionFailed
from tests.api.conftest import _api, loaded
from tests.frameworks.standards import apprenticeship, foundation, plan, planned, statement
from tests.harness.api_client import ADA, DANA, ENID, JOE, MO
from tests.harness.browser import Person, words
from tests.learning.apprentices import ANA, BEN, STANDARD, enrolled, prepare
from tests.policy.both_edges import BothEdges

__all__ = ["loaded"]
RIGGERS = "ST9417"


@pytest.fixture
def edges(tmp_path: Any, loaded: Any) -> Iterator[BothEdges]:
    """The synthetic standards with their plans, apprentices of them, and an invented trade with two versions."""
    api = _api(tmp_path / "data", loaded)
    prepare(api, *MANY)
    assert api.post("standards/import", {"standards": versions()}).status == 200
    yield BothEdges(api)
    api.close()


MANY = tuple(f"joiner{number}@jointers.example" for number in range(6))


def versions() -> list[dict[str, Any]]:
    """Two versions, of which the later has another skill in the place of one."""
    former = apprenticeship(status="Retired", latestStartDate="2026-08-31T00:00:00")
    skills = [former["skills"][0], statement("s-cut", "Cuts a rope under load.", "skillId")]
    later = apprenticeship(version="1.1", versionNumber="1.1", skills=skills, duties=[]) | {
        "earliestStartDate": "2026-09-01T00:00:00"
    }
    return [former, later]


def browser(edges: BothEdges, who: str) -> Person:
    person = Person(Client(edges._serve))
    person.sign_in(who)
    return person


def test_versions_stand_side_by_side_with_what_their_state_means(edges: BothEdges) -> None:
    listed = browser(edges, ENID).text("/standards")

    riggers = listed.partition("Rope access rigger")[2]
    assert "Version 1.1 is in force." in riggers
    assert riggers.index("Version 1.1 In force In force: learners start on it") < riggers.index(
        "Version 1.0 Retired: nobody starts on it"
    )
    assert riggers.count("What it changed") == 1, "the first that is kept changed nothing that is known"


def test_a_list_goes_on_without_tearing_a_standard_apart(edges: BothEdges, monkeypatch: pytest.MonkeyPatch) -> None:
    edges.api.post("standards/import", {"standards": [foundation()]})
    monkeypatch.setattr("functions.portal.standards.page.PER_PAGE", 2)
    enid, address, found = browser(edges, ENID), "/standards", []
    while address:
        page = enid.get(address).get_data(as_text=True)
        found.append([part.split("</h2>")[0].split('id="')[-1][:6] for part in page.split("<h2 ")[1:]])
        address = page.partition('<nav class="buttons" aria-label="Pages">')[2].partition('href="')[2].partition('"')[0]

    assert found == [["AU9902", "FA9418"], [RIGGERS], ["ST9901"]]


def test_how_many_are_held_to_a_version_is_told_from_five_on(edges: BothEdges) -> None:
    for who in MANY[:4]:
        enrolled(edges.api, who)
    few = browser(edges, ENID).text("/standards")
    enrolled(edges.api, MANY[4])
    enough = browser(edges, ENID).text("/standards")

    assert few.count("Fewer than 5 learners are held to it") == 4
    assert enough.count("Fewer than 5 learners are held to it") == 3
    assert "5 learners are held to it" in enough.partition("ST9901")[2]


def test_what_is_closed_is_not_to_be_reckoned_from_the_sum(edges: BothEdges) -> None:
    for number, who in enumerate(MANY):
        enrolled(edges.api, who, plan=f"{STANDARD}_{1 if number == 5 else 2}.0")

    page = browser(edges, ENID).text(f"/standards/{STANDARD}")

    assert "6 learners keep this version" in page
    held = page.partition("6 learners keep this version")[2]
    assert "at least one has fewer than 5 learners" in held
    assert "5 learners" not in held.replace("fewer than 5 learners", ""), "the sixth would be told of"


def test_what_a_version_changed_is_told_in_its_words(edges: BothEdges) -> None:
    enid = browser(edges, ENID)

    page = enid.text(f"/standards/{RIGGERS}@1.1?against=1.0")

    assert "From version 1.0 to version 1.1" in page
    assert "S2 Added Cuts a rope under load. S2 Dropped Tensions a line across a span." in page
    assert f'href="/standards/{RIGGERS}@1.1?against=1.0#changes"' in enid.get(f"/standards/{RIGGERS}@1.0").get_data(
        as_text=True
    ), "from the earlier to the later, also from the earlier one's page"


def test_what_the_publisher_corrected_within_a_version_is_told(edges: BothEdges) -> None:
    corrected = [statement("b-stop", "Stops the job when unsure.", "behaviourId")]
    former, later = versions()
    edges.api.post("standards/import", {"standards": [former, later | {"behaviours": corrected}]})
    enid = browser(edges, ENID)

    assert "What changed since text 1 ?" in enid.text(f"/standards/{RIGGERS}@1.1")
    page = enid.text(f"/standards/{RIGGERS}@1.1?against_text=1")
    assert "From text 1 to text 2" in page
    assert "B1 Changed Stops when unsure. Stops the job when unsure." in page


def test_two_plans_of_a_version_are_compared(edges: BothEdges) -> None:
    told = [planned("K1", mandatory=True), planned("S1", methods=["climb"])]
    plans = [plan(), plan(version="2.0", statements=told)]
    edges.api.post("assessment-plans/import", {"plans": plans})

    page = browser(edges, ENID).text(f"/standards/{RIGGERS}@1.0?plan={RIGGERS}@1.0_2.0&against_plan={RIGGERS}@1.0_1.0")

    assert "From plan 1.0 to plan 2.0" in page
    assert "K1 Changed not mandatory; Discussion; marked by the training provider mandatory; Discussion" in page


@pytest.mark.parametrize(
    "asked", ["against=7.0", "against_text=9", "against=x", "plan=ST9417@1.1_1.0&against_plan=ST9901@1.0_1.0"]
)
def test_what_cannot_be_compared_is_not_there(edges: BothEdges, asked: str) -> None:
    assert browser(edges, ENID).get(f"/standards/{RIGGERS}@1.1?{asked}").status_code == 404


def test_a_number_that_is_none_is_told(edges: BothEdges) -> None:
    assert browser(edges, ENID).get(f"/standards/{RIGGERS}@1.1?against_text=zwei").status_code == 422


def test_a_standard_is_learnt_without_a_developer(edges: BothEdges) -> None:
    """Who runs the training begins its framework and invites; an administrator's file says who works by it."""
    edges.api.post("assessment-plans/import", {"plans": [plan(standard=f"{RIGGERS}@1.1", statements=[planned("K1")])]})
    enid, page = browser(edges, ENID), f"/standards/{RIGGERS}@1.1"
    before = enid.text(page)
    begun = [enid.post(f"{page}/framework", {"step": "begin"}).location for _ in range(2)]
    after = enid.text(page)
    rows = "name,email,role,framework\nRia Rigger,ria@riggers.example,employee,st9417\n"
    assert edges.api.import_people(rows).json["rejected"] == 0
    form = {"employee_id": "ria@riggers.example", "standard": f"{RIGGERS}@1.1", "revision": "1", "milestone": "gateway"}
    invited = enid.post("/learners/invitation", form | {"plan": f"{RIGGERS}@1.1_1.0"})

    assert "Nobody can be invited to it yet" in before
    assert begun == [f"{page}?done=framework_begun#learning"] * 2
    assert "It has no rules yet" in after
    assert "says st9417 in its column framework" in after
    assert invited.location == "/learners/ria@riggers.example?done=invited"
    held = edges.api.get("learning/enrolments/ria@riggers.example", who=ENID).json
    assert (held["standard"], held["plan"], held["revision"]) == (f"{RIGGERS}@1.1", f"{RIGGERS}@1.1_1.0", 1)
    skills = edges.api.get("skills", framework_id="st9417", who=ENID).json["skills"]
    assert [one["competency"] for one in skills] == ["K1", "K2", "S1", "S2", "B1"]
    [published] = edges.api.get("audit", subject="st9417").json["items"]
    assert (published["actor"], published["detail"]) == (ENID, f"begun for {RIGGERS}@1.1")


def test_who_works_by_another_framework_is_put_on_the_standard_s_where_that_is_asked_for(edges: BothEdges) -> None:
    """As the nightly directory brings people: they sell until somebody says otherwise."""
    enid, page = browser(edges, ENID), f"/standards/{RIGGERS}@1.1"
    form = {"employee_id": JOE, "standard": f"{RIGGERS}@1.1", "revision": "1", "milestone": "gateway"}
    early = enid.post("/learners/invitation", form | {"change_framework": "yes"})
    enid.post(f"{page}/framework", {"step": "begin"})
    refused = enid.post("/learners/invitation", form)
    before = edges.api.get(f"employees/{JOE}", who=ADA).json
    invited = enid.post("/learners/invitation", form | {"change_framework": "yes"})

    assert "nobody has begun this one’s" in words(early).replace("'", "’")
    assert (refused.status_code, "only where that is asked for" in words(refused)) == (422, True)
    assert before["framework_id"] == "sales_engineering"
    assert invited.location == f"/learners/{JOE}?done=invited"
    after = edges.api.get(f"employees/{JOE}", who=ADA).json
    assert after["framework_id"] == "st9417"
    assert {**after, "framework_id": "", "updated_at": ""} == {**before, "framework_id": "", "updated_at": ""}
    told = edges.api.get("audit", subject=JOE, action="employee.changed").json["items"][0]
    assert (told["actor"], told["detail"]) == (ENID, "from the framework sales_engineering to st9417")
    edges.api.import_people(f"name,email,role,framework\nJoe Smith,{JOE},employee,sales_engineering\n")
    assert edges.api.get(f"employees/{JOE}", who=ADA).json["framework_id"] == "st9417", "what was said by hand stands"


def test_nobody_is_put_anywhere_by_an_invitation_that_is_refused(edges: BothEdges) -> None:
    enid = browser(edges, ENID)
    enid.post(f"/standards/{RIGGERS}@1.1/framework", {"step": "begin"})
    form = {"employee_id": JOE, "standard": f"{RIGGERS}@1.1", "revision": "1", "change_framework": "yes"}

    assert enid.post("/learners/invitation", form | {"milestone": "no stage"}).status_code == 422
    assert enid.post("/learners/invitation", form | {"milestone": "gateway", "employer_id": MO}).status_code == 422
    assert browser(edges, DANA).post("/learners/invitation", form | {"milestone": "gateway"}).status_code == 403
    assert edges.api.get(f"employees/{JOE}", who=ADA).json["framework_id"] == "sales_engineering"


def test_nor_by_one_that_somebody_else_forestalls(edges: BothEdges, monkeypatch: pytest.MonkeyPatch) -> None:
    enid = browser(edges, ENID)
    enid.post(f"/standards/{RIGGERS}@1.1/framework", {"step": "begin"})
    form = {"employee_id": JOE, "standard": f"{RIGGERS}@1.1", "revision": "1", "milestone": "gateway"}
    puts, put = [0], EnrolmentRecords.put

    def forestalled(self: EnrolmentRecords, *said: Any, **more: Any) -> None:
        puts[0] += 1
        if puts[0] == 1:
            raise PreconditionFailed("somebody was faster")
        put(self, *said, **more)

    monkeypatch.setattr(EnrolmentRecords, "put", forestalled)
    assert enid.post("/learners/invitation", form | {"change_framework": "yes"}).status_code == 422
    assert edges.api.get(f"employees/{JOE}", who=ADA).json["framework_id"] == "sales_engineering"
    assert enid.post("/learners/invitation", form | {"change_framework": "yes"}).status_code == 303
    assert edges.api.get(f"employees/{JOE}", who=ADA).json["framework_id"] == "st9417"


def test_a_framework_in_force_is_never_begun_anew(edges: BothEdges) -> None:
    rigging = {"framework_id": "st9417", "name": "Something else", "competencies": [{"competency": "knots"}]}
    assert edges.api.put("frameworks/st9417", rigging).status == 200
    enid = browser(edges, ENID)

    assert enid.post(f"/standards/{RIGGERS}@1.1/framework", {"step": "begin"}).status_code == 409
    known = enid.post(f"/standards/{STANDARD}/framework", {"step": "begin"})
    assert known.status_code == 303
    assert {one["framework_id"] for one in edges.api.get("frameworks").json["frameworks"]} == {
        "cable_jointing_demo", "sales_engineering", "st9417"
    }  # fmt: skip
    assert edges.api.get("frameworks/st9417").json["framework"]["name"] == "Something else"
    assert browser(edges, MO).post(f"/standards/{STANDARD}/framework", {"step": "begin"}).status_code == 403


def test_who_has_a_learner_reads_the_standard_in_all_its_versions_and_no_other(edges: BothEdges) -> None:
    """A manager reads those of the own reports' professions; whose report learns by none reads none."""
    rows = f"name,email,role,manager,framework\nBen Joiner,{BEN},employee,{DANA},cable_jointing_demo\n"
    assert edges.api.import_people(rows).json["rejected"] == 0
    dana, mo, ana = (browser(edges, who) for who in (DANA, MO, ANA))

    assert dana.get(f"/standards/{STANDARD}").status_code == 200
    assert dana.get(f"/standards/{RIGGERS}@1.0").status_code == 404
    assert mo.get(f"/standards/{RIGGERS}@1.0").status_code == 200
    assert (ana.get(f"/standards/{STANDARD}").status_code, ana.get(f"/standards/{RIGGERS}@1.1").status_code) == (
        200,
        404,
    )
    assert "are held to it" not in ana.text("/standards")
    assert "are held to it" not in dana.text("/standards")
    assert "are held to it" in browser(edges, ADA).text("/standards")
