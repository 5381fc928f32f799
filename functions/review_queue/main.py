"""Opens and closes reviews of analysts' scores.

In:   Pub/Sub push of `observation-recorded`.
Out:  the review's document, where a person should look at scores of the call, or has.
Not:  unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def review_queue(request: Request) -> ResponseReturnValue:
    return platform().review_queue().handle(request)
