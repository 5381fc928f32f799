"""Compiles a package's modules as pip and Google's builder do, each text once however many packages hold it."""

from __future__ import annotations

import marshal
from functools import cache
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

UNCHECKED_HASH = (1).to_bytes(4, "little")
"""The flag of a .pyc that counts whatever the time of its source (PEP 552)."""


def compile_below(folder: Path) -> None:
    """Writes the .pyc of every module below a folder."""
    for path in folder.rglob("*.py"):
        compiled = Path(cache_from_source(str(path)))
        compiled.parent.mkdir(exist_ok=True)
        compiled.write_bytes(_compiled(path.read_bytes(), path.relative_to(folder).as_posix()))


@cache
def _compiled(source: bytes, name: str) -> bytes:
    code = compile(source, name, "exec", dont_inherit=True)
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(source) + marshal.dumps(code)
