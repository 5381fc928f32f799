"""The specification's dimensions and categories stand in framework data, payloads and formats, nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from shared.frameworks.contract import Category
from shared.kernel.ids import DEFAULT_FRAMEWORK

ROOT = Path(__file__).parents[2]
READ = (
    *((folder, "*.py") for folder in ("shared", "functions", "scripts")),
    *((f"infra/{folder}", "*.py") for folder in ("declarations", "gcp", "local", "vendors", "web", "wiring")),
    ("functions", "*.html"),
)
DIMENSIONS = re.compile(r"(?<![a-z])(?:industry|deal_size|buyer_persona|product_line)(?!_expertise)")
PUBLISHED = {
    "shared/frameworks/contract.py": "the context of a score",
    "shared/observations/contract.py": "the context of an observation, and a content's tags",
    "shared/deals/contract.py": "the account of a deal, and what came of it",
    "shared/crm/domain/deal_mapping.py": "which fields of a CRM say what its deals' contract takes",
    "infra/declarations/salesforce_settings.py": "the CRM's standard field for it",
    "infra/wiring/ports/crm_settings.py": "which fields of a CRM say what its deals' contract takes",
    "scripts/commands/labelled_set.py": "the columns of a published data set",
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
SALES = re.compile(r"(?i)(?<![a-z])(?:buyers?|prospects?|sellers?|sales|industries)(?![a-z])")
"""Words of one trade. A deal is the API's: what several calls are about; a customer is whoever calls are with."""
SALES_NAMED = {
    "shared/analysts/domain/phrases.py": "how people speak to a language model about whom it scores",
    "shared/frameworks/domain/framework.py": "what a stored skill without a category is",
    "shared/frameworks/domain/standard_checks.py": "the name of an occupational route",
    "shared/kernel/ids.py": "the framework of whoever names no other",
    "shared/privacy/domain/anonymise.py": "the published label of who is ours, and what follows a company's name",
    "functions/portal/shell/words.py": "what people call a category",
    "scripts/commands/labelled_set.py": "the columns of a published data set",
    "scripts/commands/picture.py": "a heading of the sign-in page",
    "infra/declarations/salesforce_settings.py": "roles in the team and fields of a CRM, as organisations call them",
    "infra/wiring/ports/crm_settings.py": "an example of such a field",
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


def said(source: str) -> Iterator[str]:
    """Yields what a module names and says: its definitions, variables and texts, documentation apart."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def literal(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f'"(?:{"|".join(words)})"')


def test_no_code_knows_a_dimension_of_sales() -> None:
    assert naming(DIMENSIONS) == PUBLISHED.keys()


def test_no_code_speaks_of_one_trade() -> None:
    speaking = {
        name
        for name, text in sources()
        if name.endswith(".py") and not name.endswith("/contract.py") and any(map(SALES.search, said(text)))
    }
    assert speaking == SALES_NAMED.keys()


def test_a_word_of_one_trade_is_found_in_names_and_texts_and_not_in_documentation() -> None:
    named = said('def buyer_of(prospect):\n    "The seller."\n    industries = f"sales of {prospect}"')
    assert set(filter(SALES.search, named)) == {"buyer_of", "prospect", "industries", "sales of "}


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
