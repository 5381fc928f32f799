"""Serves the app's files below an address that changes with the content of any of them.

All modules stand in one folder named by the digest of them all, so that they import each other by plain relative
names, a browser may keep them for a year, and two versions never mix.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
ROOT: Final = "/learn/assets"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
STANDING: Final = ("index.html", "worker.js", "manifest.webmanifest")
"""Answered under addresses that stay, with the present folder's name written in."""
FIRST: Final = (".css", ".js", ".png")
"""What the service worker keeps when it is installed."""


@dataclass(frozen=True)
class Asset:
    """One file. content: as it is; packed: the same in gzip, None where that gains nothing"""

    content_type: str
    content: bytes

    @cached_property
    def packed(self) -> bytes | None:
        if self.content_type.startswith("image/png"):
            return None
        return gzip.compress(self.content, 9, mtime=0)


@dataclass(frozen=True)
class Assets:
    """All files by name. build: the digest of them all, which is the folder's name"""

    build: str
    files: Mapping[str, Asset]

    def address(self, name: str) -> str:
        return f"{ROOT}/{self.build}/{name}"


@lru_cache(maxsize=1)
def assets() -> Assets:
    """Reads the app's files once. In those of standing addresses `@build` becomes the folder, `@first` what to keep."""
    raw = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
    digest = sha256()
    for name, content in raw.items():
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    build = digest.hexdigest()[:16]
    first = [f"{ROOT}/{build}/{name}" for name in raw if Path(name).suffix in FIRST and name not in STANDING]
    modules = [one for one in first if one.endswith(".js")]
    said = {
        b"@build": f"{ROOT}/{build}".encode(),
        b"@first": " ".join(first).encode(),
        b"@modules": "\n    ".join(f'<link rel="modulepreload" href="{one}">' for one in modules).encode(),
    }
    files = {}
    for name, content in raw.items():
        if name in STANDING:
            for word, value in said.items():
                content = content.replace(word, value)
        files[name] = Asset(TYPES[Path(name).suffix], content)
    return Assets(build, files)
