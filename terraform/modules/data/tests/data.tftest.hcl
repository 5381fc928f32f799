# What holds data: indexes, expiry, protection, and which declarations are refused.

mock_provider "google" {}

variables {
  project   = { id = "acme-skills", number = "123456789012", region = "europe-west1" }
  protected = true
  documents = {
    database  = "live"
    indexes   = { events = [["employee_id", "-occurred_at"], ["employee_id", "competencies[]", "-occurred_at"]], recalculation_runs = [["-started_at"]] }
    unindexed = { states = ["observations"], sessions = ["token"] }
    expires   = { sessions = "expires_at" }
  }
  integrations = {
    database  = "integrations"
    indexes   = { calls = [["employees[]", "-started_at"]] }
    unindexed = { calls = ["participants"] }
  }
  secrets  = { session-key = { about = "signs sessions", generated = true }, oauth-client-id = {} }
  datasets = { raw = { about = "as it came" }, marts = { about = "answers", readers = ["analysts@example.com"] } }
  tables = {
    "raw.skill_changed"    = { grain = "one row per message", about = "what was written", expires_days = 730, partition_by = { field = "publish_time", type = "DAY" }, schema = [{ name = "publish_time", type = "TIMESTAMP" }] }
    "marts.skill_coverage" = { grain = "one row per competency", about = "who can", cluster_by = ["competency"], schema = [{ name = "competency", type = "STRING" }] }
  }
}

run "production" {
  assert {
    condition     = jsonencode([for field in google_firestore_index.this["documents/events/employee_id,-occurred_at"].fields : "${field.field_path} ${field.order}"]) == jsonencode(["employee_id ASCENDING", "occurred_at DESCENDING"])
    error_message = "A minus is descending."
  }
  assert {
    condition     = jsonencode([for field in google_firestore_index.this["documents/events/employee_id,competencies[],-occurred_at"].fields : [field.field_path, field.order, field.array_config]]) == jsonencode([["employee_id", "ASCENDING", null], ["competencies", null, "CONTAINS"], ["occurred_at", "DESCENDING", null]])
    error_message = "Brackets are an array's elements."
  }
  assert {
    condition     = jsonencode(output.indexes) == jsonencode(["documents/events/employee_id,-occurred_at", "documents/events/employee_id,competencies[],-occurred_at", "integrations/calls/employees[],-started_at"])
    error_message = "Firestore makes single-field indexes by itself and refuses to be asked for them."
  }
  assert {
    condition     = length(google_firestore_field.this["documents/states/observations"].index_config[0].indexes) == 0 && length(google_firestore_field.this["documents/sessions/expires_at"].ttl_config) == 1 && length(google_firestore_field.this["documents/sessions/expires_at"].index_config) == 0
    error_message = "An exempt field has an empty index list; an expiring one has a TTL."
  }
  assert {
    condition     = alltrue([for database in google_firestore_database.this : database.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && database.delete_protection_state == "DELETE_PROTECTION_ENABLED"])
    error_message = "Production can go back in time and cannot be deleted."
  }
  assert {
    condition     = jsonencode(keys(google_firestore_backup_schedule.daily)) == jsonencode(["documents", "integrations"]) && length(google_cloud_scheduler_job.copy) == 0
    error_message = "Both databases are backed up."
  }
  assert {
    condition     = keys(google_firestore_database.this) == ["documents", "integrations"] || length(google_firestore_database.this) == 2
    error_message = "Integrations keep their own database."
  }
  assert {
    condition     = one(google_bigquery_table.this["raw.skill_changed"].time_partitioning).expiration_ms == 730 * 86400000 && length(google_bigquery_table.this["marts.skill_coverage"].time_partitioning) == 0
    error_message = "Raw messages expire, answers are not partitioned unless they say so."
  }
  assert {
    condition     = alltrue([for bucket in [google_storage_bucket.sources, google_storage_bucket.quarantine, google_storage_bucket.transcripts, google_storage_bucket.evidence, google_storage_bucket.clips] : bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced" && !bucket.force_destroy])
    error_message = "No bucket is public."
  }
  assert {
    condition     = alltrue([for bucket in [google_storage_bucket.quarantine, google_storage_bucket.transcripts, google_storage_bucket.evidence] : one(bucket.soft_delete_policy).retention_duration_seconds == 0 && length(bucket.versioning) == 0])
    error_message = "What is erased from a bucket with personal data is gone."
  }
  assert {
    condition     = output.secrets["session-key"].version == "1" && google_secret_manager_secret.this["session-key"].deletion_protection
    error_message = "A secret is read in its first version unless told otherwise."
  }
  assert {
    condition     = jsonencode([for grant in google_bigquery_dataset_iam_member.readers : "${grant.dataset_id} ${grant.member}"]) == jsonencode(["marts group:analysts@example.com"])
    error_message = "Dashboards read marts only."
  }
}

run "development" {
  variables {
    protected       = false
    secret_versions = { session-key = "4" }
  }
  assert {
    condition     = google_firestore_database.this["documents"].delete_protection_state == "DELETE_PROTECTION_DISABLED" && length(google_firestore_backup_schedule.daily) == 0 && google_storage_bucket.quarantine.force_destroy
    error_message = "Development can be taken down."
  }
  assert {
    condition     = output.secrets["session-key"].version == "4"
    error_message = "A rotation is a number."
  }
}

run "copied_out" {
  variables {
    copies_bucket = "acme-copies"
  }
  assert {
    condition     = alltrue([for store, job in google_cloud_scheduler_job.copy : jsondecode(base64decode(one(job.http_target).body)).outputUriPrefix == "gs://acme-copies" && endswith(one(job.http_target).uri, "/databases/${store == "documents" ? "live" : store}:exportDocuments")]) && length(google_cloud_scheduler_job.copy) == 2
    error_message = "Both databases are copied into the bucket, each night."
  }
  assert {
    condition     = jsonencode(google_project_iam_custom_role.copier[0].permissions) == jsonencode(["datastore.databases.export"])
    error_message = "Who copies out cannot put anything in."
  }
}

run "refuses_latest_an_index_on_an_unindexed_field_and_a_table_in_an_unknown_dataset" {
  command = plan
  variables {
    secret_versions = { session-key = "latest" }
    documents       = { database = "live", indexes = { events = [["employee_id", "-payload"]] }, unindexed = { events = ["payload"] } }
    tables          = { "mart.skill_coverage" = { grain = "", about = "", schema = [] } }
  }
  expect_failures = [var.secret_versions, var.documents, var.tables]
}

run "refuses_versions_of_unknown_secrets_an_index_on_two_arrays_and_a_view_beside_its_table" {
  command = plan
  variables {
    secret_versions = { session-kee = "2" }
    documents       = { database = "live", indexes = { events = [["competencies[]", "tags[]"]] } }
    views           = { "marts.team" = { of = "marts.skill_coverage", about = "", query = "SELECT 1" } }
  }
  expect_failures = [var.secret_versions, var.documents, var.views]
}
