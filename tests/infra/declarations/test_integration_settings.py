"""The settings of the integrations are declared once: what is read, what the document says, what the page shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from functions.skills_api.routes import ROUTES
from infra.declarations.integration_settings import (
    DEALS_PATH,
    DECLARED,
    DERIVED,
    EMAIL_PATH,
    SECRETS,
    SETTINGS,
    WEBHOOK_PATH,
    given,
)
from infra.declarations.pipeline import load_pipeline
from infra.declarations.salesforce_settings import CRM_PATH
from infra.declarations.shapes import EVERY_GROUP
from infra.declarations.whatsapp_settings import WHATSAPP_PATH
from infra.vendors import claude, gong
from infra.vendors.integrations import DeclaredSettings, Integrations
from scripts.commands.generate_integrations import DOCUMENT, settings, written
from tests.infra.declarations.settings_read import Reader

INFRA = Path(gong.__file__).resolve().parents[1]


def names_in(path: Path) -> set[str]:
    """The environment variables that a module's code names; not those of its documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        found
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        for found in re.findall(r"AUGMENT_[A-Z_]+", node.value)
    }


def test_the_document_is_current() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert document == written(document, settings()), "run ./scripts/generate_integrations"
    for name in SETTINGS:
        assert f"`{name}`" in document


def test_every_setting_that_is_read_is_declared_and_no_other() -> None:
    ports = [path for path in (INFRA / "wiring" / "ports").glob("*.py") if "import given\n" in path.read_text("utf-8")]
    read = names_in(INFRA / "vendors" / "integrations.py").union(*map(names_in, ports))
    declared = {name for name in SETTINGS if name not in SECRETS}
    assert read <= declared
    elsewhere = declared - read
    assert elsewhere <= names_in(INFRA / "wiring" / "google_environment.py"), elsewhere


def test_the_pipeline_hands_over_every_setting_that_an_operator_may_set() -> None:
    handed = [name for names in load_pipeline().settings.values() for name in names]
    of_the_platform = {"AUGMENT_RATE_LIMITS", "AUGMENT_PORTAL_IAP_AUDIENCE"}
    assert sorted(handed) == sorted((SETTINGS.keys() - SECRETS - DERIVED) | of_the_platform)


def test_a_function_is_handed_the_settings_that_its_code_can_come_to_read_and_no_others(reader: Reader) -> None:
    pipeline = load_pipeline()
    every = frozenset().union(*pipeline.settings.values())
    for function in pipeline.functions.values():
        read = reader.settings_of(function, every)
        declared = pipeline.settings_of(function.name)
        assert declared == (every if EVERY_GROUP in read else read), (
            f"{function.name}: its code reads {sorted(read - declared)} more and {sorted(declared - read)} less"
        )


def test_reading_is_followed_through_what_the_wiring_makes_and_no_further(reader: Reader) -> None:
    def read_by(function: str) -> set[str]:
        return reader.settings_of(load_pipeline().functions[function], SETTINGS)

    assert "AUGMENT_SMTP_PORT" in read_by("notify")
    assert "AUGMENT_SMTP_PORT" not in read_by("skills_api")
    assert "AUGMENT_SLACK" in read_by("skills_api")
    assert "AUGMENT_SLACK" not in read_by("nightly_assignments")
    assert "AUGMENT_WORK_ZONE" in read_by("nightly_assignments")
    assert "AUGMENT_WORK_ZONE" not in read_by("ingest")


def test_every_route_is_followed_in_the_function_that_serves_it(reader: Reader) -> None:
    served: dict[str, set[str]] = {}
    for route in ROUTES:
        served.setdefault(route.function, set()).add(route.operation)
    assert len(served) >= 5
    for function, operations in served.items():
        reached = {one.name for one in reader.reached(load_pipeline().functions[function])}
        assert operations <= reached, f"{function}: {sorted(operations - reached)}"
    others = {one.name for one in reader.reached(load_pipeline().functions["email_threads"])}
    assert "list_calls" not in others, "one of the same module, for another function"


def test_a_setting_that_is_not_declared_for_a_function_is_no_silent_default() -> None:
    settings = DeclaredSettings(
        {"AUGMENT_MODEL": "m", "AUGMENT_SLACK": "on"}, frozenset({"AUGMENT_MODEL"}), of="gong_call"
    )
    assert given(settings, "AUGMENT_MODEL") == "m"
    assert dict(settings) == {"AUGMENT_MODEL": "m"}
    with pytest.raises(RuntimeError, match="does not declare that gong_call reads AUGMENT_SLACK"):
        given(settings, "AUGMENT_SLACK")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_every_secret_of_an_integration_is_declared_and_read_by_the_health_check() -> None:
    pipeline = load_pipeline()
    assert pipeline.secrets.keys() >= SECRETS
    assert set(pipeline.functions["health_check"].secrets) == SECRETS
    code = "".join(path.read_text(encoding="utf-8") for path in (INFRA / "wiring" / "ports").glob("*.py"))
    for constant, value in re.findall(r'^([A-Z]+): Final = ("[a-z-]+")$', code, re.MULTILINE):
        code = code.replace(f"secret({constant})", f"secret({value})")
    for name in SECRETS:
        assert f'secret("{name}")' in code


def test_the_addresses_to_register_are_routes() -> None:
    pipeline = load_pipeline()
    paths = (WEBHOOK_PATH, EMAIL_PATH, DEALS_PATH, CRM_PATH, WHATSAPP_PATH)
    owners = [pipeline.owner("api", path, "POST") for path in paths]
    names = ["gong_webhook", "email_threads", "deals", "sfdc_webhook", "whatsapp_coach"]
    assert [owner and owner.name for owner in owners] == names
    assert {declared.path for declared in DECLARED} == {None, *paths}
    confirmed = pipeline.owner("api", WHATSAPP_PATH, "GET")
    assert confirmed is not None
    assert confirmed.name == "whatsapp_coach", "WhatsApp confirms the address by GET"


def test_gong_needs_a_scope_for_each_address_that_is_asked() -> None:
    asked = set(re.findall(r'"/v2/calls/(\w+)"', Path(gong.__file__).read_text(encoding="utf-8")))
    [scopes] = [declared.scopes for declared in DECLARED if declared.name == "Gong"]
    assert {scope.name for scope in scopes} == {f"api:calls:read:{name}" for name in asked}


def test_a_default_is_in_force_where_nothing_is_set() -> None:
    assert given({}, "AUGMENT_GONG_PER_DAY") == "10000"
    assert given({"AUGMENT_GONG_PER_DAY": ""}, "AUGMENT_GONG_PER_DAY") == "10000"
    assert given({"AUGMENT_GONG_PER_DAY": "5"}, "AUGMENT_GONG_PER_DAY") == "5"
    assert given({}, "AUGMENT_CALLS_FROM") == ""
    with pytest.raises(KeyError):
        given({}, "AUGMENT_SOMETHING_ELSE")
    assert SETTINGS["AUGMENT_MODEL_URL"].default == claude.ANTHROPIC_URL


def test_what_is_in_force_never_holds_a_secret() -> None:
    class Kept:
        def get(self, name: str) -> str:
            return {"gong-access": "k:very-secret", "anthropic-key": "none"}[name]

    environment = {
        "AUGMENT_MODEL": "m",
        "SECRET_GONG_ACCESS": "k:very-secret",
        "AUGMENT_RUNTIME": "google",
        "PATH": "/",
    }
    declared = frozenset({"gong-access", "anthropic-key"})
    connected = Integrations(environment, Kept(), declared)
    assert connected.settings_set() == {"AUGMENT_MODEL": "m"}
    assert connected.secrets_set() == {"gong-access": True, "anthropic-key": False}
