output "url" {
  description = "The function's own address."
  value       = local.url
}

output "service" {
  description = "The Cloud Run service under the function."
  value       = google_cloudfunctions2_function.this.name
}

output "service_account" {
  description = "The e-mail address of the function's account."
  value       = google_service_account.this.email
}

output "subscription" {
  description = "The push subscription; null without one."
  value       = one(google_pubsub_subscription.push[*].name)
}

output "dead_letters" {
  description = "The subscription that holds what could not be delivered; null without one."
  value       = one(module.dead_letters[*].subscription)
}

output "roles" {
  description = "Every role that the function's account holds, as \"role on resource\"."
  value = sort(concat(
    [for name, grant in google_pubsub_topic_iam_member.publisher : "${grant.role} on topic ${name}"],
    [for name, grant in google_cloud_tasks_queue_iam_member.enqueuer : "${grant.role} on queue ${name}"],
    [for queue, grant in google_service_account_iam_member.acts_as_invoker : "${grant.role} on the invoker of queue ${queue}"],
    [for grant in google_service_account_iam_member.signs_as_itself : "${grant.role} on itself"],
    [for name, grant in google_project_iam_member.documents : "${grant.role} on database ${name}"],
    [for grant in google_project_iam_member.query_jobs : "${grant.role} on the project"],
    [for name, grant in google_bigquery_dataset_iam_member.warehouse : "${grant.role} on dataset ${name}"],
    [for grant in google_storage_bucket_iam_member.quarantine : "${grant.role} on the quarantine"],
    [for grant in google_storage_bucket_iam_member.transcripts : "${grant.role} on the transcripts"],
    [for grant in google_storage_bucket_iam_member.evidence : "${grant.role} on the evidence"],
    [for grant in google_storage_bucket_iam_member.clips : "${grant.role} on the clips"],
    [for name, grant in google_secret_manager_secret_iam_member.accessor : "${grant.role} on secret ${name}"],
  ))
}
