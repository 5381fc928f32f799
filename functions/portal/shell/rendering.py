"""Renders templates: Jinja2 with escaping on, undefined names an error, and the portal's words as filters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from functions.portal.shell import assets, words
from functions.portal.shell.frame import Frame, Notice

PORTAL = Path(__file__).parents[1]
"""A page's template stands beside its code: `<noun>/<noun>.html`."""


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, assets.Asset]:
    return assets.load()


@lru_cache(maxsize=1)
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PORTAL),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        plain=words.plain,
        ordinal=words.ordinal,
        versioned=words.versioned,
        capital=words.capital,
        source=words.source,
        action=words.action,
        zoned=words.zoned,
        coded=words.coded,
        analyst=words.analyst,
        scorer=words.scorer,
        version=words.version,
        day=words.day,
        moment=words.moment,
        points=words.points,
        count=words.count,
        signed=words.signed,
        ago=words.ago,
        lasting=words.lasting,
    )
    made.globals.update(
        asset=lambda name: static_files()[name].address,
        STATUS=words.STATUS,
        TREND=words.TREND,
        TREND_OF=words.TREND_OF,
        CONFIDENCE=words.CONFIDENCE,
        KIND=words.KIND,
        ROLE=words.ROLE,
    )
    return made


def render(
    template: str,
    *,
    frame: Frame | None,
    here: str = "",
    notice: Notice | None = None,
    theme: str = "system",
    **variables: object,
) -> str:
    """Renders a whole page.

    template: by its path in the portal, `audit/audit.html`; frame: None for the pages without a session; here: the
    place in the navigation that is current
    """
    return (
        environment()
        .get_template(template)
        .render(**variables, frame=frame, place=here, notice=notice, theme=frame.theme if frame else theme)
    )
