"""What a caller may send that no caller should: every answer is one that says what was wrong, and none is of a
kind that nobody named here."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from functions.portal.shell.routes import ROUTES as PAGES
from functions.skills_api.openapi import document
from infra.local.identity import ISSUER, audience_of
from infra.local.runtime import FUNCTIONS_FOLDER, load_applications
from tests.harness.api_client import ADA, JOE, PRIYA, ApiClient, api_pipeline
from tests.proofs import requests
from tests.proofs.mutations import Made

SEED = 20_261_129
REQUESTS = 450
ANSWERED = {200, 303, 400, 401, 403, 404, 422}
"""The statuses that so many of this seed's requests are answered with, all of them and no other."""
AT_TIMES = {201, 202, 207}
"""What few routes answer, which a mutation meets now and then; that it is that route's own is asked of each answer."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    pipeline = api_pipeline()
    applications = load_applications(pipeline, FUNCTIONS_FOLDER)
    made = ApiClient(tmp_path_factory.mktemp("odd") / "data", applications, pipeline, new=True)
    made.import_people()
    requests.lived_in(made)
    yield made
    made.close()


def _signed(api: ApiClient, **claims: Any) -> str:
    """Returns a token with whatever claims, signed by the issuer's own key: a library would not write some of them."""
    issuer = api.parts.issuer
    now = int(api.clock.now().timestamp())
    usual = {"iss": ISSUER, "aud": audience_of("api"), "sub": "1", "email": JOE, "email_verified": True}
    body = json.dumps({**usual, "iat": now, "exp": now + 3600, **claims})
    header = json.dumps({"alg": "RS256", "typ": "JWT", "kid": issuer._key_id})
    parts = [base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in (header, body)]
    signature = issuer._key.sign(b".".join(parts), padding.PKCS1v15(), hashes.SHA256())
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


HARMLESS: list[dict[str, Any]] = [
    *({"exp": 10**400}, {"exp": 1e308}, {"iat": -(10**20)}, {"iat": -(10**400)}, {"azp": [[]]}),
]
"""A token that ends late, was made early or is of a party that nobody asks about is a token."""
NOBODY: list[dict[str, Any]] = [{"email": "../people/joe@augmentcode.com"}, {"email": "__all__"}]
"""A token of somebody whom the platform does not know."""


@pytest.mark.parametrize(
    "claims",
    [
        *requests.ODD_CLAIMS,
        *({"exp": float("nan")}, {"iat": float("nan")}, {"nbf": float("inf")}, {"exp": float("-inf")}, {"exp": True}),
        *({"email": "\ud800@augmentcode.com"}, {"email": "joe@augmentcode.com\x00"}, {"email": " joe@augmentcode.com"}),
        *({"email": "../people/joe@augmentcode.com"}, {"email": "__all__"}, {"iat": -(10**400)}, {"iss": {"a": []}}),
    ],
    ids=lambda claims: str(claims)[:40],
)
def test_odd_claims(api: ApiClient, claims: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {_signed(api, **claims)}"}
    with api.plain("GET", f"/api/v1/employees/{JOE}/skills", headers, {}, None) as response:
        if claims in HARMLESS:
            expected = 200
        else:
            expected = 403 if claims in NOBODY else 401
        assert response.status_code == expected, response.get_data(as_text=True)


@pytest.mark.parametrize(
    "value", ["a/b", "9999-12-31T23:59:59-14:00", "9999-12-31", "0001-01-01", "10000-01-01", "\x00"]
)
def test_odd_filters(api: ApiClient, value: str) -> None:
    paths = document()["paths"]
    for path in ("reviews", "calls", "employees", "audit", f"employees/{JOE}/skills", f"field-observations/{JOE}"):
        template = f"/api/v1/{path}".replace(JOE, "{employee_id}")
        for parameter in paths[template]["get"]["parameters"]:
            if parameter["in"] == "query":
                answer = api.get(path, who=ADA, **{parameter["name"]: value})
                assert answer.status in {200, 404, 422}, (path, parameter["name"], answer)


def test_what_takes_no_body_takes_none(api: ApiClient) -> None:
    for path in ("calls/1/analyses", "dead-letters/1/replay", "webhook-subscriptions/1/test"):
        answer = api.post(path, {"model": "another"}, who=ADA)
        assert (answer.status, answer.fields) == (422, ["body"])
        assert api.post(path, {}, who=ADA).status == 404


@pytest.mark.parametrize("value", [None, "", "a/b", "/", ".."])
def test_a_form_whose_ids_lead_nowhere(api: ApiClient, value: str | None) -> None:
    pages = Path(FUNCTIONS_FOLDER / "portal").rglob("*.html")
    named = {name for page in pages for name in re.findall(r'name="(\w+_id|key|source)"', page.read_text("utf-8"))}
    assert {"evidence_id", "assignment_id"} <= named
    browsers = requests.browsers(api, (JOE, ADA))
    for route in [one for one in PAGES if one.act is not None]:
        path = re.sub("<.*?>", JOE, route.path)
        for who, browser in browsers.items():
            answer = browser.post(path, {} if value is None else dict.fromkeys(named, value))
            assert answer.status_code < 500, (who, path)
            if answer.headers.get("Location", "").startswith("/sign-in"):  # signed out by its own form
                browser.sign_in(who)


def test_mutated_requests_over_every_operation_in_every_role(api: ApiClient) -> None:
    found = requests.asked(api, SEED, lambda number: number < REQUESTS)
    assert found.wrong == {}
    assert found.statuses.keys() - AT_TIMES == ANSWERED


def test_the_proof_finds_what_is_out_of_sight(api: ApiClient) -> None:
    found = requests.Found()
    made = Made("get_secret", "GET", f"/api/v1/field-observations/{PRIYA}", {})
    text = json.dumps(api.get(made.path, who=ADA).json)
    found.note(made, JOE, 200, text, 0.01)
    found.note(made, JOE, 500, "", 0.01)
    assert [*found.wrong] == [f"sight of get_secret by {JOE}", "500 of get_secret"]
