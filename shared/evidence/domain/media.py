"""Tells what a file is by its first bytes, whatever its sender calls it."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"caff", "audio/x-caf"),
    (b"fLaC", "audio/flac"),
    (b"%PDF-", "application/pdf"),
)
_IN_RIFF: Final = {b"WAVE": "audio/wav", b"WEBP": "image/webp"}
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
}
"""Of what begins with `ftyp` (ISO/IEC 14496-12); any other brand is a film, or a voice in a film's box."""
_FILM: Final = "video/mp4"

SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""What browsers draw: a page may show it. All else is there to be saved."""
_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "audio/x-caf": "caf",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/aac": "aac",
    "application/pdf": "pdf",
    "application/json": "json",
    TEXT: "txt",
}


def media_type_of(content: bytes) -> str:
    """Returns the media type that a file's bytes show; `application/octet-stream` for what is not known here."""
    for beginning, media in _BEGINNINGS:
        if content.startswith(beginning):
            return media
    if content[:4] == b"RIFF":
        return _IN_RIFF.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], _FILM)
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:  # a frame of MPEG audio; layer 0 is AAC
        return "audio/aac" if content[1] & 0x06 == 0 else "audio/mpeg"
    return TEXT if _is_text(content) else UNKNOWN


def ending_of(media_type: str) -> str:
    """Returns how the name of a file of this type ends."""
    return _ENDINGS.get(media_type, "bin")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)
