"""Reads the templates that the coach needs, which are data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from infra.declarations.safe_yaml import SafeLoader
from shared.coaching.domain.inbound import Category
from shared.coaching.domain.templates import ShippedTemplate, Templates

_FILE: Final = Path(__file__).parent / "templates.yaml"


class _Template(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_]{1,512}$")
    language: str
    category: Category
    body: str = Field(max_length=1_024)
    button: str | None = Field(default=None, max_length=25)


class _Templates(BaseModel):
    model_config = ConfigDict(extra="forbid")

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    prices: dict[Category, float]
    templates: dict[str, _Template]


@cache
def shipped_templates() -> Templates:
    """Returns the templates and prices. Raises ValueError for a file that is none of them."""
    read = _Templates.model_validate(yaml.load(_FILE.read_text("utf-8"), Loader=SafeLoader))
    by_about = {
        about: ShippedTemplate(about, one.name, one.language, one.category, one.body, one.button)
        for about, one in read.templates.items()
    }
    return Templates(read.currency, read.prices, by_about)
