# One environment of the platform, as envs/<environment>.tfvars describes it.
# What is not protected can be taken down again, and has no warm instances unless it asks for them.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "6.50.0" # exactly: what was tested is what is applied
    }
  }
  # scripts/deploy names the bucket.
  backend "gcs" {
    prefix = "terraform"
  }
}

provider "google" {
  project               = var.project_id
  region                = var.region
  billing_project       = var.project_id
  user_project_override = true
}

module "platform" {
  source = "./modules/platform"

  environment              = var.environment
  infra                    = "${path.root}/../infra"
  project_id               = var.project_id
  region                   = var.region
  hosts                    = var.hosts
  sources                  = var.sources
  secret_versions          = var.secret_versions
  allowed_callers          = var.allowed_callers
  settings                 = var.settings
  mart_readers             = var.mart_readers
  manager_readers          = var.manager_readers
  bootstrap_administrators = var.bootstrap_administrators
  notification_emails      = var.notification_emails
  notification_channels    = var.notification_channels
  budget                   = var.budget
  requests_per_minute      = var.requests_per_minute
  warehouse_gigabytes      = var.warehouse_gigabytes
  copies_bucket            = var.copies_bucket
  ssl_policy               = var.ssl_policy
  vpc_connector            = var.vpc_connector
  protected                = var.protected
  overridden_policies      = var.overridden_policies
  min_instances            = coalesce(var.min_instances, var.protected)
}

output "platform" {
  description = "Addresses, accounts with their roles, routes, alerts."
  value       = module.platform
}
