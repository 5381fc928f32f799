"""Prints a link per audience and page that creates the dashboard on one's own project.

    scripts/report_links                                     of the demonstration: the pages of the running platform
    terraform output -json | scripts/report_links --output -
    scripts/report_links --project acme-skills-dev           without Terraform's output

Whoever opens a link has a new report in Google's Data Studio (Looker Studio), its data sources connected: blank, or a
copy of `--template`. docs/dashboards.md says what to put on it, and whom to show it to. Needs no account to print.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from functions.portal.shell.words import ROLE
from infra.looker.links import Product, Warehouse, link
from infra.looker.pages import ReportPage, pages, pages_of
from shared.kernel.access import ROLES, Role

PROJECT = re.compile(r"(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""A project's id, of a domain's too (`example.com:acme`)."""
REPORT = re.compile(r"[A-Za-z0-9_-]{10,}")
HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}")
PORTAL = "http://localhost:8081"


class Unusable(Exception):
    """Why there are no links, and what to say instead."""


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when what was given is no deployment's."""
    parser = argparse.ArgumentParser(
        prog="scripts/report_links", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--output", metavar="FILE", help="what `terraform output -json` printed; - for standard input")
    where.add_argument("--project", help="the project in which the warehouse is")
    parser.add_argument("--billing-project", help="the project that pays for queries; else the warehouse's own")
    parser.add_argument("--audience", choices=ROLES, help="only the links for this role")
    parser.add_argument(
        "--template", action="append", default=[], metavar="PAGE=REPORT",
        help="copy this report instead of a blank one (its id stands in its address); once per page",
    )  # fmt: skip
    parser.add_argument("--product", default=Product.name, help="what Google calls it today (default: %(default)s)")
    parser.add_argument("--host", default=Product.host, help="where it is (default: %(default)s)")
    parser.add_argument("--portal", default=PORTAL, help="the demonstration's portal (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        for line in printed(arguments):
            print(line)
    except Unusable as error:
        print(f"scripts/report_links: {error}", file=sys.stderr)
        return 1
    return 0


def printed(arguments: argparse.Namespace) -> Iterator[str]:
    """Yields the lines: per audience a heading, per page its title and link. Raises Unusable."""
    templates = dict(_template(given) for given in arguments.template)
    at = _warehouse(arguments)
    product = Product(arguments.product, _valid(HOST, arguments.host, "a host"))
    for role in (arguments.audience,) if arguments.audience else ROLES:
        shown = pages_of(role)
        if not shown:
            continue
        yield f"{ROLE[role]}" + ("" if at is None else f" (new report in {product.name})")
        for page in shown:
            yield f"  {page.title}"
            yield f"    {_address(page, role, at, product, templates.get(page.name), arguments.portal)}"
        yield ""


def _address(
    page: ReportPage, role: Role, at: Warehouse | None, product: Product, template: str | None, portal: str
) -> str:
    if at is None:
        return f"{portal.rstrip('/')}/reports/{page.name}"
    return link(page, ROLE[role], at, product, template)


def _warehouse(arguments: argparse.Namespace) -> Warehouse | None:
    """Returns where the tables are; None for the demonstration, whose are in a file."""
    project = arguments.project
    if arguments.output:
        project = _project_of(_read(arguments.output))
    if project is None:
        return None
    project = _valid(PROJECT, project, "a project's id")
    return Warehouse(project, _valid(PROJECT, arguments.billing_project or project, "a project's id"))


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{name} cannot be read: {error}") from error


def _project_of(output: str) -> str:
    """Returns the project that Terraform's output names: whole, or of its one value `platform`. Raises Unusable."""
    try:
        found = json.loads(output)
        platform = found["platform"]["value"] if "platform" in found else found
        project = platform["warehouse"]["project"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable(
            "this is not what `terraform output -json` prints of a deployment (platform.warehouse.project is missing)"
        ) from error
    return str(project)


def _template(given: str) -> tuple[str, str]:
    name, _, report = given.partition("=")
    if name not in pages():
        raise Unusable(f"--template {given}: there is no page {name!r}; there are {', '.join(pages())}")
    return name, _valid(REPORT, report, "a report's id")


def _valid(pattern: re.Pattern[str], given: str, what: str) -> str:
    if not pattern.fullmatch(given):
        raise Unusable(f"{given!r} is not {what}")
    return given
