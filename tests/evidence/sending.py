"""Sends evidence as a phone does, and makes the learners of these tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from shared.learning.domain.consent import CURRENT
from shared.learning.enrolment_records import Consent, Enrolment
from shared.ports.documents import Put, Query
from tests.harness.api_client import ADA, DANA, JOE, MO, ApiClient, Reply

EMPLOYER = "employer@partner.example"
JPEG = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00II*\x00GPS here" + bytes(range(256))
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(range(200))
VOICE = b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00" + bytes(300)


def send(api: ApiClient, content: bytes = JPEG, *, who: str = JOE, media: str = "image/jpeg", **said: Any) -> Reply:
    """One item. said: parameters of the query; key and kind have a default"""
    query = {"key": "device-1", "kind": "photo", **{name: value for name, value in said.items() if value is not None}}
    return api.call("POST", "evidence", who=who, raw=content, content_type=media, **query)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def listed(api: ApiClient, employee_id: str = JOE, who: str = JOE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("evidence", who=who, employee_id=employee_id).json["items"]
    return found


def employ(
    api: ApiClient, employee_id: str = JOE, employer_id: str = EMPLOYER, *, said: Sequence[bool] = (True,)
) -> None:
    """Has an employer attest for a learner, as the enrolment says. said: whether the learner agreed, the last counts"""
    now = api.clock.now()
    enrolled = Enrolment(
        employee_id=employee_id,
        framework_id="cable_jointing_demo",
        standard="DEMO@1",
        revision=1,
        milestone="gateway",
        employer_id=employer_id,
        invited_by=ADA,
        invited_at=now,
        consents=tuple(Consent(version=CURRENT, agreed=one, at=now) for one in said),
    )
    api.parts.documents.commit([Put(f"enrolments/{employee_id}", enrolled.stored())])


def jointing(api: ApiClient, employee_id: str = JOE) -> None:
    """Makes somebody a learner of cable jointing, with Mo as mentor."""
    body = {"framework_id": "cable_jointing_demo", "mentor": MO, "manager": DANA}
    answer = api.put(f"employees/{employee_id}", {"name": "Joe Smith", **body})
    assert answer.status == 200, answer
    api.deliver()


def bytes_kept(api: ApiClient) -> list[str]:
    """The names of all bytes in the bucket."""
    return list(api.parts.evidence.list())


def notes(api: ApiClient) -> int:
    """How many bytes are on their way."""
    return len(api.parts.documents.query(Query("evidence_uploads")))


def audited(api: ApiClient, action: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("audit", who=ADA, action=action).json["items"]
    return found
