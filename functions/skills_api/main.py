"""Profiles, histories, skills and rules, people, recalculations, operations: the API besides `ingest`.

In:   requests of /api/v1 with an ID token of an integration or a person.
Out:  JSON in the shape of /api/v1/openapi.json.
Not:  4xx problem details that name the field; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def skills_api(request: Request) -> ResponseReturnValue:
    return platform().skills_api().handle(request)
