"""The route of `email_threads`: an exported thread is read, kept where transcripts are, and queued.

What is rejected is not quarantined: its words belong nowhere but in the transcripts' bucket, and the caller has them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

from shared.call_pipeline.contract import EmailThreadBody
from shared.call_pipeline.usecases.email_threads import EmailThreads
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Rejected
from shared.platform.edges.http import Answer, Call, Handler


def handlers(threads: Callable[[], EmailThreads], home_domains: Callable[[], Collection[str]]) -> dict[str, Handler]:
    """Handlers by operation. home_domains: of the company's own addresses"""

    def take_email_thread(call: Call) -> Answer:
        body = call.body(EmailThreadBody)
        try:
            thread = parse_thread(_exported(body), home_domains=home_domains(), thread_id=body.thread_id)
        except Rejected as error:
            at = "messages" if body.messages is not None else "export"
            error.field = f"{at}.{error.field}" if error.field else at
            raise
        context = body.context.model_dump(exclude_none=True)
        taken = threads().take(thread, context)
        record = taken["record"]
        answer = {
            "record_id": record["record_id"],
            "thread_id": record["call_id"],
            "state": record["state"],
            "messages": len(thread.turns),
            "employees": record["employees"],
            "duplicate": taken["duplicate"],
        }
        location = {"Location": f"/api/v1/calls/{record['record_id']}"}
        return Answer(answer, 200 if taken["duplicate"] else 202, location)

    return {"take_email_thread": take_email_thread}


def _exported(body: EmailThreadBody) -> bytes:
    if body.export is not None:
        return body.export.encode("utf-8", "surrogateescape")
    return json.dumps(body.messages).encode()
