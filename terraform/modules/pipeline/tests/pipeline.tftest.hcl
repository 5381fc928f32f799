# Declarations that contradict themselves are refused before anything is planned, and say what is wrong.

mock_provider "google" {}

variables {
  project            = { id = "acme-skills", number = "123456789012", region = "europe-west1" }
  environment        = "dev"
  sources            = { take = "take/0000000000000000000000000000000000000000000000000000000000000000.zip", rate = "rate/0000000000000000000000000000000000000000000000000000000000000000.zip", tick = "tick/0000000000000000000000000000000000000000000000000000000000000000.zip" }
  sources_bucket     = "acme-skills-sources"
  quarantine_bucket  = "acme-skills-quarantine"
  transcripts_bucket = "acme-skills-transcripts"
  evidence_bucket    = "acme-skills-evidence"
  clips_bucket       = "acme-skills-clips"
  secrets            = {}
  databases          = { documents = "live", integrations = "integrations" }
  datasets           = { raw = "raw", staging = "staging", marts = "marts" }
  raw_tables         = { recorded = "acme-skills.raw.recorded" }
  hosts              = { api = "api.example.com", portal = "example.com" }
  pipeline = {
    service                 = "sample"
    defaults                = { timeout_seconds = 60, retry = { min_backoff = 2, max_backoff = 300, max_attempts = 8 } }
    topics                  = { recorded = {} }
    warehouse_subscriptions = { dataset = "raw", topics = "all" }
    queues                  = {}
    schedules               = { every-hour = { cron = "0 * * * *", function = "tick" } }
    functions = {
      take = { edge = "app", trigger = "http", publishes = ["recorded"] }
      rate = { edge = "iam", trigger = "topic", topic = "recorded" }
      tick = { edge = "iam", trigger = "schedule", data = { dead_letters = "write" } }
    }
    routes    = { api = { "/api/v1/things" = { GET = "take", POST = "take" }, "/api/v1" = "take" }, portal = { "/" = "take" } }
    secrets   = {}
    settings  = { crm = ["CRM_URL", "CRM_USER"], mail = ["MAIL_HOST"] }
    documents = { database = "live" }
  }
}

run "sound" {
  assert {
    condition     = jsonencode(output.subscriptions) == jsonencode(["rate--recorded", "warehouse--recorded"])
    error_message = "Every topic is carried into the warehouse, and its functions are pushed to."
  }
  assert {
    condition     = jsonencode(output.dead_letters) == jsonencode({ "rate--recorded" = "rate--recorded--dead-letters", "warehouse--recorded" = "warehouse--recorded--dead-letters" })
    error_message = "Every delivering subscription has a place for what it cannot deliver."
  }
  assert {
    condition     = jsonencode(output.routes["api.example.com"]) == jsonencode(["GET|HEAD /api/v1/things → take", "POST /api/v1/things → take", "/api/v1 → take"])
    error_message = "The longest path first: ${jsonencode(output.routes)}"
  }
  assert {
    condition     = contains(output.functions["tick"].roles, "roles/pubsub.subscriber on dead letters rate--recorded--dead-letters") && contains(output.functions["tick"].roles, "roles/iam.serviceAccountOpenIdTokenCreator on the invoker of rate")
    error_message = "Who looks after dead letters may take them and deliver them again: ${jsonencode(output.functions["tick"].roles)}"
  }
  assert {
    condition     = length(google_compute_url_map.this.path_matcher) == 2 && google_compute_global_forwarding_rule.https.port_range == "443"
    error_message = "Two hosts, over HTTPS only."
  }
}

run "refuses_a_topic_without_a_raw_table_and_one_host_for_both" {
  command = plan
  variables {
    raw_tables = {}
    hosts      = { api = "example.com", portal = "example.com" }
  }
  expect_failures = [var.raw_tables, var.hosts]
}

run "refuses_functions_without_staged_sources_and_an_address_for_a_host" {
  command = plan
  variables {
    sources = { take = "take/0000000000000000000000000000000000000000000000000000000000000000.zip" }
    hosts   = { api = "https://api.example.com/", portal = "example.com" }
  }
  expect_failures = [var.sources, var.hosts]
}

run "refuses_a_setting_that_no_function_reads" {
  command = plan
  variables {
    settings = { CRM_URL = "https://crm.example.com", CRM_URI = "https://crm.example.com" }
  }
  expect_failures = [var.settings]
}

run "refuses_a_post_to_what_the_api_does_not_lead_to" {
  command = plan
  variables {
    pipeline = merge(var.pipeline, { functions = merge(var.pipeline.functions, { rate = { edge = "iam", trigger = "topic", topic = "recorded", posts = ["tick"] } }) })
  }
  expect_failures = [var.pipeline]
}
