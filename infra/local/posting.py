"""Posts what is delivered to a function's application in this process, as Pub/Sub and Cloud Tasks would over HTTP."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from infra.local.leased import Leased

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXCEPTION_KEY: Final = "augment_skills.exception"
"""In a request's environ: the name of the exception that a function let through, set by who loads the functions."""
_ENVIRON: Final = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "localhost",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""What is the same in every request to an application's root."""


def push_body(delivery: Leased) -> bytes:
    """Writes Pub/Sub's wrapped push: the message, its data in base64, the subscription, and which delivery this is."""
    published = rfc3339(delivery.published_at)
    return json.dumps(
        {
            "message": {
                "data": base64.b64encode(delivery.data.encode()).decode(),
                "messageId": delivery.message_id,
                "message_id": delivery.message_id,
                "publishTime": published,
                "publish_time": published,
                "attributes": dict(delivery.attributes),
            },
            "subscription": f"projects/local/subscriptions/{delivery.channel}",
            "deliveryAttempt": delivery.attempts,
        },
        separators=(",", ":"),
    ).encode()


def post(application: WSGIApplication, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """POSTs to a WSGI application's root in this thread: the status, and in words what it answered.

    Of an error's body only the title of problem details is kept: a payload belongs in no log and no dead letter's
    reason. Exceptions of the application pass through.
    """
    environ: WSGIEnvironment = {
        **_ENVIRON,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    statuses: list[str] = []

    def start_response(status: str, response_headers: Any, exc_info: Any = None, /) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda written: None

    starter: StartResponse = start_response
    answer = application(environ, starter)
    try:
        content = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status = int(statuses[-1].split(" ", 1)[0])
    cause = environ.get(EXCEPTION_KEY) or (_title(content) if status >= 400 else "")
    return status, f"HTTP {status}{': ' if cause else ''}{cause}"


def _title(content: bytes) -> str:
    try:
        title = json.loads(content)["title"]
    except (ValueError, KeyError, TypeError):
        return ""
    return title[:200] if isinstance(title, str) else ""


def rfc3339(time: datetime) -> str:
    """Writes a time as Google's services do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
