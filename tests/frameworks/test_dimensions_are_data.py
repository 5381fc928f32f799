"""The specification's four dimensions stand in framework data, published payloads and wire formats, nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = re.compile(r"(?<![a-z])(?:industry|deal_size|buyer_persona|product_line)(?!_expertise)")
PUBLISHED = {
    "shared/frameworks/contract.py": "the context of a score",
    "shared/observations/contract.py": "the context of an observation, and a content's tags",
    "shared/observations/domain/deal_context.py": "how payloads spell them",
    "shared/ratings/api.py": "examples in the API's description",
    "shared/ratings/contract.py": "the same example in a refusal",
}


def naming() -> set[str]:
    """The files of `shared` that name one of the four, wire formats apart."""
    files = (file for file in (ROOT / "shared").rglob("*.py") if "wire" not in file.parts)
    return {str(file.relative_to(ROOT)) for file in files if WORDS.search(file.read_text(encoding="utf-8"))}


def test_the_engine_knows_no_dimension_of_sales() -> None:
    assert naming() == PUBLISHED.keys()
