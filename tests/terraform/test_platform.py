"""What would be provisioned, held against pipeline.yaml: least privilege, readers, dead letters, edges."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from infra.local.scheduler import Cron
from scripts.commands.deploy import REDIRECT, SSL_POLICY
from shared.conversations.usecases.transcript_markers import KEPT
from tests.harness.deployment import Deployment
from tests.terraform.conftest import ROOT, Provisioned
from tests.terraform.declared import FUNCTIONS, PIPELINE

pytestmark = pytest.mark.terraform
REGION = "europe-west1"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_as_declared(provisioned: Provisioned, name: str) -> None:
    declared = PIPELINE.functions[name]
    function = provisioned.function(name, "google_cloudfunctions2_function.this")
    service = function["service_config"][0]
    assert function["build_config"][0]["entry_point"] == name
    assert function["event_trigger"] == []
    assert service["service_account_email"] == provisioned.function(name, "google_service_account.this")["email"]
    assert service["available_memory"] == declared.memory
    assert service["timeout_seconds"] == declared.timeout_seconds
    assert service["max_instance_request_concurrency"] == declared.concurrency
    assert service["environment_variables"]["THREADS"] == str(declared.concurrency)
    assert service["min_instance_count"] == declared.min_instances
    assert service["max_instance_count"] == declared.max_instances
    variables = service["secret_environment_variables"]
    mounted = {variable["secret"]: variable["version"] for variable in variables}
    assert mounted == dict.fromkeys(declared.secrets, "1")
    assert function["labels"]["environment"] == "prod"


def test_every_topic_has_its_declared_readers_and_each_a_dead_letter(provisioned: Provisioned) -> None:
    topics = {topic["id"]: topic["name"] for topic in provisioned.of("google_pubsub_topic")}
    subscriptions = provisioned.of("google_pubsub_subscription")
    delivering = {s["name"]: s for s in subscriptions if s["push_config"] or s["bigquery_config"]}
    assert {(s["name"], topics[s["topic"]]) for s in delivering.values()} == {
        (subscription.name, subscription.topic) for subscription in PIPELINE.subscriptions
    }
    keeping = {topics[s["topic"]] for s in subscriptions if s["name"] not in delivering}
    for name, subscription in delivering.items():
        letters = topics[subscription["dead_letter_policy"][0]["dead_letter_topic"]]
        assert letters == f"{name}--dead-letters"
        assert letters in keeping
    for subscription in subscriptions:
        assert subscription["expiration_policy"] == [{"ttl": ""}]
        assert not subscription["enable_message_ordering"]


def test_pubsub_may_forward_what_it_cannot_deliver(provisioned: Provisioned) -> None:
    agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    topics = {topic["id"]: topic["name"] for topic in provisioned.of("google_pubsub_topic")}
    may = defaultdict(set)
    for kind in ("google_pubsub_topic_iam_member", "google_pubsub_subscription_iam_member"):
        for values in provisioned.of(kind):
            if values["member"] == agent:
                may[values["role"]].add(topics.get(values.get("topic"), values.get("subscription")))
    names = {subscription.name for subscription in PIPELINE.subscriptions}
    assert may["roles/pubsub.publisher"] == {f"{name}--dead-letters" for name in names}
    assert may["roles/pubsub.subscriber"] == names


def test_pushes_wait_as_long_as_the_function_and_retry_as_declared(provisioned: Provisioned) -> None:
    for subscription in PIPELINE.subscriptions:
        if subscription.function is None:
            continue
        function = PIPELINE.functions[subscription.function]
        push = provisioned.function(function.name, "google_pubsub_subscription.push[0]")
        assert push["ack_deadline_seconds"] >= function.timeout_seconds
        assert push["retry_policy"][0]["minimum_backoff"] == f"{function.retry.min_backoff}s"
        assert push["retry_policy"][0]["maximum_backoff"] == f"{function.retry.max_backoff}s"
        assert push["dead_letter_policy"][0]["max_delivery_attempts"] == function.retry.max_attempts
        url = f"https://{function.name.replace('_', '-')}-123456789012.europe-west1.run.app"
        assert push["push_config"][0]["push_endpoint"] == f"{url}/"
        assert push["push_config"][0]["oidc_token"][0]["audience"] == url


def test_the_warehouse_writes_into_the_declared_raw_tables(provisioned: Provisioned) -> None:
    tables = {f"acme-skills-prod.{t['dataset_id']}.{t['table_id']}": t for t in provisioned.of("google_bigquery_table")}
    for topic in PIPELINE.warehouse_subscriptions.topics:
        warehouse = provisioned.at(f'module.pipeline.google_pubsub_subscription.warehouse["{topic}"]')
        config = warehouse["bigquery_config"][0]
        assert config["write_metadata"] is True
        table = tables[config["table"]]
        columns = {column["name"] for column in json.loads(table["schema"])}
        assert columns == {"subscription_name", "message_id", "publish_time", "data", "attributes"}
        days = PIPELINE.warehouse_subscriptions.retention_days
        assert table["time_partitioning"][0]["expiration_ms"] == days * 86_400_000


def test_every_declared_table_exists_with_its_columns(provisioned: Provisioned) -> None:
    made = {
        f"{t['dataset_id']}.{t['table_id']}": json.loads(t["schema"])
        for t in provisioned.of("google_bigquery_table")
        if not t["view"]
    }
    declared = {}
    for path in (ROOT / "infra" / "bigquery").glob("*/*.yaml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        if isinstance(content, dict) and "table" in content and "schema" in content:
            declared[content["table"]] = content["schema"]
    assert made == declared


def test_queues_and_schedules_are_as_declared(provisioned: Provisioned) -> None:
    for name, queue in PIPELINE.queues.items():
        made = provisioned.at(f'module.pipeline.google_cloud_tasks_queue.this["{name}"]')
        assert made["rate_limits"][0]["max_dispatches_per_second"] == queue.rate_per_second
        assert made["rate_limits"][0]["max_concurrent_dispatches"] == queue.max_concurrent
        assert made["retry_config"][0]["max_attempts"] == queue.retry.max_attempts
    jobs = {job["name"]: job for job in provisioned.of("google_cloud_scheduler_job")}
    assert jobs.keys() == PIPELINE.schedules.keys()
    for name, schedule in PIPELINE.schedules.items():
        target = jobs[name]["http_target"][0]
        assert (jobs[name]["schedule"], jobs[name]["time_zone"]) == (schedule.cron, "Etc/UTC")
        assert target["uri"].startswith(f"https://{schedule.function.replace('_', '-')}-")
        assert target["oidc_token"][0]["audience"] == target["uri"].rstrip("/")


def test_documents_have_their_indexes_exemptions_and_expiry(provisioned: Provisioned) -> None:
    made = {
        (index["database"], index["collection"], tuple(spelled(field) for field in index["fields"]))
        for index in provisioned.of("google_firestore_index")
    }
    stores = (PIPELINE.documents, PIPELINE.integrations)
    assert made == {
        (store.database, kind, fields)
        for store in stores
        for kind, lists in store.indexes.items()
        for fields in lists
        if len(fields) > 1
    }
    exempt, expiring = set(), set()
    for field in provisioned.of("google_firestore_field"):
        key = (field["database"], field["collection"], field["field"])
        if field["index_config"]:
            assert field["index_config"] == [{"indexes": []}]
            exempt.add(key)
        if field["ttl_config"]:
            expiring.add(key)
    assert exempt == {(s.database, kind, name) for s in stores for kind, names in s.unindexed.items() for name in names}
    assert expiring == {(s.database, kind, field) for s in stores for kind, field in s.expires.items()}


def spelled(field: dict[str, str | None]) -> str:
    """An index's field as the declaration writes it."""
    if field["array_config"]:
        assert (field["array_config"], field["order"]) == ("CONTAINS", None)
        return f"{field['field_path']}[]"
    return {"ASCENDING": "", "DESCENDING": "-"}[str(field["order"])] + str(field["field_path"])


def test_the_url_map_sends_a_path_where_the_declaration_does(provisioned: Provisioned) -> None:
    """A model of the load balancer's matching over the provisioned rules, against the embedded dispatcher's own."""
    url_map = provisioned.at("module.pipeline.google_compute_url_map.this")
    module = "module.pipeline.google_compute_backend_service.function"
    prefix = len(f'{module}["')
    services = {
        values["id"]: address[prefix:-2]
        for address, (_, values) in provisioned.resources.items()
        if address.startswith(module)
    }
    matchers = {matcher["name"]: matcher for matcher in url_map["path_matcher"]}
    paths = [
        "/",
        "/api/v1",
        "/api/v1/skills",
        "/api/v1/validation-events",
        "/api/v1/validation-events/7",
        "/api/v1/field-observations-x",
    ]
    checked = 0
    for rule in url_map["host_rule"]:
        group = rule["path_matcher"]
        assert rule["hosts"] == [{"api": "api.skills.example.com", "portal": "skills.example.com"}[group]]
        for path in paths:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
                owner = PIPELINE.owner(group, path, method)
                if owner is not None:
                    assert services[routed(matchers[group], path, method)] == owner.name, (group, path, method)
                    checked += 1
    assert checked > 30


def routed(matcher: dict[str, Any], path: str, method: str) -> str:
    for rule in sorted(matcher["route_rules"], key=lambda rule: rule["priority"]):
        for match in rule["match_rules"]:
            wanted = [header["exact_match"] for header in match["header_matches"] if header["header_name"] == ":method"]
            fits = (
                path == match["full_path_match"] if match["full_path_match"] else path.startswith(match["prefix_match"])
            )
            if fits and (not wanted or method in wanted):
                return str(rule["service"])
    return str(matcher["default_service"])


def test_alerts_cover_every_function_and_every_subscription(provisioned: Provisioned) -> None:
    filters = " ".join(
        str((condition["condition_threshold"] or condition["condition_matched_log"])[0]["filter"])
        for policy in provisioned.of("google_monitoring_alert_policy")
        for condition in policy["conditions"]
    )
    for name in FUNCTIONS:
        assert f'"{name.replace("_", "-")}"' in filters
    for subscription in PIPELINE.subscriptions:
        assert f'"{subscription.name}"' in filters
        assert f'"{subscription.name}--dead-letters"' in filters
    assert len(provisioned.of("google_billing_budget")) == 1


def test_nothing_rests_outside_the_region(provisioned: Provisioned) -> None:
    """Whatever has a place has this one: topics, logs, buckets, tables, databases, secrets, images, functions."""
    for topic in provisioned.of("google_pubsub_topic"):
        assert topic["message_storage_policy"][0]["allowed_persistence_regions"] == [REGION]
    for secret in provisioned.of("google_secret_manager_secret"):
        (replication,) = secret["replication"]
        assert [one["location"] for one in replication["user_managed"][0]["replicas"]] == [REGION]
    placed: dict[str, set[str]] = defaultdict(set)
    for kind, values in provisioned.resources.values():
        for key in ("location", "location_id", "region"):
            if values.get(key) and kind != "google_bigquery_table":  # which is told its dataset's
                placed[kind].add(values[key])
    assert {
        "google_artifact_registry_repository",
        "google_bigquery_dataset",
        "google_cloud_tasks_queue",
        "google_cloudfunctions2_function",
        "google_firestore_database",
        "google_logging_project_bucket_config",
        "google_storage_bucket",
    } <= placed.keys()
    assert {kind: places for kind, places in placed.items() if places != {REGION}} == {}


def test_images_that_no_function_may_run_go(provisioned: Provisioned) -> None:
    (repository,) = provisioned.of("google_artifact_registry_repository")
    assert repository["cleanup_policy_dry_run"] is False
    policies = {policy["action"]: policy for policy in repository["cleanup_policies"]}
    assert policies["DELETE"]["condition"][0]["older_than"] == f"{30 * 86400}s"
    assert policies["KEEP"]["most_recent_versions"][0]["keep_count"] >= 2, "what runs, and what ran before it"
    for function in provisioned.of("google_cloudfunctions2_function"):
        assert function["build_config"][0]["docker_repository"] == repository["id"]


def test_one_address_may_ask_what_the_settings_say(provisioned: Provisioned) -> None:
    (policy,) = provisioned.of("google_compute_security_policy")
    (bound,) = [rule for rule in policy["rule"] if rule["action"] == "throttle"]
    (limits,) = bound["rate_limit_options"]
    assert limits["rate_limit_threshold"] == [{"count": 1200, "interval_sec": 60}]  # as the modules' own test asks
    assert (limits["enforce_on_key"], limits["exceed_action"]) == ("IP", "deny(429)")
    for backend in provisioned.of("google_compute_backend_service"):
        assert backend["security_policy"] == policy["id"]


def test_what_posts_to_another_function_goes_by_the_apis_public_address(provisioned: Provisioned) -> None:
    """No function has a way into a network, so none may post to an address that only a network reaches."""
    deployment = Deployment(provisioned)
    posting = {(name, target) for name, one in PIPELINE.functions.items() for target in one.posts}
    assert posting
    for name, target in posting:
        config = provisioned.function(name, "google_cloudfunctions2_function.this")["service_config"][0]
        assert not config["vpc_connector"]
        rules = deployment.routes[urlsplit(config["environment_variables"]["AUGMENT_API_URL"]).netloc]
        assert any(rule.function == target and rule.method in (None, "POST") for rule in rules), (name, target)
        assert not deployment.functions[target].reachable


def test_a_stopped_schedule_is_told_within_two_of_its_periods(provisioned: Provisioned) -> None:
    module = "module.observability.google_monitoring_alert_policy.schedule_stopped"
    for schedule in PIPELINE.schedules.values():
        cron = Cron.parse(schedule.cron)
        start = datetime(2026, 3, 2, tzinfo=UTC)
        first = cron.after(start)
        period = (cron.after(first) - first).total_seconds()
        condition = provisioned.at(f'{module}["{schedule.function}"]')["conditions"][0]["condition_threshold"][0]
        looks_back = seconds(condition["aggregations"][0]["alignment_period"])
        assert period + 60 <= looks_back, schedule.name
        assert looks_back + seconds(condition["duration"]) <= 2 * period, schedule.name


def seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))


def test_conditions_keep_to_what_the_alerts_interface_takes(provisioned: Provisioned) -> None:
    """The provider hands on what Google refuses: whole minutes, 25 hours in all, a minute where missing data count."""
    checked = 0
    for policy in provisioned.of("google_monitoring_alert_policy"):
        for (condition,) in (one["condition_threshold"] for one in policy["conditions"] if one["condition_threshold"]):
            lasts = seconds(condition["duration"])
            assert lasts % 60 == 0, policy["display_name"]
            assert lasts >= 60 or not condition["evaluation_missing_data"], policy["display_name"]
            assert len(condition["filter"]) <= 2048, policy["display_name"]
            for aggregation in condition["aggregations"]:
                looks_back = seconds(aggregation["alignment_period"])
                assert looks_back % 60 == 0, policy["display_name"]
                assert looks_back >= 60, policy["display_name"]
                assert looks_back + lasts <= 25 * 3600, policy["display_name"]
            checked += 1
    assert checked > len(PIPELINE.schedules)


def test_a_project_has_room_for_every_account(provisioned: Provisioned) -> None:
    """Google gives a project a hundred: two are its own, four are made by hand (docs/deploy.md)."""
    accounts = len(provisioned.of("google_service_account"))
    assert accounts <= 94
    told = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert f"{accounts} service accounts" in told, "what is left of the hundred is told to whoever adds own ones"


def test_queues_are_watched(provisioned: Provisioned) -> None:
    policy = provisioned.at("module.observability.google_monitoring_alert_policy.queues")
    for condition in policy["conditions"]:
        for name in PIPELINE.queues:
            assert f'"{name}"' in condition["condition_threshold"][0]["filter"]


def test_the_load_balancer_speaks_modern_tls_and_sends_port_80_there(provisioned: Provisioned) -> None:
    (proxy,) = provisioned.of("google_compute_target_https_proxy")
    assert proxy["ssl_policy"] == f"projects/acme-skills-prod/global/sslPolicies/{SSL_POLICY}"
    redirect = provisioned.at("module.pipeline.google_compute_url_map.redirect")
    assert redirect["name"] == REDIRECT
    assert redirect["default_url_redirect"][0]["https_redirect"] is True


def test_what_says_how_old_a_transcript_is_outlives_it(provisioned: Provisioned) -> None:
    (bucket,) = (one for one in provisioned.of("google_storage_bucket") if one["name"].endswith("-transcripts"))
    ages: dict[str, int] = {}
    for rule in bucket["lifecycle_rule"]:
        (condition,) = rule["condition"]
        for prefix in condition.get("matches_prefix") or ["kept/"]:
            ages[prefix] = condition["age"]
    words = ages.pop("conversations/")
    assert words == ages.pop("analyses/") == KEPT.days
    assert ages.pop("kept/") >= words + 7, "the daily sweep goes by it, and may be late"


def test_no_subscription_stands_on_what_the_emulator_leaves_out(provisioned: Provisioned) -> None:
    """It ignores filters and sends no ordering key, so the system's tests would pass where Google's own would not."""
    subscriptions = provisioned.of("google_pubsub_subscription")
    assert subscriptions
    assert [one["name"] for one in subscriptions if one["filter"] or one["enable_message_ordering"]] == []
