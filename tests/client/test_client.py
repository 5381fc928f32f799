"""The typed client, as it is generated now, against the real functions."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from typing import Any

import augment_skills_client
import httpx
import pytest
from augment_skills_client import AuthenticatedClient
from augment_skills_client.api.events import record_field_observation, record_validation_event
from augment_skills_client.api.learning import get_clip, get_evidence_content, keep_clip, post_evidence
from augment_skills_client.api.people import get_employee, import_employees, list_job_titles
from augment_skills_client.api.profiles import get_profile
from augment_skills_client.models import (
    EmployeeView,
    FieldObservation,
    ImportAnswer,
    ImportEmployeesFilesBody,
    JobTitleList,
    PostEvidenceKind,
    Problem,
    ProfileAnswer,
    ValidationAnswer,
    ValidationEvent,
    ValidationEventEventType,
    ValidationListAnswer,
)
from augment_skills_client.types import File

from client.generate import HERE
from functions.skills_api.routes import ROUTES
from tests.harness.api_client import ADMINISTRATION, JOE, ApiClient, call_seen, role_play
from tests.harness.generated_client import client_folder


@pytest.fixture
def client(api: ApiClient) -> Iterator[Any]:
    """The client of an administration's service account, without a socket between."""
    with client_of(api, ADMINISTRATION) as made:
        yield made


def client_of(api: ApiClient, who: str) -> Any:
    transport = httpx.WSGITransport(app=api.application)
    return AuthenticatedClient(base_url="http://localhost", token=api.token(who), httpx_args={"transport": transport})


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_operation_has_a_function(route: Any) -> None:
    module = import_module(f"augment_skills_client.api.{route.tag.lower()}.{route.operation}")
    assert callable(module.sync_detailed)


def test_an_event_is_recorded_and_its_person_rated(client: Any) -> None:
    answer = record_validation_event.sync_detailed(client=client, body=ValidationEvent.from_dict(role_play(1)))
    assert answer.status_code == 201
    assert isinstance(answer.parsed, ValidationAnswer)
    assert answer.parsed.skill_updates[0].competency == "discovery"
    for number in range(3):
        record_field_observation.sync(client=client, body=FieldObservation.from_dict(call_seen(number, days_ago=20)))
    profile = get_profile.sync(JOE, client=client)
    assert isinstance(profile, ProfileAnswer)
    assert next(row.current_rating for row in profile.skills if row.competency == "discovery") == 78


def test_a_list_is_answered_item_by_item(client: Any) -> None:
    answer = record_validation_event.sync(
        client=client, body=[ValidationEvent.from_dict(role_play(n)) for n in range(3)]
    )
    assert isinstance(answer, ValidationListAnswer)
    assert (answer.accepted, answer.rejected) == (3, 0)


def test_a_problem_is_typed_and_names_the_field(client: Any) -> None:
    unknown = ValidationEvent.from_dict(role_play(1, employee="nobody@x.example"))
    answer = record_validation_event.sync_detailed(client=client, body=unknown)
    assert answer.status_code == 422
    assert isinstance(answer.parsed, Problem)
    assert answer.parsed.errors[0].field == "employee_id"


def test_a_key_is_sent(client: Any) -> None:
    def post(number: int) -> Any:
        event = ValidationEvent.from_dict(role_play(number))
        return record_validation_event.sync_detailed(client=client, body=event, idempotency_key='"one"')

    first, again, other = post(1), post(1), post(2)
    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.parsed.errors[0].field) == (422, "Idempotency-Key")


def test_people_are_imported_as_a_file(client: Any) -> None:
    titles = list_job_titles.sync(client=client)
    assert isinstance(titles, JobTitleList)
    text = b"name,email,role\nNew Hire,new@x.example," + titles.titles[0].title.encode()
    file = File(payload=io.BytesIO(text), file_name="people.csv", mime_type="text/csv")
    answer = import_employees.sync(client=client, body=ImportEmployeesFilesBody(file=file))
    assert isinstance(answer, ImportAnswer)
    assert answer.created == 1
    employee = get_employee.sync("new@x.example", client=client)
    assert isinstance(employee, EmployeeView)
    assert employee.role == titles.titles[0].role


def test_a_file_is_sent_as_its_bytes_of_its_own_type(client: Any) -> None:
    clip = b"\0\0\0\x18ftypmp42" + bytes(40)
    digest = hashlib.sha256(clip).hexdigest()
    kept = keep_clip.sync_detailed(digest, client=client, body=File(payload=io.BytesIO(clip), mime_type="video/mp4"))
    assert kept.status_code == 200, kept.content
    shown = get_clip.sync_detailed(f"{digest}.mp4", client=client)
    assert (shown.status_code, shown.content) == (200, clip)
    untyped = keep_clip.sync_detailed(digest, client=client, body=File(payload=io.BytesIO(clip)))
    assert (untyped.status_code, untyped.parsed.errors[0].field) == (415, "Content-Type")


def test_evidence_is_brought_as_a_file(api: ApiClient) -> None:
    photo = b"\xff\xd8\xff\xe0" + bytes(40)
    body = File(payload=io.BytesIO(photo), mime_type="image/jpeg")
    about: dict[str, Any] = {"key": "one", "kind": PostEvidenceKind.PHOTO, "bytes_": len(photo)}
    with client_of(api, JOE) as client:
        taken = post_evidence.sync_detailed(client=client, body=body, **about)
        assert taken.status_code == 201, taken.content
        shown = get_evidence_content.sync_detailed(taken.parsed.evidence_id, client=client)
    assert (shown.status_code, shown.content) == (200, photo)


PROGRAM = """
from augment_skills_client import AuthenticatedClient
from augment_skills_client.api.profiles import get_profile
from augment_skills_client.models import ProfileAnswer

with AuthenticatedClient(base_url="https://x.example", token="t") as client:
    profile = get_profile.sync("joe@x.example", client=client)
    if isinstance(profile, ProfileAnswer):
        rating: str = profile.skills[0].current_rating
"""


def test_a_type_checker_knows_what_an_answer_is(tmp_path: Any) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", "--follow-imports=silent", "--cache-dir", tmp_path / "cache",
         tmp_path / "program.py"],
        capture_output=True, text=True, check=False, env={"MYPYPATH": str(client_folder())}, cwd=tmp_path,
    )  # fmt: skip
    assert "Incompatible types in assignment" in done.stdout, done.stdout + done.stderr
    assert "float" in done.stdout


def test_the_readme_s_program_runs(client: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    text = (HERE / "README.md").read_text("utf-8")
    program = text.partition("```python\n")[2].partition("```")[0].replace("joe@example.com", JOE)
    monkeypatch.setattr(augment_skills_client, "AuthenticatedClient", lambda **_: nullcontext(client))
    exec(compile(program, "README.md", "exec"), {"id_token": "t"})  # our own text
    assert "('discovery', " in capsys.readouterr().out


def test_the_words_of_a_fixed_list_are_strings() -> None:
    assert ValidationEventEventType.ROLE_PLAY == "role_play"
