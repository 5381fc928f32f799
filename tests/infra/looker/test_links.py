"""The links that create dashboards: what Google reads of them, and nothing but what was given."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from infra.bigquery.catalogue import catalogue
from infra.looker.links import Product, Warehouse, aliases, link
from infra.looker.pages import ReportPage, pages

AT = Warehouse("acme-skills-dev", "acme-billing")
each_page = pytest.mark.parametrize("page", pages().values(), ids=list(pages()))
CONTROLS = {"c.reportId", "c.mode", "r.reportName"}
OF_BIGQUERY = {"connector", "type", "projectId", "datasetId", "tableId", "billingProjectId", "datasourceName"}


def parameters(address: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    assert len({name for name, _ in pairs}) == len(pairs), "a parameter twice"
    return dict(pairs)


@each_page
@pytest.mark.parametrize("template", [None, "421c8150-e7ad-4190-b044-6a18ecdbd391"])
def test_a_link_connects_every_source_of_its_page_to_a_declared_table(page: ReportPage, template: str | None) -> None:
    found = parameters(link(page, "CRO", AT, Product(), template))
    assert {name for name in found if name.startswith(("c.", "r."))} == CONTROLS - (
        set() if template else {"c.reportId"}
    )
    connected: dict[str, dict[str, str]] = {}
    for name, value in found.items():
        if name not in CONTROLS:
            _, alias, parameter = name.split(".")
            connected.setdefault(alias, {})[parameter] = value
    assert connected.keys() == aliases(page, template=template is not None).keys()
    addresses = []
    for source in connected.values():
        assert source.keys() == OF_BIGQUERY
        assert (source["connector"], source["type"], source["projectId"]) == ("bigQuery", "TABLE", AT.project)
        assert source["billingProjectId"] == AT.billing
        addresses.append(f"{source['datasetId']}.{source['tableId']}")
    assert addresses == list(page.sources)
    assert set(addresses) <= catalogue().tables.keys() | catalogue().views.keys()


@pytest.mark.parametrize(
    "title",
    ["Are we ready to sell?", "My team's skills", "Größe & Kosten = 100 %/Woche + #1", "a\nb", "日本 – „Skills“"],
)
def test_a_title_arrives_as_it_is_whatever_stands_in_it(title: str) -> None:
    page = ReportPage("x", title, ("cro",), "owner", None, "", (), pages()["success"].charts)
    address = link(page, "Sales & leadership", AT, Product())
    assert parameters(address)["r.reportName"] == f"{title} (Sales & leadership)"
    # As browsers and chat programs keep it: no character but those that an address may have, a space as %20.
    assert address.isascii()
    assert not set(address) & set(" +#'\"<>()\n")
    assert unquote(address).count("?") == 1 + title.count("?")


def test_the_whole_link_of_a_blank_report_and_of_a_template() -> None:
    start = "https://datastudio.google.com/reporting/create?"
    name = "r.reportName=Does%20the%20platform%20reach%20what%20it%20promised%3F%20%28CRO%29"
    source = (
        "&ds.{0}.connector=bigQuery&ds.{0}.type=TABLE&ds.{0}.projectId=acme-skills-dev&ds.{0}.datasetId=marts"
        "&ds.{0}.tableId=success_metrics&ds.{0}.billingProjectId=acme-billing&ds.{0}.datasourceName=marts.success_metrics"
    )
    page = pages()["success"]
    assert link(page, "CRO", AT, Product()) == f"{start}c.mode=edit&{name}{source.format('ds0')}"
    older = Product("Looker Studio", "lookerstudio.google.com")
    assert link(page, "CRO", AT, older, "abcdef-123456") == (
        "https://lookerstudio.google.com/reporting/create?c.reportId=abcdef-123456&c.mode=view&"
        f"{name}{source.format('success_metrics')}"
    )
