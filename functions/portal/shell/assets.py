"""Serves static files under addresses that change with their content, so that browsers may keep them for a year.

Not under /static/: Functions Framework's Flask application answers that prefix itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
WORKER = "/notifications/push/worker.js"
"""Of push notifications: an address that stays, since browsers compare what it answers. A worker's scope is its folder,
and no page is there: it shows notifications and sees no request of the portal's."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """address: `/assets/portal.0123456789ab.css`."""

    name: str
    address: str
    content_type: str
    content: bytes
    digest: str


def load(folder: Path = FOLDER) -> Mapping[str, Asset]:
    """Reads all static files, by name; the digest in an address is that of the content."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            digest = sha256(content).hexdigest()[:12]
            found[path.name] = Asset(
                path.name, f"/assets/{path.stem}.{digest}{path.suffix}", TYPES[path.suffix], content, digest
            )
    return found
