"""The specification's dimensions and categories stand in framework data, payloads and formats, nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from shared.frameworks.contract import Category
from shared.kernel.ids import DEFAULT_FRAMEWORK

ROOT = Path(__file__).parents[2]
READ = (("shared", "*.py"), ("functions", "*.py"), ("functions", "*.html"), ("infra/wiring", "*.py"))
DIMENSIONS = re.compile(r"(?<![a-z])(?:industry|deal_size|buyer_persona|product_line)(?!_expertise)")
PUBLISHED = {
    "shared/frameworks/contract.py": "the context of a score",
    "shared/observations/contract.py": "the context of an observation, and a content's tags",
    "shared/observations/domain/deal_context.py": "how payloads spell them",
    "shared/ratings/api.py": "an example in the API's description",
    "shared/ratings/contract.py": "the same example in a refusal",
    "functions/portal/skill/page.py": "an example in a comment",
    "functions/portal/rule/form.py": "the same example",
}
CATEGORIES_DECLARED = {
    "shared/frameworks/contract.py": "the list, and what a skill without one is",
    "shared/frameworks/domain/framework.py": "what a stored skill without one is",
    "shared/taxonomy/contract.py": "what a new skill without one is",
}
FRAMEWORK_DECLARED = {"shared/kernel/ids.py": "the framework of whoever names no other"}


def sources() -> Iterator[tuple[str, str]]:
    """The production files and their text, wire formats apart."""
    for folder, pattern in READ:
        for file in (ROOT / folder).rglob(pattern):
            if "wire" not in file.parts:
                yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def naming(words: re.Pattern[str]) -> set[str]:
    return {name for name, text in sources() if words.search(text)}


def literal(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f'"(?:{"|".join(words)})"')


def test_no_code_knows_a_dimension_of_sales() -> None:
    assert naming(DIMENSIONS) == PUBLISHED.keys()


def test_no_code_knows_a_category_of_skills() -> None:
    own = set(get_args(Category)) - {
        "product_knowledge",
        "knowledge",
        "skill",
        "behaviour",
    }  # other things' words too
    assert naming(literal(own)) == CATEGORIES_DECLARED.keys()


def test_one_line_names_the_framework_of_whoever_names_no_other() -> None:
    assert naming(literal([DEFAULT_FRAMEWORK])) == FRAMEWORK_DECLARED.keys()
