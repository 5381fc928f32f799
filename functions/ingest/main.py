"""Takes in validation events, field observations and learning activities, one or a list.

In:   POST /api/v1/{validation-events, field-observations, learning-activities}, JSON, an ID token of an integration.
Out:  201 with ratings before and after and what to do next; 200 for a known event; 207 for a list.
Not:  4xx problem details name the field, and the input is quarantined; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def ingest(request: Request) -> ResponseReturnValue:
    return platform().ingest().handle(request)
