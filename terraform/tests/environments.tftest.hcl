# What production must say and development may leave out.

mock_provider "google" {}

variables {
  infra      = "../infra"
  project_id = "acme-skills"
  hosts      = { api = "api.example.com", portal = "example.com" }
  sources    = {}
}

run "declared" {
  module {
    source = "./modules/platform/tests/declared"
  }
}

run "production_tells_somebody_and_has_a_budget" {
  command = plan

  variables {
    environment = "acme-eu"
    sources     = run.declared.sources
  }

  expect_failures = [var.notification_emails, var.budget]
}
