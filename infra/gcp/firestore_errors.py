"""Says Firestore's refusals in the port's terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from infra.gcp.errors import retryable
from infra.gcp.firestore_values import stored_path
from shared.ports.documents import AlreadyExists, Contended, Create, DocumentTooLarge, PreconditionFailed, Write

_TOO_LARGE: Final = re.compile(r"exceed|too (large|big|long|many)|longer than|maximum \w+ size", re.IGNORECASE)


@contextmanager
def reading() -> Iterator[None]:
    """Translates the refusals of a read."""
    from google.api_core import exceptions

    with retryable("Firestore"):
        try:
            yield
        except exceptions.Aborted as error:
            raise Contended("a read met another transaction") from error


@contextmanager
def committing(writes: Sequence[Write]) -> Iterator[None]:
    """Translates the refusals of a commit."""
    from google.api_core import exceptions

    with retryable("Firestore"):
        try:
            yield
        except exceptions.AlreadyExists as error:
            raise AlreadyExists(_existing_path(error.message, writes)) from error
        except exceptions.Aborted as error:
            raise Contended("a commit lost against another") from error
        except (exceptions.FailedPrecondition, exceptions.NotFound) as error:
            conditional = [write.path for write in writes if not isinstance(write, Create) and write.if_version]
            if not conditional:
                raise
            raise PreconditionFailed(f"changed or missing: one of {', '.join(conditional)}") from error
        except exceptions.InvalidArgument as error:
            if not _TOO_LARGE.search(str(error)):
                raise
            raise DocumentTooLarge(
                f"one of {len(writes)} writes, the first to {writes[0].path}, is too large"
            ) from error


def _existing_path(message: str, writes: Sequence[Write]) -> str:
    """Returns the path of the Create that found a document, when the message or the batch tells; else empty."""
    created = [write.path for write in writes if isinstance(write, Create)]
    if len(created) == 1:
        return created[0]
    for path in created:
        # Firestore names the document's whole resource, its emulator only the path.
        if re.search(rf"/{re.escape(stored_path(path))}(?=$|[\s}}\"',])", message):
            return path
    return ""
