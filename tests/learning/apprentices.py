"""Brings apprentices of the synthetic cable jointing standard into a platform under test."""

from __future__ import annotations

from typing import Any

from infra.demonstration import learning_standards
from shared.learning.domain.consent import CURRENT
from tests.harness.api_client import ENID, MO, ApiClient

ANA, BEN, EMPLOYER = "ana@jointers.example", "ben@jointers.example", "employer@partner.example"
STANDARD, OLD_PLAN, PLAN = "ST9901@1.0", "ST9901@1.0_1.0", "ST9901@1.0_2.0"


def people(*more: str) -> str:
    """Returns a file of Ana, who is Mo's learner, Ben, who has no mentor, and others."""
    rows = [f"Ana Joiner,{ANA},employee,,cable_jointing_demo,{MO}", f"Ben Joiner,{BEN},employee,,cable_jointing_demo,"]
    rows += [f"{one},{one},employee,,cable_jointing_demo," for one in more]
    return "name,email,role,manager,framework,mentor\n" + "\n".join(rows) + "\n"


def prepare(api: ApiClient, *more: str) -> None:
    """Imports the synthetic standards, their plans and the apprentices."""
    standards, plans = learning_standards.standards(), learning_standards.plans()
    assert api.post("standards/import", {"standards": list(standards)}).status == 200
    assert api.post("assessment-plans/import", {"plans": list(plans)}).status == 200
    answer = api.import_people(people(*more))
    assert (answer.status, answer.json["rejected"]) == (200, 0), answer


def invite(api: ApiClient, employee_id: str = ANA, *, who: str = ENID, **changed: Any) -> Any:
    """Invites somebody to the synthetic standard, with an employer."""
    body = {"employee_id": employee_id, "standard": STANDARD, "employer_id": EMPLOYER, "gateway_on": "2028-02-01"}
    return api.post("learning/enrolments", body | changed, who=who)


def enrolled(api: ApiClient, employee_id: str = ANA, **changed: Any) -> Any:
    """Invites somebody who agrees."""
    assert invite(api, employee_id, **changed).status == 201
    said = {"version": CURRENT, "agreed": True}
    agreed = api.post(f"learning/enrolments/{employee_id}/consent", said, who=employee_id)
    assert agreed.status == 200, agreed
    return agreed
