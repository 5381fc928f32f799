"""What holds for every body that callers send: a field that may be absent may be null, and means the same then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from functions.skills_api.openapi import document
from shared.frameworks.contract import ScoreContext
from shared.kernel import places
from shared.kernel.bodies import Body
from shared.notifications.contract import DeviceBody
from shared.observations.contract import CompetencyScore, ContextTags, DealContext, EventBody, ValidationEvent


def models(root: type[Body] = Body) -> Iterator[type[Body]]:
    for model in root.__subclasses__():
        yield model
        yield from models(model)


def optional(model: type[Body]) -> list[str]:
    return [name for name, field in model.model_fields.items() if not field.is_required()]


def read(model: type[Body], value: dict[str, Any]) -> Any:
    """The model, or what is wrong with the value."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        return [(item["loc"], item["type"]) for item in error.errors()]


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_null_means_absent(model: type[Body]) -> None:
    assert read(model, dict.fromkeys(optional(model))) == read(model, {})


def test_null_for_what_is_required_is_named() -> None:
    complaints = read(ValidationEvent, dict.fromkeys(ValidationEvent.model_fields))
    assert {loc[0] for loc, _ in complaints} == {
        "employee_id", "event_type", "event_source", "timestamp", "overall_score", "passed", "competency_scores"
    }  # fmt: skip


def test_null_for_a_further_dimension_means_absent() -> None:
    assert ScoreContext.model_validate({"industry": "retail", "voltage": None}).pairs() == {"industry": "retail"}
    assert ContextTags.model_validate({"industry": ["retail"], "voltage": None}).observed() == {"industry": ["retail"]}
    assert DealContext.model_validate({"dimensions": {"voltage": None, "soil": ["clay"]}}).observed() == {
        "soil": ["clay"]
    }


def test_a_field_that_nobody_knows_is_reported_with_null_too() -> None:
    assert CompetencyScore.model_validate({"competency": "discovery", "score": 1, "mood": None}).unrecognised == [
        "mood"
    ]


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_the_document_says_so(model: type[Body]) -> None:
    schema = document()["components"]["schemas"].get(model.__name__)
    if schema is None:
        assert model in {EventBody, DeviceBody}  # what the events have in common; what a page sends
        return
    for name in optional(model):
        field = {**schema["properties"][name], "components": document()["components"]}
        assert jsonschema_rs.validator_for(field).is_valid(None), name


def test_the_names_of_zones_are_looked_up_once() -> None:
    places._zones.cache_clear()
    for _ in range(100):  # a list of people has a zone in every line
        assert places.zone_name("Europe/London") == "Europe/London"
    with pytest.raises(ValueError, match="no time zone"):
        places.zone_name("Europe/Nowhere")
    assert places._zones.cache_info().misses == 1
