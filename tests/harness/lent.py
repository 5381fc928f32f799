"""Finds the files that tests compare with and that are not ours to hand on: vendors' samples, reported cases.

They lie in a folder beside the repository, or where AUGMENT_LENT says. A test that needs some says
`@pytest.mark.lent("samples/gong/*.json")`; where they are not, it is no test of this repository: tests/conftest.py
leaves it out and counts it, and nothing is skipped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def lent(pattern: str) -> list[Path]:
    """Returns the lent files of a pattern, in the order of their names."""
    return sorted(Path(os.environ.get("AUGMENT_LENT", ROOT.parent / "shared")).glob(pattern))
