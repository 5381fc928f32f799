"""What the app is served as: small, kept for a year, nobody's own, and with the session as its only key."""

from __future__ import annotations

import gzip
import json
import re

from functions.learn.assets import assets
from tests.harness.browser import ORIGIN, Person
from tests.learn.academy import ADA, BEN, Academy
from tests.learning.lesson_files import answer_body

MOST_BYTES = 60_000
"""Of the shell, its sheet and all its code together, as they go over the line."""


def learner_of(person: Person) -> str:
    return str(person.client.get("/learn/session").get_json()["learner"])


def test_shell_sheet_and_code_are_at_most_60_kilobytes(academy: Academy) -> None:
    browser = academy.stranger().client
    shell = browser.get("/learn/", headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(shell.data).decode()
    needed = set(re.findall(r'(?:href|src)="(/learn/assets/[^"]+\.(?:js|css))"', text))
    assert len(needed) > 5, "every module is named, so that none waits for another"
    assert {name for name in assets().files if name.endswith(".js")} - {"worker.js"} == {
        address.rsplit("/", 1)[1] for address in needed if address.endswith(".js")
    }
    sent = [len(shell.data)] + [len(browser.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in needed]
    assert sum(sent) < MOST_BYTES


def test_files_are_kept_for_a_year_under_an_address_that_their_content_names(academy: Academy) -> None:
    browser = academy.stranger().client
    answer = browser.get(assets().address("app.js"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert browser.get("/learn/assets/0123456789abcdef/app.js").status_code == 404
    worker = browser.get("/learn/worker.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert assets().build in worker.get_data(as_text=True)
    again = browser.get("/learn/worker.js", headers={"If-None-Match": worker.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_shell_is_the_same_for_everybody_and_runs_nothing_from_outside(academy: Academy) -> None:
    ada = academy.visit(ADA)
    shell = ada.client.get("/learn/")
    assert shell.data == academy.stranger().client.get("/learn/").data
    assert b"<script>" not in shell.data
    assert b"style=" not in shell.data
    policy = shell.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert shell.headers["Permissions-Policy"].startswith("camera=(self), geolocation=(), microphone=(self)")
    assert "camera=()" in ada.client.get("/me").headers["Permissions-Policy"], "the portal asks for none"


def test_it_can_be_installed(academy: Academy) -> None:
    browser = academy.stranger().client
    manifest = json.loads(browser.get("/learn/manifest.webmanifest").data)
    assert (manifest["start_url"], manifest["display"]) == ("/learn/", "standalone")
    purposes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes
    for icon in manifest["icons"]:
        assert browser.get(icon["src"]).status_code == 200
    assert b'rel="apple-touch-icon"' in browser.get("/learn/").data


def test_a_stranger_is_told_so_and_asks_nothing(academy: Academy) -> None:
    stranger = academy.stranger().client
    assert stranger.get("/learn/session").get_json() == {"signed_in": False}
    assert stranger.get("/learn/api/v1/learning/feed").status_code == 401
    answer = stranger.post("/learn/api/v1/learning/answers", json={"answers": []}, headers={"Origin": ORIGIN})
    assert answer.status_code == 401


def test_the_portals_session_is_the_apps(academy: Academy) -> None:
    ada = academy.visit(ADA)
    session = ada.client.get("/learn/session").get_json()
    assert (session["signed_in"], session["name"]) == (True, "Ada Cable")
    assert "ada" not in session["learner"]
    assert ada.client.get("/learn/api/v1/learning/feed").get_json()["items"]


def test_what_is_sent_comes_from_our_pages_and_names_the_learner(academy: Academy) -> None:
    ada, ben = academy.visit(ADA), academy.visit(BEN)
    body = {"answers": [answer_body(1, "2026-11-30T08:00:00Z", lesson_id="lesson_1")]}

    def sent(headers: dict[str, str]) -> tuple[int, str | None]:
        answer = ada.client.post("/learn/api/v1/learning/answers", json=body, headers=headers)
        return answer.status_code, answer.get_json().get("errors", [{}])[0].get("field")

    assert sent({"Augment-Learner": learner_of(ada)}) == (403, "Origin")
    assert sent({"Origin": "https://elsewhere.example", "Augment-Learner": learner_of(ada)}) == (403, "Origin")
    assert sent({"Origin": ORIGIN}) == (403, "Augment-Learner")
    assert sent({"Origin": ORIGIN, "Augment-Learner": learner_of(ben)}) == (403, "Augment-Learner")
    assert academy.answers() == []
    assert sent({"Origin": ORIGIN, "Augment-Learner": learner_of(ada)})[0] == 200
    assert (len(academy.answers(ADA)), len(academy.answers(BEN))) == (1, 0)


def test_signing_out_ends_the_portals_session(academy: Academy) -> None:
    ada = academy.visit(ADA)
    assert ada.client.post("/learn/sign-out").status_code == 403, "not from another site"
    assert ada.client.post("/learn/sign-out", headers={"Origin": ORIGIN}).get_json() == {"signed_in": False}
    assert ada.client.get("/learn/session").get_json() == {"signed_in": False}
    assert ada.client.get("/me").status_code == 303


def test_an_address_that_is_not_there_is_a_problem_and_a_wrong_method_names_the_right_one(academy: Academy) -> None:
    browser = academy.stranger().client
    assert browser.get("/learn").headers["Location"] == "/learn/"
    assert browser.get("/learn/elsewhere").get_json()["status"] == 404
    assert browser.get("/learn/assets/../main.py").status_code == 404
    assert browser.put("/learn/").headers["Allow"] == "GET"
