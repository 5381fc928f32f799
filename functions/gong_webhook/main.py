"""Takes in the recorder's message that a call has finished.

In:   POST /webhooks/gong, JSON, with the recorder's signed token about exactly this body and this address.
Out:  202 with what became of it: a queued call, a test, or nobody of ours in it.
Not:  401 says what about the token is wrong; 4xx name the field, and the input is quarantined; 503 asks for it again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def gong_webhook(request: Request) -> ResponseReturnValue:
    return platform().gong_webhook().handle(request)
