"""Types an OpenAPI document by the specification's own names, as far as ours says anything."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from shared.kernel.json_schema import Schema


class MediaType(TypedDict):
    schema: Schema
    example: NotRequired[str]


class Header(TypedDict):
    description: str
    schema: Schema


class Described(TypedDict):
    description: str
    headers: NotRequired[dict[str, Header]]
    content: NotRequired[dict[str, MediaType]]


class Body(TypedDict):
    required: bool
    content: dict[str, MediaType]


Parameter = TypedDict(
    "Parameter",
    {"name": str, "in": str, "required": bool, "description": NotRequired[str], "schema": Schema},
)


class Security(TypedDict, total=False):
    idToken: list[str]
    addressToken: list[str]


class Operation(TypedDict):
    operationId: str
    summary: str
    tags: list[str]
    description: str
    security: list[Security]
    responses: dict[str, Described]
    deprecated: NotRequired[bool]
    parameters: NotRequired[list[Parameter]]
    requestBody: NotRequired[Body]


class Sent(TypedDict):
    """Describes what the platform itself sends."""

    operationId: str
    summary: str
    tags: list[str]
    security: list[Security]
    requestBody: Body
    responses: dict[str, Described]


class Named(TypedDict):
    name: str


class Server(TypedDict):
    url: str


class Components(TypedDict):
    schemas: dict[str, Schema]
    securitySchemes: dict[str, dict[str, str]]


class Document(TypedDict):
    openapi: str
    info: dict[str, str]
    servers: list[Server]
    tags: list[Named]
    paths: dict[str, dict[str, Operation]]
    webhooks: dict[str, dict[str, Sent]]
    components: Components
