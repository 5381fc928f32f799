# Where a subscription's undeliverable messages go: a topic, and a subscription that keeps them until somebody looks.

variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "Where messages may rest."
  type        = string
}

variable "subscription" {
  description = "The delivering subscription."
  type        = string
}

variable "pubsub_agent" {
  description = "Pub/Sub's own account (serviceAccount:…), which forwards what cannot be delivered."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can carry them."
  type        = map(string)
  default     = {}
}

resource "google_pubsub_topic" "this" {
  # checkov:skip=CKV_GCP_83: encrypted with Google's keys; the platform manages no keys of its own
  project = var.project_id
  name    = "${var.subscription}--dead-letters"
  labels  = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_subscription" "this" {
  project                    = var.project_id
  name                       = "${var.subscription}--dead-letters"
  topic                      = google_pubsub_topic.this.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"
  enable_message_ordering    = false
  labels                     = var.labels

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "forwards" {
  project = var.project_id
  topic   = google_pubsub_topic.this.id
  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent
}

output "topic" {
  description = "Id of the dead-letter topic; known once Pub/Sub may forward to it."
  value       = google_pubsub_topic.this.id
  depends_on  = [google_pubsub_topic_iam_member.forwards]
}

output "subscription" {
  description = "Name of the subscription that keeps what could not be delivered."
  value       = google_pubsub_subscription.this.name
}
