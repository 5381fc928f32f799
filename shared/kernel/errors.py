"""Names what can go wrong by what the caller should do about it.

    AugmentError
    ├── Rejected            the input is wrong: answer 4xx, or acknowledge and put it where a person sees it
    │   ├── Malformed           the bytes are not what the content type promises (400)
    │   ├── ErasedPerson        it is about somebody who has been erased, and is kept nowhere (422)
    │   ├── Unauthenticated     who are you? (401)
    │   ├── Forbidden           you may not (403)
    │   ├── NotFound            there is no such thing (404)
    │   ├── MethodNotAllowed    the path does not serve this method (405)
    │   ├── Conflict            it exists with other content, or changed under you (409)
    │   │   └── StillRunning        the same request runs already (409)
    │   ├── Gone                there was such a thing, and it is kept no longer (410)
    │   ├── Outdated            it is not what the change was to be made on (412)
    │   ├── TooLarge            over a stated limit (413)
    │   ├── UnsupportedMedia    not the content type that the route reads (415)
    │   └── TooManyRequests     faster than this caller may ask (429)
    ├── Retryable           nothing is wrong with the input: deliver it again later (503)
    └── UnreadableRecord    a stored document is damaged: a defect

Anything else is a defect and alerts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict


class AugmentError(Exception):
    """The root of every error that the platform raises on purpose."""


class FieldError(TypedDict):
    """Says what is wrong with one field. field: as Rejected has it"""

    field: str
    detail: str


class Rejected(AugmentError):
    """The input is wrong.

    detail: what was wrong and what is accepted, in words that may be shown to the caller.
    field:  where, as a dotted path into the body (`competency_scores.0.score`), a query parameter or a header.
    quarantine_id: where the rejected input is kept, once an edge has kept it.
    """

    status = 422
    title = "The request cannot be processed"

    def __init__(self, detail: str, *, field: str | None = None, errors: Sequence[FieldError] | None = None):
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.errors: Sequence[FieldError] = errors or ([{"field": field, "detail": detail}] if field else [])
        self.quarantine_id: str | None = None


class ErasedPerson(Rejected):
    """The input is about a person who has been erased. It is kept nowhere, not in quarantine either."""

    title = "This person has been erased"


class Malformed(Rejected):
    """The bytes are not what the content type promises (JSON that does not parse, bad UTF-8)."""

    status = 400
    title = "The request cannot be read"


class Unauthenticated(Rejected):
    """The caller did not prove who it is."""

    status = 401
    title = "Authentication is required"


class Forbidden(Rejected):
    """The caller is known and may not do this."""

    status = 403
    title = "This caller may not do this"


class NotFound(Rejected):
    """The thing that the request names does not exist, or not for this caller."""

    status = 404
    title = "Not found"


class MethodNotAllowed(Rejected):
    """The path exists, the method does not. allowed: those that do."""

    status = 405
    title = "Method not allowed"

    def __init__(self, detail: str, *, allowed: Sequence[str] = ()):
        super().__init__(detail, field="method")
        self.allowed = tuple(allowed)


class Conflict(Rejected):
    """The same id exists with other content, or the document changed since it was read."""

    status = 409
    title = "Conflict"


class StillRunning(Conflict):
    """The same request, under the same key, runs already."""

    title = "Still running"


class Gone(Rejected):
    """There was such a thing, and it is kept no longer."""

    status = 410
    title = "No longer there"


class Outdated(Rejected):
    """It is not what the caller has seen. tag: the ETag of what stands, None where there is nothing."""

    status = 412
    title = "Changed meanwhile"

    def __init__(self, detail: str, *, tag: str | None = None):
        super().__init__(detail, field=detail.partition(":")[0])
        self.tag = tag


class TooLarge(Rejected):
    """The body, the list or the document is over a stated limit."""

    status = 413
    title = "Too large"


class UnsupportedMedia(Rejected):
    """The route reads another content type."""

    status = 415
    title = "Unsupported media type"


class TooManyRequests(Rejected):
    """The caller asks faster than it may. after: seconds to wait; headers: what an answer says of the limit"""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, *, after: int, headers: Mapping[str, str]):
        super().__init__(detail)
        self.after = after
        self.headers = headers


class Retryable(AugmentError):
    """A dependency failed or is busy: the same input may succeed later.

    after_seconds: how long the caller should wait at least.
    """

    def __init__(self, detail: str, *, after_seconds: int = 2):
        super().__init__(detail)
        self.detail = detail
        self.after_seconds = after_seconds


class UnreadableRecord(AugmentError):
    """A stored document lacks a field, or has another kind of value there than is ever written.

    path: where it stands. The words name its collection only, since an id may be a person's.
    """

    def __init__(self, path: str):
        super().__init__(f"a document of {path.rpartition('/')[0]!r} cannot be read")
        self.path = path
