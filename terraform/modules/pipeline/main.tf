# Topics with their dead letters, queues, and every declared function. The declaration itself is infra/declarations/pipeline.yaml.

locals {
  pubsub_agent = "serviceAccount:service-${var.project.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  retry        = var.pipeline.defaults.retry

  # A function's settings are the defaults with its own on top, the retry policy key by key.
  functions = {
    for name, function in var.pipeline.functions : name => merge(
      var.pipeline.defaults, function, { retry = merge(local.retry, try(function.retry, {})) }
    )
  }
  queues = {
    for name, queue in var.pipeline.queues : name => merge(
      { rate_per_second = 50, max_concurrent = 50 }, queue, { retry = merge(local.retry, try(queue.retry, {})) }
    )
  }
  listening = toset([for name, function in local.functions : name if function.trigger == "topic"])
  # Queue → the function that takes from it.
  targets = { for name, function in local.functions : function.queue => name if try(function.queue, null) != null }
  # Topics that others publish to, and who may: integrations that may tell of deals.
  from_outside = toset([for name, topic in var.pipeline.topics : name if try(topic.from_outside, false)])
  bridges      = toset([for caller in var.callers : split(":", caller)[0] if contains(split("|", try(split(":", caller)[1], "")), "deals.write")])
  carried      = toset(try(tolist(var.pipeline.warehouse_subscriptions.topics), tolist(setsubtract(keys(var.pipeline.topics), local.from_outside))))

  # Delivering subscription → the subscription that holds its dead letters.
  dead_letters = merge(
    { for name, function in local.functions : "${name}--${function.topic}" => module.function[name].dead_letters if function.trigger == "topic" },
    { for topic in local.carried : "warehouse--${topic}" => module.warehouse_dead_letters[topic].subscription },
  )
  dead_letter_readers = { for name, function in local.functions : name => function.data.dead_letters if try(function.data.dead_letters, "none") != "none" }

  # Functions that integrations call know who may, and the pages say so. What posts to one of them is an integration of
  # the platform's own.
  admitting = toset(flatten(concat(
    [for path, owner in var.pipeline.routes.api : try(values(owner), [owner]) if startswith(path, "/api/")],
    [for owner in values(var.pipeline.routes.portal) : try(values(owner), [owner])],
  )))
  callers = {
    for name in local.admitting : name => join(",", sort(concat(tolist(var.callers), [
      for poster, function in local.functions :
      "fn-${replace(poster, "_", "-")}@${var.project.id}.iam.gserviceaccount.com:events.write" if contains(try(function.posts, []), name)
    ])))
  }

  # Function → the settings that it reads: a changed one makes no other function anew.
  settings = {
    for name, function in local.functions : name => {
      for setting, value in var.settings : setting => value if contains(flatten([
        for group, names in var.pipeline.settings : names if length(setintersection(["all", group], try(function.settings, []))) > 0
      ]), setting)
    }
  }

  routed = toset(flatten([for paths in values(var.pipeline.routes) : [for owner in values(paths) : try(values(owner), [owner])]]))
}

# --- The accounts with which the platform calls its own functions ---------------------------------------------------

# One for each function, so that who may have one called can have no other called. The code knows it by this name.
resource "google_service_account" "invoker" {
  for_each = { for name, function in local.functions : name => replace(name, "_", "-") if function.edge == "iam" }

  project      = var.project.id
  account_id   = "to-${each.value}"
  display_name = "Calls ${each.key}"
  description  = "Pub/Sub, Cloud Tasks or Cloud Scheduler call ${each.key} with this account's tokens; it holds no other role."
}

resource "google_service_account_iam_member" "pubsub_mints_invoker_tokens" {
  for_each = local.listening

  service_account_id = google_service_account.invoker[each.key].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent
}

# --- Topics: whatever else reads them, the warehouse keeps everything -------------------------------------------------

resource "google_pubsub_topic" "this" {
  # checkov:skip=CKV_GCP_83: encrypted with Google's keys; the platform manages no keys of its own
  for_each = var.pipeline.topics

  project                    = var.project.id
  name                       = each.key
  message_retention_duration = "604800s"
  labels                     = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.project.region]
  }
}

resource "google_pubsub_topic_iam_member" "from_outside" {
  for_each = { for pair in setproduct(local.from_outside, local.bridges) : "${pair[0]}/${pair[1]}" => { topic = pair[0], account = pair[1] } }

  project = var.project.id
  topic   = google_pubsub_topic.this[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${each.value.account}"
}

resource "google_bigquery_dataset_iam_member" "pubsub_writes_raw" {
  project    = var.project.id
  dataset_id = var.datasets["raw"]
  role       = "roles/bigquery.dataEditor"
  member     = local.pubsub_agent
}

resource "google_pubsub_subscription" "warehouse" {
  for_each = local.carried

  project                    = var.project.id
  name                       = "warehouse--${each.key}"
  topic                      = google_pubsub_topic.this[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"
  enable_message_ordering    = false
  labels                     = var.labels

  # Without a schema the columns are data, attributes, message_id, publish_time and subscription_name: a changed
  # contract can never stop the stream.
  bigquery_config {
    table          = var.raw_tables[each.key]
    write_metadata = true
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = module.warehouse_dead_letters[each.key].topic
    max_delivery_attempts = 20
  }
  expiration_policy {
    ttl = ""
  }

  depends_on = [google_bigquery_dataset_iam_member.pubsub_writes_raw]
}

module "warehouse_dead_letters" {
  source   = "../dead_letters"
  for_each = local.carried

  project_id   = var.project.id
  region       = var.project.region
  subscription = "warehouse--${each.key}"
  pubsub_agent = local.pubsub_agent
  labels       = var.labels
}

# Pub/Sub itself acknowledges what it forwards, so it must be a subscriber of what it forwards from.
resource "google_pubsub_subscription_iam_member" "warehouse_forwards" {
  for_each = local.carried

  project      = var.project.id
  subscription = google_pubsub_subscription.warehouse[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

# Who looks after dead letters takes them out of their subscriptions, and delivers them again with the tokens of those
# whom their topics call.
resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = { for pair in setproduct(keys(local.dead_letter_readers), keys(local.dead_letters)) : "${pair[0]}/${pair[1]}" => { reader = pair[0], subscription = pair[1] } }

  project      = var.project.id
  subscription = local.dead_letters[each.value.subscription]
  role         = "roles/pubsub.subscriber"
  member       = "serviceAccount:${module.function[each.value.reader].service_account}"
}

resource "google_service_account_iam_member" "replays_as_invoker" {
  for_each = merge([for name, access in local.dead_letter_readers : {
    for target in local.listening : "${name}/${target}" => { reader = name, target = target }
  } if access == "write"]...)

  service_account_id = google_service_account.invoker[each.value.target].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = "serviceAccount:${module.function[each.value.reader].service_account}"
}

# --- Queues ----------------------------------------------------------------------------------------------------------

resource "google_cloud_tasks_queue" "this" {
  for_each = local.queues

  project  = var.project.id
  location = var.project.region
  name     = each.key

  rate_limits {
    max_dispatches_per_second = each.value.rate_per_second
    max_concurrent_dispatches = each.value.max_concurrent
  }
  retry_config {
    max_attempts = each.value.retry.max_attempts
    min_backoff  = "${each.value.retry.min_backoff}s"
    max_backoff  = "${each.value.retry.max_backoff}s"
  }
  stackdriver_logging_config {
    sampling_ratio = 1
  }
}

# --- Functions -------------------------------------------------------------------------------------------------------

resource "google_service_account" "builder" {
  project      = var.project.id
  account_id   = "function-builder"
  display_name = "Builds the functions' containers"
}

resource "google_project_iam_member" "builder" {
  for_each = toset(["roles/logging.logWriter", "roles/artifactregistry.writer"])

  project = var.project.id
  role    = each.value
  member  = "serviceAccount:${google_service_account.builder.email}"
}

# The staged sources, and the copy that Cloud Functions makes of them in a bucket of its own.
resource "google_project_iam_member" "builder_reads_sources" {
  project = var.project.id
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${google_service_account.builder.email}"

  condition {
    title      = "sources-only"
    expression = "resource.name.startsWith(\"projects/_/buckets/${var.sources_bucket}/\") || resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${var.project.number}-\")"
  }
}

resource "google_artifact_registry_repository" "functions" {
  # checkov:skip=CKV_GCP_84: encrypted with Google's keys; the platform manages no keys of its own
  project       = var.project.id
  location      = var.project.region
  repository_id = "functions"
  description   = "Containers of the functions"
  format        = "DOCKER"
  labels        = var.labels

  # A revision runs from its image, and a roll-back builds anew from the staged sources.
  cleanup_policy_dry_run = false
  cleanup_policies {
    id     = "old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }
  cleanup_policies {
    id     = "the-latest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 3
    }
  }
}

module "function" {
  source   = "../function"
  for_each = local.functions

  name                 = each.key
  declaration          = each.value
  schedules            = { for name, schedule in var.pipeline.schedules : name => { cron = schedule.cron, about = try(schedule.about, "") } if schedule.function == each.key }
  project              = var.project
  source_archive       = { bucket = var.sources_bucket, object = var.sources[each.key] }
  behind_load_balancer = contains(local.routed, each.key)
  build_account        = google_service_account.builder.name
  vpc_connector        = var.vpc_connector
  docker_repository    = google_artifact_registry_repository.functions.id
  invoker              = one([for name, account in google_service_account.invoker : account.email if name == each.key])
  topics               = { for name, topic in google_pubsub_topic.this : name => topic.id }
  pubsub_agent         = local.pubsub_agent
  # A replay comes from another function, whose way leads over the public network; IAM admits only the invoker all the same.
  replayable         = contains(values(local.dead_letter_readers), "write")
  queues             = { for name, queue in google_cloud_tasks_queue.this : name => { name = queue.name, invoker = google_service_account.invoker[local.targets[name]].name } }
  secrets            = var.secrets
  databases          = var.databases
  datasets           = var.datasets
  quarantine_bucket  = var.quarantine_bucket
  transcripts_bucket = var.transcripts_bucket
  evidence_bucket    = var.evidence_bucket
  clips_bucket       = var.clips_bucket
  labels             = var.labels

  environment_variables = merge(local.settings[each.key], {
    AUGMENT_RUNTIME               = "google"
    AUGMENT_ENVIRONMENT           = var.environment
    GOOGLE_CLOUD_PROJECT          = var.project.id
    AUGMENT_PROJECT_NUMBER        = var.project.number
    AUGMENT_REGION                = var.project.region
    AUGMENT_DATABASE              = var.databases["documents"]
    AUGMENT_INTEGRATIONS_DATABASE = var.databases["integrations"]
    AUGMENT_QUARANTINE_BUCKET     = var.quarantine_bucket
    AUGMENT_TRANSCRIPTS_BUCKET    = var.transcripts_bucket
    AUGMENT_EVIDENCE_BUCKET       = var.evidence_bucket
    AUGMENT_CLIPS_BUCKET          = var.clips_bucket
    AUGMENT_API_URL               = "https://${var.hosts["api"]}"
    AUGMENT_PORTAL_URL            = "https://${var.hosts["portal"]}"
    }, each.value.edge == "app" && contains(try(each.value.publishes, []), "audit-recorded") && length(var.administrators) > 0 ? {
    AUGMENT_ADMINISTRATORS = join(",", sort(var.administrators))
    } : {}, try(each.value.data.warehouse, "none") != "none" ? {
    AUGMENT_WAREHOUSE_GIGABYTES = tostring(var.warehouse_gigabytes)
    } : {}, contains(local.admitting, each.key) ? {
    AUGMENT_ALLOWED_CALLERS = local.callers[each.key]
  } : {})

  depends_on = [
    google_project_iam_member.builder,
    google_project_iam_member.builder_reads_sources,
    google_service_account_iam_member.pubsub_mints_invoker_tokens,
  ]
}
