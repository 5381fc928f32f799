"""Raw bytes by name on Cloud Storage: the `Files` port.

The SDK is imported with the first file, never with this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from infra.gcp.errors import retryable

_TIMEOUT_SECONDS: Final = 30.0


class CloudStorageFiles:
    """The `Files` port on one bucket. STORAGE_EMULATOR_HOST (a URL) is respected, as by Google's own client."""

    def __init__(self, project: str, bucket: str):
        self._project = project
        self._name = bucket

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None:
        from google.cloud.storage.retry import DEFAULT_RETRY

        # Repeating an upload of the same bytes to the same name is safe, so it may be retried without a precondition.
        with retryable("Cloud Storage"):
            self._bucket.blob(name).upload_from_string(
                content, content_type=content_type, timeout=_TIMEOUT_SECONDS, retry=DEFAULT_RETRY
            )

    def replace(
        self, name: str, before: bytes | None, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> bool:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        with retryable("Cloud Storage"):
            try:
                generation = self._generation_holding(name, before)
                if generation is None:
                    return False
                # Not repeated after an answer that was lost: the generation would be the one just written.
                self._bucket.blob(name).upload_from_string(
                    content,
                    content_type=content_type,
                    timeout=_TIMEOUT_SECONDS,
                    if_generation_match=generation,
                    retry=None,
                )
            except (NotFound, PreconditionFailed):
                return False
        return True

    def _generation_holding(self, name: str, content: bytes | None) -> int | None:
        """Returns the generation of a file that holds this, 0 where there is to be none and is none; None otherwise.
        Raises NotFound, PreconditionFailed where it changes meanwhile."""
        known = self._bucket.get_blob(name, timeout=_TIMEOUT_SECONDS)
        if known is None or content is None:
            return 0 if known is None and content is None else None
        generation: int = known.generation
        held = known.download_as_bytes(timeout=_TIMEOUT_SECONDS, if_generation_match=generation)
        return generation if held == content else None

    def read(self, name: str) -> bytes | None:
        from google.api_core.exceptions import NotFound

        with retryable("Cloud Storage"):
            try:
                content: bytes = self._bucket.blob(name).download_as_bytes(timeout=_TIMEOUT_SECONDS)
            except NotFound:
                return None
        return content

    def delete(self, name: str) -> None:
        """Deletes the file; a missing one is fine."""
        from google.api_core.exceptions import NotFound
        from google.cloud.storage.retry import DEFAULT_RETRY

        with retryable("Cloud Storage"):
            try:
                self._bucket.blob(name).delete(timeout=_TIMEOUT_SECONDS, retry=DEFAULT_RETRY)
            except NotFound:
                return

    def list(self, prefix: str = "") -> Sequence[str]:
        with retryable("Cloud Storage"):
            found = self._bucket.client.list_blobs(
                self._name, prefix=prefix or None, fields="items(name),nextPageToken", timeout=_TIMEOUT_SECONDS
            )
            return sorted(blob.name for blob in found)

    @cached_property
    def _bucket(self) -> Any:
        from google.cloud.storage import Client

        return Client(project=self._project).bucket(self._name)
