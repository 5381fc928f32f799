# One function as one thing: its service account with exactly the roles that its declaration implies, the function
# itself, who may call it, and what triggers it.

locals {
  service = replace(var.name, "_", "-")
  # Cloud Run's deterministic address: known before the function exists, so that functions can name each other.
  url    = "https://${local.service}-${var.project.number}.${var.project.region}.run.app"
  member = "serviceAccount:${google_service_account.this.email}"
  labels = merge(var.labels, { function = local.service })

  # The name that infra/declarations/pipeline.py gives it too.
  subscription = var.declaration.topic == null ? null : "${var.name}--${var.declaration.topic}"

  # Pub/Sub, Cloud Tasks and Cloud Scheduler of the same project count as internal.
  ingress = (
    var.behind_load_balancer ? "ALLOW_INTERNAL_AND_GCLB" :
    var.declaration.edge == "iam" && !(var.replayable && var.declaration.trigger == "topic") ? "ALLOW_INTERNAL_ONLY" : "ALLOW_ALL"
  )

  database_role  = { read = "roles/datastore.viewer", write = "roles/datastore.user" }
  database_roles = { for key, id in var.databases : key => { id = id, role = local.database_role[var.declaration.data[key]] } if var.declaration.data[key] != "none" }

  # Readers see the marts only; who asks the named questions, what these are about. Who refreshes them reads what came raw and writes everything else.
  dataset_roles = {
    none  = {}
    read  = { marts = "roles/bigquery.dataViewer" }
    ask   = { staging = "roles/bigquery.dataViewer" }
    write = { for name in keys(var.datasets) : name => name == "raw" ? "roles/bigquery.dataViewer" : "roles/bigquery.dataEditor" }
    # An erasure changes what came raw as well.
    erase = { for name in keys(var.datasets) : name => "roles/bigquery.dataEditor" }
  }[var.declaration.data.warehouse]

  transcripts_role = { none = null, read = "roles/storage.objectViewer", write = "roles/storage.objectUser" }[var.declaration.data.transcripts]
  clips_role       = { none = null, read = "roles/storage.objectViewer", write = "roles/storage.objectUser" }[var.declaration.data.clips]
  evidence_role    = { none = null, read = "roles/storage.objectViewer", write = "roles/storage.objectUser" }[var.declaration.data.evidence]
  quarantine_role  = { none = null, read = "roles/storage.objectViewer", write = "roles/storage.objectUser" }[var.declaration.data.quarantine]
}

resource "google_service_account" "this" {
  project      = var.project.id
  account_id   = "fn-${local.service}"
  display_name = "Function ${var.name}"
  description  = substr(var.declaration.about, 0, 256)
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = toset(var.declaration.publishes)

  project = var.project.id
  topic   = var.topics[each.value]
  role    = "roles/pubsub.publisher"
  member  = local.member
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = toset(var.declaration.enqueues)

  project  = var.project.id
  location = var.project.region
  name     = var.queues[each.value].name
  role     = "roles/cloudtasks.enqueuer"
  member   = local.member
}

# A task carries the token of the account that may call its function, so who enqueues must be allowed to hand out that
# account, and it alone: nothing else has a function called that it declares no queue of.
resource "google_service_account_iam_member" "acts_as_invoker" {
  for_each = toset(var.declaration.enqueues)

  service_account_id = var.queues[each.value].invoker
  role               = "roles/iam.serviceAccountUser"
  member             = local.member
}

# Signs tokens as itself, without a key: the directory's domain-wide delegation needs it.
resource "google_service_account_iam_member" "signs_as_itself" {
  count = var.declaration.signs ? 1 : 0

  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.member
}

# Firestore's roles are granted on the project; the condition holds them to one database.
resource "google_project_iam_member" "documents" {
  for_each = local.database_roles

  project = var.project.id
  role    = each.value.role
  member  = local.member

  condition {
    title      = "database-${each.value.id}"
    expression = "resource.name == \"projects/${var.project.id}/databases/${each.value.id}\""
  }
}

resource "google_project_iam_member" "query_jobs" {
  count = var.declaration.data.warehouse == "none" ? 0 : 1

  project = var.project.id
  role    = "roles/bigquery.jobUser"
  member  = local.member
}

resource "google_bigquery_dataset_iam_member" "warehouse" {
  for_each = local.dataset_roles

  project    = var.project.id
  dataset_id = var.datasets[each.key]
  role       = each.value
  member     = local.member
}

resource "google_storage_bucket_iam_member" "quarantine" {
  count = local.quarantine_role == null ? 0 : 1

  bucket = var.quarantine_bucket
  role   = local.quarantine_role
  member = local.member
}

resource "google_storage_bucket_iam_member" "transcripts" {
  count = local.transcripts_role == null ? 0 : 1

  bucket = var.transcripts_bucket
  role   = local.transcripts_role
  member = local.member
}

resource "google_storage_bucket_iam_member" "evidence" {
  count = local.evidence_role == null ? 0 : 1

  bucket = var.evidence_bucket
  role   = local.evidence_role
  member = local.member
}

resource "google_storage_bucket_iam_member" "clips" {
  count = local.clips_role == null ? 0 : 1

  bucket = var.clips_bucket
  role   = local.clips_role
  member = local.member
}

resource "google_secret_manager_secret_iam_member" "accessor" {
  for_each = toset(var.declaration.secrets)

  project   = var.project.id
  secret_id = var.secrets[each.value].id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member
}

resource "google_cloudfunctions2_function" "this" {
  # checkov:skip=CKV_GCP_124: edge app is public by design and verifies its callers itself; edge iam and everything behind the load balancer is restricted below
  project     = var.project.id
  location    = var.project.region
  name        = local.service
  description = var.declaration.about
  labels      = local.labels

  build_config {
    runtime           = "python311"
    entry_point       = var.name
    service_account   = var.build_account
    docker_repository = var.docker_repository

    source {
      storage_source {
        bucket = var.source_archive.bucket
        object = var.source_archive.object
      }
    }
    automatic_update_policy {}
  }

  service_config {
    service_account_email            = google_service_account.this.email
    available_memory                 = var.declaration.memory
    available_cpu                    = tostring(var.declaration.cpu)
    timeout_seconds                  = var.declaration.timeout_seconds
    max_instance_request_concurrency = var.declaration.concurrency
    min_instance_count               = var.declaration.min_instances
    max_instance_count               = var.declaration.max_instances
    all_traffic_on_latest_revision   = true
    ingress_settings                 = local.ingress
    vpc_connector                    = var.vpc_connector
    vpc_connector_egress_settings    = var.vpc_connector == null ? null : "ALL_TRAFFIC"
    # The functions' server has as many threads as its machine has cores times four, whatever Cloud Run sends it.
    environment_variables = merge(var.environment_variables, {
      THREADS              = tostring(var.declaration.concurrency)
      AUGMENT_FUNCTION     = var.name
      AUGMENT_FUNCTION_URL = local.url
    })

    dynamic "secret_environment_variables" {
      for_each = toset(var.declaration.secrets)
      content {
        key        = "SECRET_${upper(replace(secret_environment_variables.value, "-", "_"))}"
        project_id = var.project.id
        secret     = secret_environment_variables.value
        version    = var.secrets[secret_environment_variables.value].version
      }
    }
  }

  # A revision that starts before it may read its secrets fails to start.
  depends_on = [google_secret_manager_secret_iam_member.accessor]
}

# --- Who may call it -------------------------------------------------------------------------------------------------

resource "google_cloud_run_v2_service_iam_member" "public" {
  # checkov:skip=CKV_GCP_102: edge app means that the function itself verifies an ID token, a session or a vendor's signature; edge iam never comes here
  count = var.declaration.edge == "app" ? 1 : 0

  project  = var.project.id
  location = var.project.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  count = var.declaration.edge == "iam" ? 1 : 0

  project  = var.project.id
  location = var.project.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${var.invoker}"
}

# --- What triggers it ------------------------------------------------------------------------------------------------

# An explicit push subscription: an event trigger would hide the retry policy, the dead letter and the deadline.
# No ordering: revisions give correctness, and a poison message blocks nobody.
resource "google_pubsub_subscription" "push" {
  count = var.declaration.trigger == "topic" ? 1 : 0

  project                    = var.project.id
  name                       = local.subscription
  topic                      = var.topics[var.declaration.topic]
  ack_deadline_seconds       = max(10, var.declaration.timeout_seconds)
  message_retention_duration = "604800s"
  enable_message_ordering    = false
  labels                     = local.labels

  push_config {
    push_endpoint = "${local.url}/"
    oidc_token {
      service_account_email = var.invoker
      audience              = local.url
    }
  }
  retry_policy {
    minimum_backoff = "${var.declaration.retry.min_backoff}s"
    maximum_backoff = "${var.declaration.retry.max_backoff}s"
  }
  dead_letter_policy {
    dead_letter_topic     = module.dead_letters[0].topic
    max_delivery_attempts = var.declaration.retry.max_attempts
  }
  expiration_policy {
    ttl = ""
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker, google_cloudfunctions2_function.this]
}

module "dead_letters" {
  source = "../dead_letters"
  count  = var.declaration.trigger == "topic" ? 1 : 0

  project_id   = var.project.id
  region       = var.project.region
  subscription = local.subscription
  pubsub_agent = var.pubsub_agent
  labels       = local.labels
}

# Pub/Sub itself acknowledges what it forwards, so it must be a subscriber of what it forwards from.
resource "google_pubsub_subscription_iam_member" "forwards" {
  count = var.declaration.trigger == "topic" ? 1 : 0

  project      = var.project.id
  subscription = google_pubsub_subscription.push[0].name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}

resource "google_cloud_scheduler_job" "this" {
  for_each = var.schedules

  project          = var.project.id
  region           = var.project.region
  name             = each.key
  description      = each.value.about
  schedule         = each.value.cron
  time_zone        = "Etc/UTC"
  attempt_deadline = "${max(15, var.declaration.timeout_seconds)}s"

  http_target {
    http_method = "POST"
    uri         = "${local.url}/"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ schedule = each.key }))
    oidc_token {
      service_account_email = var.invoker
      audience              = local.url
    }
  }
  retry_config {
    retry_count          = 3
    min_backoff_duration = "${max(1, var.declaration.retry.min_backoff)}s"
    max_backoff_duration = "${var.declaration.retry.max_backoff}s"
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker, google_cloudfunctions2_function.this]
}
