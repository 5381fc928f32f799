"""Says what a language model has to answer about one speaker of one conversation.

A model's service holds an answer to the form of a schema, not to ranges or lengths, and not to the truth. Each score is
therefore read by itself: one that cannot be believed costs that score, not the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic.json_schema import models_json_schema

from shared.frameworks.domain.framework import Dimension
from shared.kernel.json_schema import Schema
from shared.observations.wire.context_fields import Spelling, spellings

MEASURED = ("talk ratio", "interruptions", "longest monologue")
"""What a score of listening may stand on instead of words."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuoteAnswer(_Answer):
    """Words of the scored speaker, and the number of the turn in which they are said."""

    turn: StrictInt
    words: Annotated[str, Field(min_length=1, max_length=2000)]


class ScoreAnswer(_Answer):
    """One competency's score."""

    competency: Annotated[str, Field(min_length=1, max_length=120)]
    score: Annotated[StrictInt, Field(ge=0, le=100)]
    confidence: Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
    quotes: Annotated[list[QuoteAnswer], Field(max_length=20)]
    measured: Literal["none", "talk ratio", "interruptions", "longest monologue"]
    reason: Annotated[str, Field(max_length=1000)]


class NotObservedAnswer(_Answer):
    """A competency that the conversation gives no occasion for."""

    competency: Annotated[str, Field(min_length=1, max_length=120)]
    reason: Annotated[str, Field(max_length=1000)]


class DealAnswer(_Answer):
    """Says what the conversation shows about the deal; a framework's dimensions give it its fields."""


class AnalysisAnswer(_Answer):
    """A whole answer. A reader takes `scores` and `not_observed` one by one (see the module)."""

    scores: list[ScoreAnswer]
    not_observed: list[NotObservedAnswer]
    deal: DealAnswer


def answer_schema(competencies: Sequence[str], dimensions: Sequence[Dimension]) -> Schema:
    """Returns the answer's JSON schema in the part of the language that structured output takes.

    competencies: the only ones that can be named. dimensions: what is asked about the deal; one without values takes
    any text.
    Objects take nothing but their properties, and all of those; ranges and lengths are said in a description.
    """
    forms: dict[str, Schema] = {name: _accepted(form) for name, form in _models().items()}
    whole = forms.pop("AnalysisAnswer")
    for form in ("ScoreAnswer", "NotObservedAnswer"):
        forms[form]["properties"]["competency"] = {"type": "string", "enum": list(competencies)}
    values = {one.dimension: one.values for one in dimensions}
    asked = spellings(values)
    forms["DealAnswer"]["properties"] = {one.short: _deal_field(one, values[one.dimension]) for one in asked}
    forms["DealAnswer"]["required"] = [one.short for one in asked]
    return {"$defs": forms, **whole}


@cache
def _models() -> Mapping[str, Schema]:
    """Returns the models' own schemas, which pydantic takes milliseconds to write and nobody changes."""
    _, found = models_json_schema([(AnalysisAnswer, "validation")])
    forms: Mapping[str, Schema] = found["$defs"]
    return forms


def _deal_field(spelling: Spelling, values: Sequence[str]) -> Schema:
    one: Schema = {"type": "string", "enum": list(values)} if values else {"type": "string"}
    return {"type": "array", "items": one} if spelling.several else {"anyOf": [one, {"type": "null"}]}


Limit = Literal["minimum", "maximum", "minLength", "maxLength"]
_LIMITS: tuple[tuple[Limit, str], ...] = (
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("minLength", "length at least"),
    ("maxLength", "length at most"),
)


def _accepted(schema: Schema) -> Schema:
    kept: Schema = {**schema}
    kept.pop("title", None)
    kept.pop("description", None)
    kept.pop("maxItems", None)
    kept.pop("additionalProperties", None)
    kept.pop("required", None)
    limits = [f"{words} {kept.pop(limit)}" for limit, words in _LIMITS if limit in kept]
    if limits:
        kept["description"] = ", ".join(limits)
    if "properties" in kept:
        kept["properties"] = {key: _accepted(value) for key, value in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _accepted(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_accepted(one) for one in kept["anyOf"]]
    if kept.get("type") == "object":
        kept["additionalProperties"] = False
        kept["required"] = list(kept.get("properties", {}))
    return kept
