"""The typed client, generated once for as long as the OpenAPI document and the generator stay the same."""

from __future__ import annotations

import fcntl
import os
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

from client.generate import DOCUMENT, HERE, generate

BUILT = HERE.parent / "build" / "client"


def client_folder() -> Path:
    """The folder that holds the package."""
    parts = (DOCUMENT, HERE / "generator.yaml", HERE / "generate.py")
    content = b"".join(part.read_bytes() for part in parts) + version("openapi-python-client").encode()
    folder = BUILT / sha256(content).hexdigest()[:16]
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / "lock").open("w") as lock:  # another worker may be at it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            beside = Path(mkdtemp(dir=BUILT))
            generate(beside)
            os.rename(beside, folder)
    return folder


def importable() -> Path:
    """Lets this process and those that it starts import the package."""
    folder = client_folder()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    return folder
