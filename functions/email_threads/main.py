"""Takes in exported e-mail threads.

In:   POST /api/v1/email-threads, JSON, an ID token of an integration.
Out:  202 with the thread's record and who is scored; 200 for an export that is known.
Not:  4xx problem details name the field; what is rejected is kept nowhere; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def email_threads(request: Request) -> ResponseReturnValue:
    return platform().email_threads().handle(request)
