"""Who may reach and read what, in the plan as declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.bigquery.catalogue import catalogue
from infra.declarations.pipeline import FunctionSpec
from infra.wiring.google_environment import INTEGRATION_SCOPES, GoogleEnvironment, services
from tests.terraform.conftest import ROOT, Provisioned
from tests.terraform.declared import FUNCTIONS, PIPELINE

pytestmark = pytest.mark.terraform


def roles_of(provisioned: Provisioned, name: str) -> set[tuple[str, str]]:
    """Every (role, kind of resource: which) that the account of one function holds anywhere in the project."""
    account = provisioned.function(name, "google_service_account.this")["email"]
    held = set()
    for kind, values in provisioned.resources.values():
        if "_iam_member" in kind and values["member"] == f"serviceAccount:{account}":
            held.add((values["role"], where(provisioned, kind, values)))
    return held


def where(provisioned: Provisioned, kind: str, values: dict[str, Any]) -> str:
    topics = {topic["id"]: topic["name"] for topic in provisioned.of("google_pubsub_topic")}
    accounts = {account["name"]: account["account_id"] for account in provisioned.of("google_service_account")}
    match kind:
        case "google_pubsub_topic_iam_member":
            return f"topic {topics[values['topic']]}"
        case "google_pubsub_subscription_iam_member":
            return f"subscription {values['subscription']}"
        case "google_cloud_tasks_queue_iam_member":
            return f"queue {values['name']}"
        case "google_service_account_iam_member":
            return f"account {accounts[values['service_account_id']]}"
        case "google_bigquery_dataset_iam_member":
            return f"dataset {values['dataset_id']}"
        case "google_storage_bucket_iam_member":
            return f"bucket {values['bucket']}"
        case "google_secret_manager_secret_iam_member":
            return f"secret {values['secret_id']}"
        case "google_project_iam_member":
            return f"project if {values['condition'][0]['expression']}" if values["condition"] else "project"
    return kind


def implied(function: FunctionSpec, provisioned: Provisioned) -> set[tuple[str, str]]:
    """The roles that a declaration implies, written down a second time, from the declaration's own comment."""
    roles = {("roles/pubsub.publisher", f"topic {topic}") for topic in function.publishes}
    roles |= {("roles/cloudtasks.enqueuer", f"queue {queue}") for queue in function.enqueues}
    roles |= {("roles/secretmanager.secretAccessor", f"secret {secret}") for secret in function.secrets}
    own = f"account fn-{function.name.replace('_', '-')}"
    data = function.data
    targets = {other.queue: other.name for other in PIPELINE.functions.values()}
    roles |= {("roles/iam.serviceAccountUser", f"account {caller_of(targets[queue])}") for queue in function.enqueues}
    if function.signs:
        roles.add(("roles/iam.serviceAccountTokenCreator", own))
    for access, database in (
        (data.documents, PIPELINE.documents.database),
        (data.integrations, PIPELINE.integrations.database),
    ):
        condition = f'resource.name == "projects/acme-skills-prod/databases/{database}"'
        if access != "none":
            roles.add((f"roles/datastore.{'user' if access == 'write' else 'viewer'}", f"project if {condition}"))
    roles |= implied_by_warehouse(data.warehouse, provisioned)
    buckets = {name: getattr(data, name) for name in ("transcripts", "quarantine", "clips", "evidence")}
    for bucket, access in buckets.items():
        if access != "none":
            role = "roles/storage.objectUser" if access == "write" else "roles/storage.objectViewer"
            roles.add((role, f"bucket acme-skills-prod-{bucket}"))
    if data.dead_letters != "none":
        letters = {f"{subscription.name}--dead-letters" for subscription in PIPELINE.subscriptions}
        roles |= {("roles/pubsub.subscriber", f"subscription {name}") for name in letters}
    if data.dead_letters == "write":
        listening = {one.function for one in PIPELINE.subscriptions if one.function}
        roles |= {("roles/iam.serviceAccountOpenIdTokenCreator", f"account {caller_of(name)}") for name in listening}
    return roles


def caller_of(function: str) -> str:
    """The id of the account with which Pub/Sub, Cloud Tasks or Cloud Scheduler call a function."""
    return f"to-{function.replace('_', '-')}"


def implied_by_warehouse(access: str, provisioned: Provisioned) -> set[tuple[str, str]]:
    datasets = {dataset["dataset_id"] for dataset in provisioned.of("google_bigquery_dataset")} - {"team_views"}
    writes = {"write": datasets - {"raw"}, "erase": datasets}.get(access, set())
    reads = {"read": {"marts"}, "ask": {"staging"}, "write": {"raw"}}.get(access, set())
    roles = {("roles/bigquery.dataEditor", f"dataset {name}") for name in writes}
    roles |= {("roles/bigquery.dataViewer", f"dataset {name}") for name in reads}
    return roles if access == "none" else roles | {("roles/bigquery.jobUser", "project")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_account_holds_exactly_what_its_declaration_implies(provisioned: Provisioned, name: str) -> None:
    assert roles_of(provisioned, name) == implied(PIPELINE.functions[name], provisioned)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_public_reaches_app_edges_only(provisioned: Provisioned, name: str) -> None:
    invokers = {
        values["member"]
        for kind, values in provisioned.of_function(name)
        if kind == "google_cloud_run_v2_service_iam_member" and values["role"] == "roles/run.invoker"
    }
    if PIPELINE.functions[name].edge == "app":
        assert invokers == {"allUsers"}
    else:
        assert invokers == {f"serviceAccount:{invoker_of(provisioned, name)['email']}"}


def test_nothing_else_is_public(provisioned: Provisioned) -> None:
    public = {
        address
        for address, (_, values) in provisioned.resources.items()
        if {values.get("member")} & {"allUsers", "allAuthenticatedUsers"}
    }
    apps = {name for name in FUNCTIONS if PIPELINE.functions[name].edge == "app"}
    module = 'module.pipeline.module.function["{}"].google_cloud_run_v2_service_iam_member.public[0]'
    assert public == {module.format(name) for name in apps}


def invoker_of(provisioned: Provisioned, name: str) -> dict[str, Any]:
    return provisioned.at(f'module.pipeline.google_service_account.invoker["{name}"]')


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if PIPELINE.functions[name].edge == "iam"])
def test_who_calls_a_function_may_call_no_other_and_is_whom_the_code_expects(
    provisioned: Provisioned, name: str
) -> None:
    invoker = invoker_of(provisioned, name)
    member = f"serviceAccount:{invoker['email']}"
    held = [v for _, v in provisioned.resources.values() if v.get("member") == member]
    assert [(v["role"], v["name"]) for v in held] == [
        ("roles/run.invoker", provisioned.function(name, "google_cloudfunctions2_function.this")["name"])
    ]
    settings = {"GOOGLE_CLOUD_PROJECT": "acme-skills-prod", "AUGMENT_FUNCTION": name}
    expected = GoogleEnvironment(settings, PIPELINE).invoker(name)
    assert f"{invoker['account_id']}@acme-skills-prod.iam.gserviceaccount.com" == expected


def test_one_function_alone_calls_others_in_the_place_of_their_topics(provisioned: Provisioned) -> None:
    minting = {
        values["member"]
        for values in provisioned.of("google_service_account_iam_member")
        if values["role"] == "roles/iam.serviceAccountOpenIdTokenCreator"
    }
    (replaying,) = [name for name in FUNCTIONS if PIPELINE.functions[name].data.dead_letters == "write"]
    own = provisioned.function(replaying, "google_service_account.this")["email"]
    agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    assert minting == {f"serviceAccount:{own}", agent}


def test_an_erasure_is_begun_by_those_alone_that_declare_it(provisioned: Provisioned) -> None:
    """By its queue, whose tasks carry its caller's token; nobody else is handed that account out, nor mints for it."""
    declared = {
        name for name in FUNCTIONS if PIPELINE.functions["erase_person"].queue in PIPELINE.functions[name].enqueues
    }
    own = {f"serviceAccount:{provisioned.function(name, 'google_service_account.this')['email']}" for name in declared}
    caller = invoker_of(provisioned, "erase_person")
    handed_out = {
        values["member"]
        for values in provisioned.of("google_service_account_iam_member")
        if values["service_account_id"] == caller["name"]
    }
    assert declared
    assert handed_out == own


def test_whoever_deploys_may_grant_on_the_project_what_is_granted_there(provisioned: Provisioned) -> None:
    declared = json.loads((ROOT / "terraform" / "deployer.json").read_text("utf-8"))["may_grant"]
    granted = {values["role"] for values in provisioned.of("google_project_iam_member")}
    assert granted == {role for role in declared if "{project}" not in role}


def readers(provisioned: Provisioned, group: str) -> set[tuple[str, str]]:
    """Every (role, where) that a group holds."""
    return {
        (values["role"], where(provisioned, kind, values))
        for kind, values in provisioned.resources.values()
        if "_iam_" in kind and values.get("member") == f"group:{group}"
    }


def test_readers_of_marts_cannot_read_rows_about_individuals(provisioned: Provisioned) -> None:
    assert readers(provisioned, "analysts@example.com") == {
        ("roles/bigquery.dataViewer", "dataset marts"),
        ("roles/bigquery.jobUser", "project"),
    }
    in_marts = {name for name, table in catalogue().tables.items() if table.dataset == "marts"}
    individual = {name for name, table in catalogue().tables.items() if table.rows_about != "aggregates"}
    made = {f"{t['dataset_id']}.{t['table_id']}" for t in provisioned.of("google_bigquery_table")}
    assert individual
    assert individual <= made
    assert {name for name in made if name.startswith("marts.")} == in_marts
    assert not individual & in_marts
    # Neither dataset-wide nor table by table, nor by basic roles: only the function that fills them, and those that
    # take a person out of them or to another id.
    writers = {
        f"serviceAccount:{provisioned.function(name, 'google_service_account.this')['email']}"
        for name in FUNCTIONS
        if PIPELINE.functions[name].data.warehouse in ("write", "erase")
    }
    for kind, values in provisioned.resources.values():
        if kind == "google_bigquery_dataset_iam_member" and values["dataset_id"] in ("individuals", "organisations"):
            assert values["member"] in writers
        assert kind not in {"google_bigquery_table_iam_member", "google_bigquery_dataset_iam_binding"}


def test_managers_read_only_the_views_and_the_views_are_authorised(provisioned: Provisioned) -> None:
    assert readers(provisioned, "managers@example.com") == {
        ("roles/bigquery.dataViewer", "dataset team_views"),
        ("roles/bigquery.jobUser", "project"),
    }
    views = {
        f"{t['dataset_id']}.{t['table_id']}": t["view"][0] for t in provisioned.of("google_bigquery_table") if t["view"]
    }
    assert views.keys() == catalogue().views.keys()
    for name, view in views.items():
        declared = catalogue().views[name]
        assert view["use_legacy_sql"] is False
        whose = "leader_id" if declared.of.startswith("organisations.") else "manager_id"
        assert f"FROM `acme-skills-prod.{declared.of}`\nWHERE {whose} = LOWER(SESSION_USER())" in view["query"]
    authorised = {
        (access["dataset_id"], ".".join((shown["project_id"], shown["dataset_id"], shown["table_id"])))
        for access in provisioned.of("google_bigquery_dataset_access")
        for shown in access["view"]
    }
    assert authorised == {
        (view.of.split(".")[0], f"acme-skills-prod.{name}") for name, view in catalogue().views.items()
    }
    assert not [access for access in provisioned.of("google_bigquery_dataset_access") if access["role"]]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_starting_administrators_are_known_where_people_sign_in_and_nowhere_else(
    provisioned: Provisioned, name: str
) -> None:
    service = provisioned.function(name, "google_cloudfunctions2_function.this")["service_config"][0]
    known = service["environment_variables"].get("AUGMENT_ADMINISTRATORS")
    function = PIPELINE.functions[name]
    signed_in_to = function.edge == "app" and "audit-recorded" in function.publishes
    assert known == ("ada@example.com,bo@example.com" if signed_in_to else None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_statement_may_read_stands_where_the_warehouse_is_asked(provisioned: Provisioned, name: str) -> None:
    service = provisioned.function(name, "google_cloudfunctions2_function.this")["service_config"][0]
    limit = service["environment_variables"].get("AUGMENT_WAREHOUSE_GIGABYTES")
    assert limit == ("70" if PIPELINE.functions[name].data.warehouse != "none" else None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_allow_list_holds_what_posts_to_a_function_and_stands_only_where_it_is_read(
    provisioned: Provisioned, name: str
) -> None:
    service = provisioned.function(name, "google_cloudfunctions2_function.this")["service_config"][0]
    listed = service["environment_variables"].get("AUGMENT_ALLOWED_CALLERS")
    # Whom integrations call, and the pages that say so; what a vendor calls knows its signature.
    asked = {route.function for route in PIPELINE.routes if route.host == "portal" or route.path.startswith("/api/")}
    if name not in asked:
        assert listed is None
        return
    posters = {
        f"{account['account_id']}@acme-skills-prod.iam.gserviceaccount.com": frozenset({"events.write"})
        for account in (provisioned.function(other, "google_service_account.this") for other in PIPELINE.posters(name))
    }
    operators = {
        "voice-roleplay@acme-apps.iam.gserviceaccount.com": INTEGRATION_SCOPES,
        "administration@acme-apps.iam.gserviceaccount.com": INTEGRATION_SCOPES | {"administration"},
        "crm@acme-apps.iam.gserviceaccount.com": {"deals.write"},
    }
    assert services(listed) == operators | posters
    assert bool(posters) == any(name in other.posts for other in PIPELINE.functions.values())


def test_a_changed_setting_makes_the_functions_anew_that_read_it_and_nothing_else(provisioned: Provisioned) -> None:
    anew = {
        f'module.pipeline.module.function["{name}"].google_cloudfunctions2_function.this': PIPELINE.settings_of(name)
        for name in FUNCTIONS
    }
    settings = frozenset().union(*PIPELINE.settings.values())
    told = {
        address: values["service_config"][0]["environment_variables"] for address, values in provisioned.changed.items()
    }
    assert told.keys() == {address for address, read in anew.items() if read}
    for address, environment in told.items():
        assert environment.keys() & settings == anew[address]
        assert {environment[name] for name in anew[address]} == {"another value"}
        before = provisioned.at(address)["service_config"][0]["environment_variables"]
        assert environment == before | dict.fromkeys(anew[address], "another value")
