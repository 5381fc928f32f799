"""Types an OpenAPI document, as far as ours says anything."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from shared.kernel.json_schema import Schema


class MediaType(TypedDict):
    """Says what a body or an answer of one content type looks like."""

    schema: Schema
    example: NotRequired[str]


class Described(TypedDict):
    """Says what one status means."""

    description: str
    content: dict[str, MediaType]


class Body(TypedDict):
    """Says what is to be sent, by content type."""

    required: bool
    content: dict[str, MediaType]


Parameter = TypedDict(
    "Parameter",
    {"name": str, "in": str, "required": bool, "description": NotRequired[str], "schema": Schema},
)


class Operation(TypedDict):
    """Says what one method of one path does."""

    operationId: str
    summary: str
    tags: list[str]
    description: str
    security: list[dict[str, list[str]]]
    responses: dict[str, Described]
    parameters: NotRequired[list[Parameter]]
    requestBody: NotRequired[Body]


class Named(TypedDict):
    """Names a tag."""

    name: str


class Info(TypedDict):
    """Says which API it is."""

    title: str
    version: str
    description: str


class Components(TypedDict):
    """Holds the schemas that operations refer to, and how callers show who they are."""

    schemas: dict[str, Schema]
    securitySchemes: dict[str, dict[str, str]]


class Document(TypedDict):
    """Holds the whole document."""

    openapi: str
    info: Info
    servers: list[dict[str, str]]
    tags: list[Named]
    paths: dict[str, dict[str, Operation]]
    components: Components
