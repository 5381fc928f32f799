"""Keeps the films, captions and posters of lessons, each file under its digest, and gives them out again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound, Rejected, TooLarge
from shared.ports.ambient import Files

if TYPE_CHECKING:
    from shared.learning.contract import KeptClip

ENDINGS: Final[Mapping[str, str]] = {"video/mp4": "mp4", "text/vtt": "vtt", "image/jpeg": "jpg"}
"""By content type: what a file's name ends with."""
TYPES: Final[Mapping[str, str]] = {ending: media for media, ending in ENDINGS.items()}
MOST_BYTES: Final = 2_000_000
_NAME: Final = re.compile(r"([0-9a-f]{64})\.([a-z0-9]{3})")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Clip:
    """A file as it was kept. name: its address's end, which stands for this content for ever"""

    name: str
    content: bytes
    content_type: str


class KeepClips:
    """Keeps files that lessons show."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def keep(self, caller: Caller, sha256: str, content: bytes, content_type: str) -> KeptClip:
        """Keeps a file under its digest; again it changes nothing. content_type: one of ENDINGS

        Raises Forbidden; Rejected for another digest than the content's, and for what is no such file; TooLarge.
        """
        from shared.learning.contract import KeptClip

        require(caller, "lessons.write")
        if len(content) > MOST_BYTES:
            raise TooLarge(f"a file may have at most {MOST_BYTES} bytes; this one has {len(content)}", field="body")
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise Rejected(f"the SHA-256 of the body is {found}, not {sha256[:64]!r}", field="name")
        if not _is(content, content_type):
            raise Rejected(f"the body is no {content_type}", field="body")
        self._files.write(f"{sha256}.{ENDINGS[content_type]}", content, content_type=content_type)
        return KeptClip(sha256=sha256, bytes=len(content), content_type=content_type)

    def show(self, caller: Caller, name: str) -> Clip:
        """Returns a file by the end of its address, such as `<sha256>.mp4`. Raises Forbidden, NotFound."""
        require(caller, "skills.read")
        named = _NAME.fullmatch(name)
        content = self._files.read(name) if named and named[2] in TYPES else None
        if named is None or content is None:
            raise NotFound(f"there is no clip {name[:80]!r}", field="name")
        return Clip(name, content, TYPES[named[2]])

    def holds(self, sha256: str, ending: str) -> bool:
        """Tells whether a file of this digest is kept. ending: one of TYPES"""
        name = f"{sha256}.{ending}"
        return bool(_DIGEST.fullmatch(sha256)) and name in self._files.list(name)


def _is(content: bytes, content_type: str) -> bool:
    """Tells whether bytes begin as a file of this type does."""
    if content_type == "video/mp4":
        return content[4:8] == b"ftyp"
    if content_type == "image/jpeg":
        return content.startswith(b"\xff\xd8\xff")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return False
    return text.startswith("WEBVTT") and text[6:7] in ("", " ", "\t", "\n", "\r")
