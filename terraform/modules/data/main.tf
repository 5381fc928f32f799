# What holds data: Firestore, BigQuery, buckets, and the containers of secrets.

# --- Firestore -------------------------------------------------------------------------------------------------------

locals {
  # Roles are database-wide, so what the integrations keep (cursors, tokens, marks) lives in a database of its own.
  databases = { documents = var.documents.database, integrations = var.integrations.database }
  stores    = { documents = var.documents, integrations = var.integrations }

  # "-field" is descending, "field[]" is what an array contains. Firestore keeps single-field indexes by itself and refuses to make them again.
  indexes = merge(flatten([for store, declared in local.stores : [
    for collection, indexes in declared.indexes : {
      for fields in indexes : "${store}/${collection}/${join(",", fields)}" => {
        store      = store
        collection = collection
        fields = [for field in fields : {
          path  = trimsuffix(trimprefix(field, "-"), "[]")
          order = endswith(field, "[]") ? null : startswith(field, "-") ? "DESCENDING" : "ASCENDING"
          array = endswith(field, "[]") ? "CONTAINS" : null
        }]
      } if length(fields) > 1
    }
  ]])...)

  # One resource per field, which may be exempt from indexing, expire, or both.
  unindexed = toset(flatten([for store, declared in local.stores : [for collection, fields in declared.unindexed : [for field in fields : "${store}/${collection}/${field}"]]]))
  expiring  = toset(flatten([for store, declared in local.stores : [for collection, field in declared.expires : "${store}/${collection}/${field}"]]))
}

resource "google_firestore_database" "this" {
  for_each = local.databases

  project                           = var.project.id
  name                              = each.value
  location_id                       = var.project.region
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = var.protected ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
  delete_protection_state           = var.protected ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.protected ? "ABANDON" : "DELETE"
}

resource "google_firestore_backup_schedule" "daily" {
  for_each = var.protected ? local.databases : {}

  project   = var.project.id
  database  = google_firestore_database.this[each.key].name
  retention = "2419200s"

  daily_recurrence {}
}

# A backup lies beside its database and dies with its project. A copy goes out every night, as this account.
resource "google_service_account" "copier" {
  count = var.copies_bucket == null ? 0 : 1

  project      = var.project.id
  account_id   = "backup-copier"
  display_name = "Copies the databases out"
}

# Google's role for it may put documents in as well.
resource "google_project_iam_custom_role" "copier" {
  count = var.copies_bucket == null ? 0 : 1

  project     = var.project.id
  role_id     = "backupCopier"
  title       = "Copies databases out"
  permissions = ["datastore.databases.export"]
}

resource "google_project_iam_member" "copier" {
  count = var.copies_bucket == null ? 0 : 1

  project = var.project.id
  role    = google_project_iam_custom_role.copier[0].id
  member  = "serviceAccount:${google_service_account.copier[0].email}"
}

resource "google_cloud_scheduler_job" "copy" {
  for_each = var.copies_bucket == null ? {} : local.databases

  project     = var.project.id
  region      = var.project.region
  name        = "copy-${each.value}"
  description = "A copy of the database ${each.value} in ${var.copies_bucket}"
  schedule    = "${each.key == "documents" ? 20 : 40} 4 * * *"
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://firestore.googleapis.com/v1/projects/${var.project.id}/databases/${google_firestore_database.this[each.key].name}:exportDocuments"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ outputUriPrefix = "gs://${var.copies_bucket}" }))
    oauth_token {
      service_account_email = google_service_account.copier[0].email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }
  retry_config {
    retry_count = 3
  }
}

resource "google_firestore_index" "this" {
  for_each = local.indexes

  project     = var.project.id
  database    = google_firestore_database.this[each.value.store].name
  collection  = each.value.collection
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path   = fields.value.path
      order        = fields.value.order
      array_config = fields.value.array
    }
  }
}

resource "google_firestore_field" "this" {
  for_each = setunion(local.unindexed, local.expiring)

  project    = var.project.id
  database   = google_firestore_database.this[split("/", each.key)[0]].name
  collection = split("/", each.key)[1]
  field      = split("/", each.key)[2]

  # An empty block means: no index at all.
  dynamic "index_config" {
    for_each = contains(local.unindexed, each.key) ? [1] : []
    content {}
  }
  dynamic "ttl_config" {
    for_each = contains(local.expiring, each.key) ? [1] : []
    content {}
  }
}

# --- BigQuery --------------------------------------------------------------------------------------------------------

resource "google_bigquery_dataset" "this" {
  # checkov:skip=CKV_GCP_81: encrypted with Google's keys; the platform manages no keys of its own
  for_each = var.datasets

  project                    = var.project.id
  dataset_id                 = each.key
  location                   = var.project.region
  description                = each.value.about
  max_time_travel_hours      = "168"
  delete_contents_on_destroy = !var.protected
  labels                     = var.labels
}

resource "google_bigquery_dataset_iam_member" "readers" {
  for_each = merge([for name, dataset in var.datasets : { for group in dataset.readers : "${name}/${group}" => { dataset = name, group = group } }]...)

  project    = var.project.id
  dataset_id = google_bigquery_dataset.this[each.value.dataset].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = "group:${each.value.group}"
}

# Reading tables and running queries are two rights: without the second, a reader could look at a table and ask nothing.
resource "google_project_iam_member" "readers_run_queries" {
  for_each = toset(flatten([for dataset in values(var.datasets) : dataset.readers]))

  project = var.project.id
  role    = "roles/bigquery.jobUser"
  member  = "group:${each.value}"
}

resource "google_bigquery_table" "this" {
  # checkov:skip=CKV_GCP_80: encrypted with Google's keys; the platform manages no keys of its own
  # checkov:skip=CKV_GCP_121: on in production; elsewhere an environment can be taken down again
  for_each = var.tables

  project             = var.project.id
  dataset_id          = google_bigquery_dataset.this[split(".", each.key)[0]].dataset_id
  table_id            = split(".", each.key)[1]
  description         = "${each.value.grain}. ${each.value.about}"
  deletion_protection = var.protected
  schema              = jsonencode(each.value.schema)
  clustering          = try(each.value.cluster_by, null)
  labels              = var.labels

  dynamic "time_partitioning" {
    for_each = try([each.value.partition_by], [])
    content {
      type          = time_partitioning.value.type
      field         = time_partitioning.value.field
      expiration_ms = try(each.value.expires_days * 86400000, null)
    }
  }
}

# An authorised view reads its table in the viewer's place: who reads the view's dataset needs no access to the table's.
resource "google_bigquery_table" "view" {
  # checkov:skip=CKV_GCP_80: a view holds no data
  # checkov:skip=CKV_GCP_121: a view holds no data, and is made again by the next deployment
  for_each = var.views

  project             = var.project.id
  dataset_id          = google_bigquery_dataset.this[split(".", each.key)[0]].dataset_id
  table_id            = split(".", each.key)[1]
  description         = each.value.about
  deletion_protection = false
  labels              = var.labels

  # BigQuery keeps a view's text as it is, and wants the project of what it reads.
  view {
    query          = replace(each.value.query, "/\\b${replace(each.value.of, ".", "\\.")}\\b/", "`${var.project.id}.${each.value.of}`")
    use_legacy_sql = false
  }

  depends_on = [google_bigquery_table.this]
}

resource "google_bigquery_dataset_access" "view" {
  for_each = var.views

  project    = var.project.id
  dataset_id = google_bigquery_dataset.this[split(".", each.value.of)[0]].dataset_id

  view {
    project_id = var.project.id
    dataset_id = google_bigquery_table.view[each.key].dataset_id
    table_id   = google_bigquery_table.view[each.key].table_id
  }
}

# --- Buckets ---------------------------------------------------------------------------------------------------------

resource "google_storage_bucket" "sources" {
  # checkov:skip=CKV_GCP_62: who reads is in the audit log (data access), a log bucket would say it twice
  project                     = var.project.id
  name                        = "${var.project.id}-sources"
  location                    = var.project.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  labels                      = var.labels

  versioning {
    enabled = true
  }
  # Objects are named by their content and never change; a year of them is a year of possible roll-backs.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 365
    }
  }
}

resource "google_storage_bucket" "quarantine" {
  # checkov:skip=CKV_GCP_62: who reads is in the audit log (data access), a log bucket would say it twice
  # checkov:skip=CKV_GCP_78: holds personal data, and a version would outlive an erasure
  project                     = var.project.id
  name                        = "${var.project.id}-quarantine"
  location                    = var.project.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  labels                      = var.labels

  # No undelete: what is erased is gone.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.quarantine_days
    }
  }
}

# What was said in calls and e-mails: twelve months, and nowhere else.
resource "google_storage_bucket" "transcripts" {
  # checkov:skip=CKV_GCP_62: who reads is in the audit log (data access), a log bucket would say it twice
  # checkov:skip=CKV_GCP_78: holds personal data, and a version would outlive an erasure
  project                     = var.project.id
  name                        = "${var.project.id}-transcripts"
  location                    = var.project.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  labels                      = var.labels

  # No undelete: what is erased is gone.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = 365
      matches_prefix = ["conversations/", "analyses/"]
    }
  }
  # What says how old the words are outlives them: words that were written anew meanwhile (another analysis, an erasure
  # of one party) are younger files, and are deleted by what this says.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 400
    }
  }
}

# What lessons show: every file under its SHA-256, for as long as a version of a lesson names it.
resource "google_storage_bucket" "clips" {
  # checkov:skip=CKV_GCP_62: nothing in it is about anybody
  # checkov:skip=CKV_GCP_78: a file's name is the digest of its content, so that it has one version
  project                     = var.project.id
  name                        = "${var.project.id}-clips"
  location                    = var.project.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  labels                      = var.labels
}

# What is sent in as evidence, as it came. The platform itself ends its life (its records say when, and why), which a rule of
# the bucket's could not say; it keeps nothing for longer than a record's seven years.
resource "google_storage_bucket" "evidence" {
  # checkov:skip=CKV_GCP_62: who reads is in the audit log (data access), a log bucket would say it twice
  # checkov:skip=CKV_GCP_78: holds personal data, and a version would outlive an erasure
  project                     = var.project.id
  name                        = "${var.project.id}-evidence"
  location                    = var.project.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected
  labels                      = var.labels

  # No undelete: what is erased is gone.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

# --- Secrets ---------------------------------------------------------------------------------------------------------

resource "google_secret_manager_secret" "this" {
  for_each = var.secrets

  project             = var.project.id
  secret_id           = each.key
  deletion_protection = var.protected
  labels              = var.labels
  annotations         = { about = each.value.about }

  replication {
    user_managed {
      replicas {
        location = var.project.region
      }
    }
  }
}

# Who looked at quarantined input or read a secret.
resource "google_project_iam_audit_config" "data_access" {
  for_each = toset(["storage.googleapis.com", "secretmanager.googleapis.com"])

  project = var.project.id
  service = each.value

  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
