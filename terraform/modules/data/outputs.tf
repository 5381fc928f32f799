output "databases" {
  description = "What the declaration calls a Firestore database → its id."
  value       = { for key, database in google_firestore_database.this : key => database.name }
}

output "copies" {
  description = "Names of the Cloud Scheduler jobs that copy the databases out; none without a bucket."
  value       = sort([for job in google_cloud_scheduler_job.copy : job.name])
}

output "datasets" {
  description = "BigQuery datasets, by name."
  value       = { for name, dataset in google_bigquery_dataset.this : name => dataset.dataset_id }
  # Grants on a dataset and its authorised views are one list, which each change reads and writes back: one at a time.
  depends_on = [google_bigquery_dataset_access.view]
}

output "tables" {
  description = "dataset.table → project.dataset.table."
  value       = { for name, table in google_bigquery_table.this : name => "${var.project.id}.${table.dataset_id}.${table.table_id}" }
}

output "secrets" {
  description = "Secret → its id and pinned version."
  value       = { for name, secret in google_secret_manager_secret.this : name => { id = secret.secret_id, version = lookup(var.secret_versions, name, "1") } }
}

output "sources_bucket" {
  description = "The bucket of the staged sources."
  value       = google_storage_bucket.sources.name
}

output "quarantine_bucket" {
  description = "The bucket of unreadable input."
  value       = google_storage_bucket.quarantine.name
}

output "indexes" {
  description = "Composite indexes as collection/fields, descending with \"-\"."
  value       = sort(keys(google_firestore_index.this))
}

output "clips_bucket" {
  description = "Where what lessons show lies."
  value       = google_storage_bucket.clips.name
}

output "transcripts_bucket" {
  description = "Where what was said in calls and e-mails lies."
  value       = google_storage_bucket.transcripts.name
}

output "evidence_bucket" {
  description = "Where evidence lies as it came."
  value       = google_storage_bucket.evidence.name
}
