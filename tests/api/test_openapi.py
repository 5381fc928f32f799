"""The committed OpenAPI document is the code's own, and the page to read shows all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from functions.skills_api.openapi import TAGS, document, document_text
from functions.skills_api.openapi_page import page
from functions.skills_api.routes import ROUTES
from scripts.commands.generate_openapi import CRM_MESSAGE, crm_message
from shared.kernel.access import PERMISSIONS
from tests.harness.api_client import ApiClient

ROOT = Path(__file__).parents[2]
VOID = {"meta", "br", "img", "input", "hr", "link"}


def test_the_committed_document_is_current(tmp_path: Path) -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == document_text(), "run scripts/generate_openapi and commit docs/openapi.json"
    assert CRM_MESSAGE.read_text(encoding="utf-8") == crm_message(), "run scripts/generate_openapi"


def test_the_document_is_the_same_in_every_process() -> None:
    code = "from functions.skills_api.openapi import document_text; import sys; sys.stdout.write(document_text())"
    again = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert again.stdout.decode() == document_text()


def test_every_tag_has_routes_and_every_route_a_tag() -> None:
    assert sorted(TAGS) == sorted({route.tag for route in ROUTES})


def test_the_document_is_served_to_anyone(seen: ApiClient) -> None:
    served = seen.get("openapi.json", who=None)
    assert served.json == document()
    assert served.json["openapi"] == "3.1.0"


def test_every_route_is_there_with_its_problems_and_security() -> None:
    operations = {
        operation["operationId"]: operation
        for methods in document()["paths"].values()
        for operation in methods.values()
    }
    assert operations.keys() == {route.operation for route in ROUTES}
    for route in ROUTES:
        operation = operations[route.operation]
        assert bool(operation["security"]) is (route.permission is not None or route.keyed)
        if route.permission is not None:
            assert {"401", "403", "422", "503"} <= operation["responses"].keys()
        if route.body is not None or route.csv:
            assert {"400", "413", "415"} <= operation["responses"].keys(), route.operation
        if route.permission is not None:
            who = operation["description"].removeprefix("Who may: ").split(".")[0].split(", ")
            roles = {role for role, permissions in PERMISSIONS.items() if route.permission in permissions}
            assert roles <= set(who)


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere() -> None:
    schemas = document()["components"]["schemas"]

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            here = {value["$ref"]} if "$ref" in value else set()
            return here.union(*(references(child) for child in value.values()))
        return set().union(*(references(child) for child in value)) if isinstance(value, list) else set()

    assert references(document()) <= {f"#/components/schemas/{name}" for name in schemas}
    for name in schemas:
        jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": document()["components"]})


class Strict(HTMLParser):
    """Fails on what a browser would have to guess: tags that do not close in order, ids that stand twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        if given.get("id"):
            assert given["id"] not in self.ids, given["id"]
            self.ids.add(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))
        assert not any(name.startswith("on") for name in given)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def parsed() -> Strict:
    parser = Strict()
    parser.feed(page(document()))
    parser.close()
    return parser


class TestThePage:
    def test_is_well_formed_without_scripts_and_shows_every_operation_and_schema(self, parsed: Strict) -> None:
        assert parsed.open == []
        assert parsed.tags.isdisjoint({"script", "iframe", "img", "link", "object"})
        assert {route.operation for route in ROUTES} <= parsed.ids
        assert {f"schema-{name}" for name in document()["components"]["schemas"]} <= parsed.ids

    def test_has_no_dead_link(self, parsed: Strict) -> None:
        inside = {link[1:] for link in parsed.links if link.startswith("#")}
        assert inside <= parsed.ids
        assert {link for link in parsed.links if not link.startswith("#")} == {"openapi.json"}

    def test_is_served_to_anyone_under_a_policy_that_allows_nothing_else(self, seen: ApiClient) -> None:
        served = seen.get("docs", who=None)
        assert served.raw.decode() == page(document())
        assert "default-src 'none'" in served.headers["Content-Security-Policy"]

    def test_escapes_what_it_shows(self) -> None:
        hostile = json.loads(json.dumps(document()).replace("One skill definition", "<script>x</script>"))
        assert "<script" not in page(hostile)


def test_every_item_of_a_list_has_a_type() -> None:
    def untyped(schema: Any, at: str) -> list[str]:
        if isinstance(schema, list):
            return [found for index, one in enumerate(schema) for found in untyped(one, f"{at}/{index}")]
        if not isinstance(schema, dict):
            return []
        items = schema.get("items", schema) if schema.get("type") == "array" else None
        bare = items is not None and not ({"$ref", "anyOf", "oneOf", "enum"} & items.keys() or "properties" in items)
        here = [at] if bare and items is not None and items.get("type") in (None, "object", "array") else []
        return here + [found for name, one in schema.items() for found in untyped(one, f"{at}/{name}")]

    assert untyped(document(), "") == []


def test_what_a_list_is_answered_is_typed_by_its_kind() -> None:
    for path, kind in (("validation-events", "Validation"), ("field-observations", "Field")):
        answered = document()["paths"][f"/api/v1/{path}"]["post"]["responses"]["207"]["content"]["application/json"]
        assert answered["schema"] == {"$ref": f"#/components/schemas/{kind}ListAnswer"}
        result = document()["components"]["schemas"][f"{kind}Result"]["properties"]
        assert {"$ref": f"#/components/schemas/{kind}Answer"} in result["answer"]["anyOf"]
        assert {"$ref": "#/components/schemas/Problem"} in result["problem"]["anyOf"]
