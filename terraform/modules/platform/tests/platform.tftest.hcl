# The real declaration against a provider that only pretends: what would stand in the project.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id          = "acme-skills-prod"
  environment         = "prod"
  infra               = "../../../infra"
  hosts               = { api = "api.skills.example.com", portal = "skills.example.com" }
  notification_emails = ["team@example.com"]
  mart_readers        = ["analysts@example.com"]
  manager_readers     = ["managers@example.com"]

  allowed_callers = [
    "voice-roleplay@acme-apps.iam.gserviceaccount.com",
    "administration@acme-apps.iam.gserviceaccount.com:events.write|profiles.read|administration",
    "crm@acme-apps.iam.gserviceaccount.com:deals.write",
  ]
  requests_per_minute      = 1200
  warehouse_gigabytes      = 70
  bootstrap_administrators = ["bo@example.com", "ada@example.com"]
  budget                   = { billing_account = "012345-6789AB-CDEF01", monthly_amount = 1000 }
}

run "declared" {
  module {
    source = "./tests/declared"
  }
}

run "platform" {
  variables {
    sources = run.declared.sources
  }

  assert {
    condition     = keys(output.functions) == keys(run.declared.pipeline.functions)
    error_message = "Every declared function is provisioned, and nothing else."
  }
  assert {
    condition     = length(distinct([for function in values(output.functions) : function.service_account])) == length(output.functions)
    error_message = "Every function has an account of its own."
  }
  assert {
    condition = alltrue([for name, function in run.declared.pipeline.functions :
      toset([for role in output.functions[name].roles : role if startswith(role, "roles/pubsub.publisher")]) ==
      toset([for topic in try(function.publishes, []) : "roles/pubsub.publisher on topic ${topic}"])
    ])
    error_message = "A function publishes to what it declares, and to nothing else."
  }
  assert {
    condition     = jsonencode(output.urls) == jsonencode({ api = "https://api.skills.example.com", portal = "https://skills.example.com" })
    error_message = "The platform has its two addresses."
  }
  assert {
    condition     = output.routes["api.skills.example.com"][length(output.routes["api.skills.example.com"]) - 1] == "/api/v1 → skills_api"
    error_message = "The shortest path is tried last: ${jsonencode(output.routes)}"
  }
  assert {
    condition     = contains(output.alerts, "[prod] A message could not be delivered")
    error_message = "Dead letters wake somebody."
  }
}

# What stands is as "platform" made it: the plan says what settings change of that.
run "settings" {
  command = plan
  variables {
    sources  = run.declared.sources
    settings = { for name in flatten(values(run.declared.pipeline.settings)) : name => "another value" }
  }
}

# A plan takes as long for one wrong value as for one in every variable; each must be refused.
run "refuses_a_number_a_label_a_zone_a_service_and_an_account_that_many_share" {
  command = plan
  variables {
    sources                  = run.declared.sources
    project_id               = "123456789012"
    environment              = "Acme (EU)"
    region                   = "europe-west1-b"
    bootstrap_administrators = ["robot@acme-apps.iam.gserviceaccount.com"]
    allowed_callers          = ["123456789012-compute@developer.gserviceaccount.com"]
  }
  expect_failures = [
    var.project_id, var.environment, var.region, var.bootstrap_administrators, var.allowed_callers,
  ]
}

run "refuses_a_person_as_a_calling_service" {
  command = plan
  variables {
    sources         = run.declared.sources
    allowed_callers = ["someone@example.com"]
  }
  expect_failures = [var.allowed_callers]
}
