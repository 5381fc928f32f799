"""Erases one person from every store, part by part.

In:   a task with `run_id`; whom it erases stands in the run.
Out:  documents, words, undelivered messages and rows without the person; the run's report; a task for the rest.
Not:  503 has the task delivered again, and it goes on where it was.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def erase_person(request: Request) -> ResponseReturnValue:
    return platform().erase_person().handle(request)
