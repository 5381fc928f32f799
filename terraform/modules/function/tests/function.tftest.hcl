# One function by itself: its roles, who may call it, what triggers it, and which declarations are refused.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email = "fn@acme.iam.gserviceaccount.com"
      name  = "projects/acme/serviceAccounts/fn@acme.iam.gserviceaccount.com"
    }
  }
}

variables {
  name               = "rating_update"
  declaration        = { edge = "iam", trigger = "topic", topic = "observation-recorded", publishes = ["skill-changed"], data = { documents = "write" }, timeout_seconds = 90 }
  project            = { id = "acme-skills", number = "123456789012", region = "europe-west1" }
  source_archive     = { bucket = "acme-skills-sources", object = "rating_update/0000000000000000000000000000000000000000000000000000000000000000.zip" }
  build_account      = "projects/acme-skills/serviceAccounts/builder@acme-skills.iam.gserviceaccount.com"
  docker_repository  = "projects/acme-skills/locations/europe-west1/repositories/functions"
  invoker            = "to-rating-update@acme-skills.iam.gserviceaccount.com"
  topics             = { observation-recorded = "projects/acme-skills/topics/observation-recorded", skill-changed = "projects/acme-skills/topics/skill-changed" }
  pubsub_agent       = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
  queues             = { recalculation = { name = "recalculation", invoker = "projects/acme-skills/serviceAccounts/to-recalculate-shard@acme-skills.iam.gserviceaccount.com" } }
  secrets            = { session-key = { id = "session-key", version = "3" } }
  databases          = { documents = "live", integrations = "integrations" }
  datasets           = { raw = "raw", staging = "staging", marts = "marts" }
  quarantine_bucket  = "acme-skills-quarantine"
  transcripts_bucket = "acme-skills-transcripts"
  evidence_bucket    = "acme-skills-evidence"
  clips_bucket       = "acme-skills-clips"
}

run "behind_a_topic" {
  assert {
    condition     = jsonencode(output.roles) == jsonencode(["roles/datastore.user on database documents", "roles/pubsub.publisher on topic skill-changed"])
    error_message = "The account holds what the declaration implies and nothing else: ${jsonencode(output.roles)}"
  }
  assert {
    condition     = google_project_iam_member.documents["documents"].condition[0].expression == "resource.name == \"projects/acme-skills/databases/live\""
    error_message = "The database role is held to one database."
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 0 && google_cloud_run_v2_service_iam_member.invoker[0].member == "serviceAccount:to-rating-update@acme-skills.iam.gserviceaccount.com"
    error_message = "Only the invoker may call it."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "Its address is not reachable from outside."
  }
  assert {
    condition     = google_pubsub_subscription.push[0].ack_deadline_seconds == 90 && google_pubsub_subscription.push[0].name == "rating_update--observation-recorded"
    error_message = "Pub/Sub waits at least as long as the function may take."
  }
  assert {
    condition     = google_pubsub_subscription.push[0].push_config[0].oidc_token[0].audience == output.url && output.dead_letters == "rating_update--observation-recorded--dead-letters"
    error_message = "Pushes carry a token for this function, and failures have a place to go."
  }
  assert {
    condition     = length(google_cloudfunctions2_function.this.event_trigger) == 0 && google_cloudfunctions2_function.this.build_config[0].entry_point == "rating_update"
    error_message = "No event trigger beside the subscription, and the entry point is the folder's name."
  }
}

run "over_http" {
  variables {
    name        = "portal"
    declaration = { edge = "app", trigger = "http", secrets = ["session-key"], enqueues = ["recalculation"], data = { warehouse = "read", quarantine = "write" } }
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.public[0].member == "allUsers" && length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Anybody reaches it: it verifies its callers itself."
  }
  assert {
    condition     = one(google_cloudfunctions2_function.this.service_config[0].secret_environment_variables).version == "3" && one(google_cloudfunctions2_function.this.service_config[0].secret_environment_variables).key == "SECRET_SESSION_KEY"
    error_message = "A secret is a pinned version in an environment variable."
  }
  assert {
    condition = jsonencode(output.roles) == jsonencode([
      "roles/bigquery.dataViewer on dataset marts",
      "roles/bigquery.jobUser on the project",
      "roles/cloudtasks.enqueuer on queue recalculation",
      "roles/iam.serviceAccountUser on the invoker of queue recalculation",
      "roles/secretmanager.secretAccessor on secret session-key",
      "roles/storage.objectUser on the quarantine",
    ])
    error_message = "Reading the warehouse is reading the marts: ${jsonencode(output.roles)}"
  }
  assert {
    condition     = output.subscription == null && output.dead_letters == null
    error_message = "Without a topic there is no subscription."
  }
}

run "behind_the_load_balancer" {
  variables {
    name                 = "portal"
    declaration          = { edge = "app", trigger = "http" }
    behind_load_balancer = true
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB" && length(output.roles) == 0
    error_message = "The public comes through the load balancer only."
  }
}

run "by_the_clock" {
  variables {
    name        = "warehouse_refresh"
    declaration = { edge = "iam", trigger = "schedule", timeout_seconds = 540, data = { warehouse = "write" } }
    schedules   = { warehouse-refresh = { cron = "*/30 * * * *" } }
  }
  assert {
    condition     = google_cloud_scheduler_job.this["warehouse-refresh"].time_zone == "Etc/UTC" && google_cloud_scheduler_job.this["warehouse-refresh"].attempt_deadline == "540s"
    error_message = "Schedules are in UTC, and wait as long as the function may take."
  }
  assert {
    condition     = one(google_cloud_scheduler_job.this["warehouse-refresh"].http_target[0].oidc_token).service_account_email == "to-rating-update@acme-skills.iam.gserviceaccount.com"
    error_message = "A schedule calls with the invoker's token."
  }
  assert {
    condition     = contains(output.roles, "roles/bigquery.dataViewer on dataset raw") && contains(output.roles, "roles/bigquery.dataEditor on dataset marts")
    error_message = "Who refreshes reads raw and writes marts."
  }
}

run "asking_the_warehouse" {
  variables {
    name        = "calibration"
    declaration = { edge = "iam", trigger = "schedule", data = { warehouse = "ask" } }
  }
  assert {
    condition     = jsonencode(output.roles) == jsonencode(["roles/bigquery.dataViewer on dataset staging", "roles/bigquery.jobUser on the project"])
    error_message = "Who asks the named questions reads staging: ${jsonencode(output.roles)}"
  }
}

run "replayable_by_another_function" {
  variables {
    replayable = true
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_ALL" && length(google_cloud_run_v2_service_iam_member.public) == 0
    error_message = "A replay comes over the public network, and still only with the invoker's token."
  }
}

run "refuses_a_public_subscriber" {
  command = plan
  variables {
    declaration = { edge = "app", trigger = "topic", topic = "observation-recorded" }
  }
  expect_failures = [var.declaration]
}

run "refuses_an_unknown_edge" {
  command = plan
  variables {
    declaration = { edge = "public", trigger = "http" }
  }
  expect_failures = [var.declaration]
}

run "refuses_a_topic_trigger_without_a_topic" {
  command = plan
  variables {
    declaration = { edge = "iam", trigger = "topic" }
  }
  expect_failures = [var.declaration]
}

run "refuses_a_deadline_that_pubsub_cannot_wait_for" {
  command = plan
  variables {
    declaration = { edge = "iam", trigger = "topic", topic = "observation-recorded", timeout_seconds = 601 }
  }
  expect_failures = [var.declaration]
}

run "refuses_unknown_access" {
  command = plan
  variables {
    declaration = { edge = "app", trigger = "http", data = { documents = "admin" } }
  }
  expect_failures = [var.declaration]
}

run "refuses_too_few_attempts" {
  command = plan
  variables {
    declaration = { edge = "iam", trigger = "topic", topic = "observation-recorded", retry = { max_attempts = 3 } }
  }
  expect_failures = [var.declaration]
}

run "refuses_concurrency_on_part_of_a_cpu" {
  command = plan
  variables {
    declaration = { edge = "app", trigger = "http", cpu = 0.5, concurrency = 20 }
  }
  expect_failures = [var.declaration]
}

run "refuses_a_schedule_on_another_trigger" {
  command = plan
  variables {
    schedules = { nightly = { cron = "0 2 * * *" } }
  }
  expect_failures = [var.schedules]
}

run "refuses_a_source_without_its_digest" {
  command = plan
  variables {
    source_archive = { bucket = "acme-skills-sources", object = "rating_update/latest.zip" }
  }
  expect_failures = [var.source_archive]
}

run "refuses_a_name_too_long_for_an_account" {
  command = plan
  variables {
    name = "a_function_with_a_very_long_name"
  }
  expect_failures = [var.name]
}

run "refuses_a_secret_that_is_not_declared" {
  command = plan
  variables {
    name        = "portal"
    declaration = { edge = "app", trigger = "http", secrets = ["nobody-knows"] }
  }
  expect_failures = [var.declaration]
}
