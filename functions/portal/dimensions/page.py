"""Shows and changes a framework's context dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from functions.portal.shell.forms import refusals, version
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import DimensionBody
from shared.frameworks.domain.framework import Dimension, Framework
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.reading import validated
from shared.taxonomy.contract import UnknownValueItem

FIELDS = frozenset({"values", "aliases"})


@dataclass(frozen=True)
class Dimensions:
    """The context dimensions. entered and errors: of the dimension named `editing`, after a refused change."""

    framework: Framework
    may_change: bool
    editing: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    unknown: Sequence[UnknownValueItem] = ()


def show_dimensions(on: Environment, visit: Visit, framework_id: str) -> PageOrRedirect:
    framework, may_change = taxonomy(on).skills.framework(visit.caller, framework_id), visit.may("skills.write")
    return present(Dimensions(framework, may_change, unknown=_unknown(on, visit, framework_id)))


def _unknown(on: Environment, visit: Visit, framework_id: str) -> Sequence[UnknownValueItem]:
    """Returns the values that nobody has declared, for who operates the platform."""
    if not visit.may("operations.read"):
        return ()
    return taxonomy(on).unknown_values.of(visit.caller, framework_id).items


def change_dimension(on: Environment, visit: Visit, framework_id: str) -> PageOrRedirect:
    """Publishes a dimension's values and words; what is wrong stands beside its field."""
    framework = taxonomy(on).skills.framework(visit.caller, framework_id)
    name = visit.form.get("dimension", "")
    if name not in framework.by_dimension:
        raise NotFound(f"{framework.name} has no dimension {name[:60]!r}")
    dimension, errors = _changed(framework.by_dimension[name], visit.form)
    if dimension is not None:
        body = {
            "values": list(dimension.values),
            "aliases": dict(dimension.aliases),
            "if_version": version(visit.form),
        }
        try:
            change = validated(DimensionBody, body)
            taxonomy(on).publish_frameworks.set_dimension(framework_id, name, change, visit.caller)
            return Redirect(f"/dimensions/{quote(framework_id)}?done=dimension")
        except Rejected as problem:
            errors = refusals(problem, FIELDS)
    return present(Dimensions(framework, visit.may("skills.write"), name, dict(visit.form), errors))


def present(view: Dimensions) -> Page:
    variables = {
        "view": view,
        "unknown": {
            name: [one for one in view.unknown if one.dimension == name] for name in view.framework.by_dimension
        },
        "dimensions": [
            {
                "dimension": dimension,
                "values": view.entered.get("values", "")
                if view.editing == dimension.dimension
                else "\n".join(dimension.values),
                "aliases": view.entered.get("aliases", "")
                if view.editing == dimension.dimension
                else "\n".join(f"{word} = {value}" for word, value in dimension.aliases),
            }
            for dimension in view.framework.dimensions
        ],
    }
    return Page("dimensions/dimensions.html", variables, "skills", status=422 if view.errors else 200)


def _changed(known: Dimension, form: Mapping[str, str]) -> tuple[Dimension | None, dict[str, str]]:
    if "unknown" in form:
        return with_word(known, form["unknown"], form.get("means", "")), {}
    return dimension_from(known.dimension, form)


def with_word(dimension: Dimension, word: str, means: str) -> Dimension:
    """Returns a dimension with one more word for a value, or, where it means none of them, with one more value."""
    if means in dimension.values:
        return replace(dimension, aliases=tuple(sorted({**dict(dimension.aliases), word.lower(): means}.items())))
    return replace(dimension, values=(*dimension.values, word))


def dimension_from(name: str, entered: Mapping[str, str]) -> tuple[Dimension | None, dict[str, str]]:
    """Returns (dimension, errors) from two text areas: a value a line; `word = value` a line."""
    values = tuple(dict.fromkeys(line.strip() for line in entered.get("values", "").splitlines() if line.strip()))
    errors: dict[str, str] = {}
    if not values:
        errors["values"] = "Enter at least one value, one a line."
    aliases: list[tuple[str, str]] = []
    for line in entered.get("aliases", "").splitlines():
        if not line.strip():
            continue
        word, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not word or value not in values:
            errors["aliases"] = f"“{line.strip()}” should read: word = value, with one of the values above."
            break
        aliases.append((word.lower(), value))
    return (None if errors else Dimension(name, values, tuple(sorted(aliases)))), errors
