"""A recorded observation becomes a new rating.

In:   Pub/Sub push of `observation-recorded`.
Out:  the ratings document, and `skill-changed` when something changed, `discrepancy-changed` when practice and field
      began or ceased to disagree.
Not:  unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def rating_update(request: Request) -> ResponseReturnValue:
    return platform().rating_update().handle(request)
