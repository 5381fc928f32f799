"""A file of standards or plans comes in over the pages in two steps: everything that is wrong is told first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from infra.wiring.ports.files import files
from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import Caller
from shared.taxonomy.usecases import standards_files
from tests.api.conftest import _api, loaded
from tests.frameworks.standards import apprenticeship, foundation, plan, planned, statement, unit
from tests.harness.api_client import ADA, DANA, ENID, JOE, MO
from tests.harness.browser import ORIGIN, Person, words
from tests.policy.both_edges import BothEdges

__all__ = ["loaded"]
KEEP = {"step": "keep"}


@pytest.fixture
def edges(tmp_path: Any, loaded: Any) -> Iterator[BothEdges]:
    api = _api(tmp_path / "data", loaded)
    yield BothEdges(api)
    api.close()


def browser(edges: BothEdges, who: str = ENID) -> Person:
    person = Person(Client(edges._serve))
    person.sign_in(who)
    return person


def send(person: Person, content: bytes | Any, name: str = "standards.json") -> TestResponse:
    """Sends a file by the form of the first step."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    person.get("/standards/import")
    data = {"token": person.token, "file": (BytesIO(raw), name)}
    return person._shown(person.client.post("/standards/import", data=data, headers={"Origin": ORIGIN}))


def keys(edges: BothEdges) -> list[str]:
    return [one["key"] for one in edges.api.get("standards", who=ENID).json["standards"]]


def test_nothing_is_kept_before_somebody_confirms(edges: BothEdges) -> None:
    enid = browser(edges)
    sent = send(enid, [apprenticeship(), foundation(), unit()])
    shown = enid.text(sent.location)

    assert (sent.status_code, keys(edges)) == (303, [])
    assert "3 standards: 3 new. Nothing is wrong with it." in shown
    assert "Keep 3 standards" in shown
    assert not edges.api.get("audit", action="standard.imported").json["items"]

    kept = enid.post(sent.location, KEEP)
    assert kept.location == f"{sent.location}?done=standards_kept"
    assert keys(edges) == ["AU9419@1.0", "FA9418@1.0", "ST9417@1.0"]
    after = enid.text(kept.location)
    assert "3 standards: 3 kept already." in after
    assert "Keep " not in after
    [by] = {one["actor"] for one in edges.api.get("audit", action="standard.imported").json["items"]}
    assert by == ENID


def test_a_second_confirmation_changes_nothing(edges: BothEdges) -> None:
    enid = browser(edges)
    address = send(enid, [apprenticeship()]).location
    enid.get(address)

    replies = [enid.post(address, KEEP).status_code for _ in range(2)]

    assert replies == [303, 303]
    assert edges.api.get("standards/ST9417@1.0").json["revision"] == 1
    assert len(edges.api.get("audit", action="standard.imported").json["items"]) == 1


def test_every_defect_is_told_before_and_keeps_no_other_out(edges: BothEdges) -> None:
    record = apprenticeship(title=" Rigger", level="three", skills=[statement("s-one", "", "skillId")], status="New")
    enid = browser(edges)
    address = send(enid, [foundation(route="Nowhere"), record]).location
    api = edges.api.post("standards/import", {"standards": [foundation(route="Nowhere"), record]}, dry_run="true").json

    shown = enid.text(address)

    assert len(api["defects"]) > 4
    for one in api["defects"]:
        assert f"{one['code']}, {one['field']}: {one['detail']}" in shown if one["field"] else one["detail"] in shown
    assert shown.index("ST9417 1.0 Stays out") < shown.index("FA9418 1.0 New"), "what stays out comes first"
    assert "Warning W1004, route" in shown
    enid.post(address, KEEP)
    assert keys(edges) == ["FA9418@1.0"]
    assert "Nothing of it comes in as it is" in enid.text(address)


def test_a_long_file_is_told_in_pages_and_nothing_is_left_out(edges: BothEdges) -> None:
    told = [statement(f"k{number}", "", "knowledgeId") for number in range(150)]
    enid = browser(edges)
    address: str = send(enid, [apprenticeship(knowledges=told)]).location
    found = ""
    for page in range(1, 4):
        found += enid.text(f"{address}?page={page}")

    assert all(f"P1004, knowledges.{number}.detail:" in found for number in range(150))
    assert enid.get(f"{address}?page=3").get_data(as_text=True).count(">More<") == 0
    assert enid.get(f"{address}?page=x").status_code == 422


def test_a_changed_text_says_which_it_becomes(edges: BothEdges) -> None:
    edges.api.post("standards/import", {"standards": [apprenticeship()]})
    enid = browser(edges)
    changed = apprenticeship(behaviours=[statement("b-stop", "Stops the job when unsure.", "behaviourId")])

    shown = enid.text(send(enid, changed).location)

    assert "1 standard: 1 changed." in shown
    assert "ST9417 1.0 Changed: becomes text 2" in shown


def test_plans_come_in_by_the_same_form(edges: BothEdges) -> None:
    enid = browser(edges)
    early = enid.text(send(enid, plan()).location)
    edges.api.post("standards/import", {"standards": [apprenticeship()]})
    address = send(enid, {"plans": [plan(), plan(version="2.0", statements=[planned("K9")])]}).location
    shown = enid.text(address)
    enid.post(address, KEEP)

    assert "Keeps it out A1001, standard: is not kept here; import it first" in early
    assert "2 assessment plans: 1 new, 1 stays out." in shown
    assert "Keeps it out A1003, statements.0.code: 'K9' is no statement of ST9417@1.0" in shown
    plans = edges.api.get("standards/ST9417@1.0/assessment-plans").json["plans"]
    assert [one["version"] for one in plans] == ["1.0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file first"),
        (b"PK\x03\x04 and so on", "The file is a spreadsheet or an archive."),
        (b"%PDF-1.7", "The file is a PDF."),
        (b"<!doctype html>", "The file is a web page or XML."),
        (b"name,email\n", "The file is not JSON: Expecting value at line 1, column 1."),
        (b'[{"referenceNumber": "ST1"', "The file is not JSON"),
        (b"\xff\xfe[\x00", "The file is not UTF-8"),
        (b"[" * 5_000, "The file is nested deeper than 16 levels"),
        (b"[]", "The file holds no record."),
        (b"3", "The file holds no record."),
        (b"{}", "No record of the file has a referenceNumber."),
        (b'[1, "two"]', "No record of the file has a referenceNumber."),
        (b'{"standards": []}', "The file holds no record."),
        (
            b'{"standards": [{"referenceNumber": "ST1"}], "plans": [{"standard": "ST1@1.0"}]}',
            "holds standards and plans",
        ),
    ],
)
def test_a_wrong_file_is_told_with_what_is_accepted(edges: BothEdges, content: bytes, said: str) -> None:
    answer = send(browser(edges), content)

    told = words(answer)
    assert answer.status_code == 422
    assert said in told
    assert told.count(said) == 1
    assert content == b"" or "Accepted are the publisher’s JSON of standards" in told


def test_a_record_that_is_none_is_told_beside_those_that_are(edges: BothEdges) -> None:
    told = words(send(browser(edges), [apprenticeship(), 7]))

    assert "Standards.1: must be a JSON object." in told


def test_all_that_is_wrong_with_the_form_of_plans_is_told(edges: BothEdges) -> None:
    wrong = plan(statements=[planned(f"no code {number}") for number in range(30)], version="second")

    told = words(send(browser(edges), [plan(), wrong]))

    assert "Plan 2, version:" in told
    assert all(f"Plan 2, statements.{number}.code:" in told for number in range(30))


def test_a_byte_order_mark_is_no_defect(edges: BothEdges) -> None:
    assert send(browser(edges), b"\xef\xbb\xbf" + json.dumps([apprenticeship()]).encode()).status_code == 303


def test_a_file_is_bounded_before_it_is_read(edges: BothEdges, monkeypatch: pytest.MonkeyPatch) -> None:
    enid = browser(edges)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(standards_files, "parse_json", never)
    large = send(enid, b"[" + b" " * standards_files.MOST_BYTES + b"]")
    assert (large.status_code, "at most 10,000,000 are read" in words(large)) == (422, True)
    monkeypatch.undo()
    many = send(enid, [apprenticeship()] * 501)
    assert "The file has 501 records; at most 500 are read at once" in words(many)


def test_who_may_not_sends_nothing_and_sees_nothing(edges: BothEdges) -> None:
    address = send(browser(edges), [apprenticeship()]).location

    for who in (JOE, DANA, MO):
        person = browser(edges, who)
        assert person.get("/standards/import").status_code == 403
        assert person.get(address).status_code == 403
        assert person.post(address, KEEP).status_code == 403
        assert "/standards/import" not in person.get("/standards").get_data(as_text=True)
    assert "/standards/import" in browser(edges, ADA).get("/standards").get_data(as_text=True)
    assert keys(edges) == []


def test_a_form_of_elsewhere_confirms_nothing(edges: BothEdges) -> None:
    enid = browser(edges)
    address = send(enid, [apprenticeship()]).location

    assert enid.post(address, KEEP | {"token": "another"}).status_code == 403
    assert enid.post(address, KEEP, origin="https://elsewhere.example").status_code == 403
    assert keys(edges) == []


@pytest.mark.parametrize("file_id", ["none", "2026-01-01-" + "0" * 32, "..%2Fsecrets"])
def test_a_file_that_is_not_there_is_said_so(edges: BothEdges, file_id: str) -> None:
    assert browser(edges).get(f"/standards/import/{file_id}").status_code == 404


def test_what_nobody_confirmed_within_a_week_goes(edges: BothEdges) -> None:
    on = edges.api.platform.on
    uses, caller = taxonomy(on).standards_files, Caller(email=ENID, role="enablement", employee_id=ENID)
    first = uses.keep(caller, json.dumps([apprenticeship()]).encode())
    old = f"{on.clock.now().date() - timedelta(days=8)}-{first[11:]}"
    files(on).write(f"official-files/{old}", b"[]")
    files(on).write("quarantined", b"something else")

    uses.keep(caller, json.dumps([unit()]).encode())

    assert uses.look(caller, first).lines[0].result == "created"
    assert files(on).read(f"official-files/{old}") is None
    assert files(on).read("quarantined") == b"something else"
