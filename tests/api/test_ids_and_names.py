"""Ids that are no e-mail addresses, and names in either Unicode form, wherever one can be given."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from infra.wiring.sign_in import SignIn
from tests.api.skill_rows import skill_of
from tests.harness.api_client import ADA, DANA, JOE, ApiClient, call_seen, lesson, role_play
from tests.harness.browser import ANYBODY, Person

IDS = ("e-1042", "staff 17", "müller+42", "00u1a2b3", "a|b:c;d", "50%", "q?x#y")


@pytest.mark.parametrize("person", IDS)
class TestIdsThatAreNoAddresses:
    def test_record_read_and_correct(self, api: ApiClient, person: str) -> None:
        path = quote(person)
        created = api.put(f"employees/{path}", {"name": "Some Body", "manager": DANA})
        assert (created.status, created.json["employee_id"]) == (200, person)
        api.record(role_play(1, employee=person), call_seen(2, employee=person), lesson(3, employee=person))
        api.deliver()
        assert skill_of(api, path)["observations_count"] == 2
        for kind in ("validation-events", "field-observations", "learning-activities"):
            assert len(api.get(f"{kind}/{path}").json["items"]) == 1
        assert api.get(f"employees/{path}", who=DANA).json == created.json
        event = api.get(f"events/{quote(f'evt-{person}-1', safe='')}", source="voice-roleplay")
        assert event.json["employee_id"] == person
        void = {"event_id": f"evt-{person}-1", "source": "voice-roleplay", "reason": "by mistake"}
        assert api.post("voids", void).json["employee_id"] == person
        assert person in [one["employee_id"] for one in api.get("employees", manager=DANA).json["employees"]]

    def test_import_manage_and_mentor(self, api: ApiClient, person: str) -> None:
        rows = f"name,employee_id,role,manager,mentor\nBoss,{person},manager,,\nNew,n-1,employee,{person},{person}\n"
        report = api.import_people(rows).json
        assert (report["created"], report["rejected"]) == (2, 0), report
        assert report["lines"][0]["employee_id"] == person
        assert api.get("employees/n-1").json["manager"] == api.get("employees/n-1").json["mentor"] == person
        exams = f"employee_id,certification,competency,score,date\n{person},Basics,discovery,90,2026-02-01\n"
        recorded = api.post("certifications/import", raw=exams.encode(), content_type="text/csv").json
        assert (recorded["created"], recorded["lines"][0]["employee_id"]) == (1, person)

    def test_show_on_their_pages(self, api: ApiClient, person: str) -> None:
        api.put(f"employees/{quote(person)}", {"name": "Some Body", "manager": DANA})
        api.record(role_play(1, employee=person), call_seen(2, employee=person))
        portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))
        browser = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
        browser.sign_in(DANA)
        listed = browser.get("/people").get_data(as_text=True)
        address = f"/people/{quote(person, safe='')}"
        assert any(f'href="{one}"' in listed for one in {address, f"/people/{quote(person)}"})
        for page in (address, f"{address}/field"):
            assert "Some Body" in browser.text(page)

    def test_erase(self, api: ApiClient, person: str) -> None:
        api.put(f"employees/{quote(person)}", {"name": "Some Body"})
        assert api.post(f"employees/{quote(person)}/erasure", {"employee_id": person}, who=ADA).status == 202
        assert api.get(f"employees/{quote(person)}").status == 404


class TestFilesOfPeople:
    def test_an_address_is_still_one_and_a_file_names_people_by_one_column(self, api: ApiClient) -> None:
        [line] = api.import_people("name,email\nTypo,no-address\n").json["lines"]
        assert line["detail"].endswith("is no e-mail address; ids of another kind stand in a column employee_id")
        [line] = api.import_people("name,employee_id\nSlash,a/b\n").json["lines"]
        assert line["detail"].startswith("employee_id: 'a/b' is no id")
        both = api.import_people("name,email,employee_id\nTwo,two@x.example,t-2\n")
        assert (both.status, both.fields) == (422, ["header"])


def forms(text: str) -> tuple[str, str]:
    """The text with one character for é, and with two."""
    both = normalize("NFC", text), normalize("NFD", text)
    assert both[0] != both[1]
    return both


class TestUnicodeForms:
    def test_an_id_is_one_person_however_it_was_typed(self, api: ApiClient) -> None:
        nfc, nfd = forms("renée@x.example")
        assert api.put(f"employees/{quote(nfd)}", {"name": normalize("NFD", "Renée"), "manager": DANA}).status == 200
        api.record(*(role_play(n, employee=one) for n, one in enumerate((nfc, nfd))))
        for one in (nfc, nfd, nfd.upper()):
            record = api.get(f"employees/{quote(one)}").json
            assert (record["employee_id"], record["name"]) == (nfc, "Renée")
            assert skill_of(api, quote(one))["observations_count"] == 2
        report = api.import_people(f"name,email,manager\nRenée,{nfd},\nNew,new@x.example,{nfd}\n").json
        assert [line["result"] for line in report["lines"]] == ["unchanged", "created"]
        assert [one["employee_id"] for one in api.get("employees", manager=nfd).json["employees"]] == ["new@x.example"]
        assert api.get(f"employees/{quote(nfc)}", who=nfd).status == 200

    def test_an_event_is_known_by_its_id_in_either_form(self, api: ApiClient) -> None:
        first, again = ({**role_play(1), "event_id": one} for one in forms("épreuve-1"))
        assert api.post("validation-events", first).status == 201
        known = api.post("validation-events", again)
        assert (known.status, known.json["event_id"]) == (200, first["event_id"])
        for one in forms("épreuve-1"):
            assert api.get(f"events/{quote(one)}", source="voice-roleplay").json["event_id"] == first["event_id"]

    def test_names_of_competencies_dimensions_and_values_are_compared_in_one_form(self, api: ApiClient) -> None:
        nfc, nfd = forms("santé")
        api.put("frameworks/sales_engineering/dimensions/secteur", {"values": [nfd], "aliases": {"hôpital": nfd}})
        api.put("skills/discovery", {"aliases": ["découverte"]})
        contexts: list[dict[str, Any]] = [{"secteur": nfc}, {"secteur": nfd}, {"secteur": normalize("NFD", "hôpital")}]
        for number, context in enumerate(contexts):
            scores = [{"competency": forms("découverte")[number % 2], "score": 80, "context": context}]
            answer = api.post("validation-events", role_play(number, competency_scores=scores)).json
            assert (answer["held"], answer["notices"]) == ([], [])
        for one in (nfc, nfd):
            rows = api.get(f"employees/{JOE}/skills", competency="discovery", context=f"secteur={one}").json["skills"]
            assert next(r for r in rows if r["context"] == {"secteur": nfc})["observations_count"] == 3
