"""Generated requests, right and wrong ones, to every operation: no 5xx, and no answer that the document does not know.

SCHEMATHESIS_EXAMPLES   right and as many wrong requests per operation (default 5); more for a long run
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable

from functions.skills_api.routes import ROUTES
from infra.demonstration.organisation import Organisation
from tests.harness.api_client import ADA, NOW, ApiClient

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

OPERATIONS = [route.operation for route in ROUTES if route.operation != "get_openapi"]
"""All but the one that serves the very document that the others are held to."""

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def lived_in(seen: ApiClient) -> ApiClient:
    """A platform on which something has happened, so that answers have content."""
    organisation = Organisation(NOW.date())
    seen.import_people(organisation.people_csv())
    by_path: dict[str, list[Any]] = {}
    for event in organisation.events():
        by_path.setdefault(event.path, []).append(event.body)
    for path, bodies in by_path.items():
        seen.post(path, bodies[::40][:60])
    seen.post("validation-events", {"wrong": True})
    seen.platform.health.check()
    return seen


@pytest.fixture(scope="module")
def operations(lived_in: ApiClient) -> dict[str, Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", lived_in.application)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=str)
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_no_server_error_and_no_undocumented_answer(
    lived_in: ApiClient, operations: dict[str, Any], operation_id: str, mode: Any
) -> None:
    headers = {"Authorization": f"Bearer {lived_in.token(ADA)}"}
    tried = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operations[operation_id].as_strategy(generation_mode=mode))
    def answers_as_documented(case: Any) -> None:
        nonlocal tried
        tried += 1
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        answers_as_documented()
    except Unsatisfiable:
        # An operation that takes nothing but the text of a header cannot be asked wrongly.
        assert mode.is_negative
        taken = operations[operation_id].definition.raw.get("parameters", [])
        assert {parameter["in"] for parameter in taken} <= {"header"}
    else:
        assert tried >= 1
