# What wakes somebody up.

mock_provider "google" {}

variables {
  project                   = { id = "acme-skills", number = "123456789012", region = "europe-west1" }
  environment               = "prod"
  functions                 = { ingest = { service = "ingest" }, health_check = { service = "health-check", crons = ["*/15 * * * *"] } }
  queues                    = ["recalculation"]
  hosts                     = { api = "api.example.com", portal = "example.com" }
  service                   = "augment-skills"
  subscriptions             = ["rating_update--observation-recorded"]
  dead_letter_subscriptions = ["rating_update--observation-recorded--dead-letters"]
  notification_emails       = ["team@example.com"]
  notification_channels     = ["projects/acme-skills/notificationChannels/1"]
  budget                    = { billing_account = "012345-6789AB-CDEF01", monthly_amount = 1000 }
}

run "alerts" {
  assert {
    condition     = google_monitoring_alert_policy.error_rate.conditions[0].condition_threshold[0].threshold_value == 0.05 && contains(google_monitoring_alert_policy.error_rate.conditions[0].condition_threshold[0].aggregations[0].group_by_fields, "resource.label.service_name")
    error_message = "5 % of each function's requests."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.error_rate.conditions[0].condition_threshold[0].filter, "\"health-check\", \"ingest\"") && strcontains(google_monitoring_alert_policy.error_rate.conditions[0].condition_threshold[0].filter, "5xx")
    error_message = "Every function's errors count: ${google_monitoring_alert_policy.error_rate.conditions[0].condition_threshold[0].filter}"
  }
  assert {
    condition     = google_monitoring_alert_policy.dead_letters.conditions[0].condition_threshold[0].threshold_value == 0 && strcontains(google_monitoring_alert_policy.dead_letters.conditions[0].condition_threshold[0].filter, "\"rating_update--observation-recorded--dead-letters\"")
    error_message = "One dead letter is enough."
  }
  assert {
    condition     = keys(google_monitoring_alert_policy.schedule_stopped)[0] == "health_check" && length(google_monitoring_alert_policy.schedule_stopped) == 1
    error_message = "Every scheduled function is missed when it stops."
  }
  assert {
    condition     = alltrue([for log in ["run.googleapis.com/requests", "requests"] : strcontains(one(google_logging_project_sink.default.exclusions).filter, "LOG_ID(\"${log}\")")]) && strcontains(one(google_logging_project_sink.default.exclusions).filter, "httpRequest.requestUrl=~\"@|%40|")
    error_message = "Neither Cloud Run's nor the load balancer's log of requests names a person: ${one(google_logging_project_sink.default.exclusions).filter}"
  }
  assert {
    condition     = google_logging_project_sink.default.name == "_Default" && google_logging_project_bucket_config.ours.location == "europe-west1" && endswith(google_logging_project_sink.default.destination, google_logging_project_bucket_config.ours.id)
    error_message = "Logs stay in the region: ${google_logging_project_sink.default.destination}"
  }
  assert {
    condition     = google_monitoring_alert_policy.error_rate.combiner == "AND_WITH_MATCHING_RESOURCE" && google_monitoring_alert_policy.error_rate.conditions[1].condition_threshold[0].threshold_value == 5
    error_message = "A share of very few requests wakes nobody."
  }
  assert {
    condition     = google_monitoring_alert_policy.schedule_stopped["health_check"].conditions[0].condition_threshold[0].aggregations[0].alignment_period == "1380s"
    error_message = "A stopped schedule is told within two of its periods."
  }
  assert {
    condition     = google_monitoring_slo.answered.goal == 0.995 && length(google_monitoring_alert_policy.burn_rate.conditions) == 2 && length(google_monitoring_uptime_check_config.host) == 2
    error_message = "There is a level that is aimed at, told of when it is missed."
  }
  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles) == 6
    error_message = "One page shows it."
  }
  assert {
    condition     = length(google_monitoring_alert_policy.error_rate.notification_channels) == 2
    error_message = "Both the address and the channel that exists are told."
  }
  assert {
    condition     = google_billing_budget.monthly[0].all_updates_rule[0].monitoring_notification_channels == tolist([google_monitoring_notification_channel.email["team@example.com"].id])
    error_message = "A budget is refused with a channel that is no e-mail."
  }
  assert {
    condition     = length(google_monitoring_alert_policy.copies) == 0
    error_message = "Nothing is copied here."
  }
  assert {
    condition     = one(google_billing_budget.monthly[0].amount[0].specified_amount).units == "1000" && contains(google_billing_budget.monthly[0].budget_filter[0].projects, "projects/123456789012")
    error_message = "The budget covers this project."
  }
}

run "copies_and_a_budget_that_only_who_pays_is_told_of" {
  variables {
    copies              = ["copy-integrations", "copy-live"]
    notification_emails = []
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.copies[0].conditions[0].condition_matched_log[0].filter, "(\"copy-integrations\" OR \"copy-live\")")
    error_message = "A refused copy is told."
  }
  assert {
    condition     = length(google_billing_budget.monthly[0].all_updates_rule) == 0
    error_message = "A rule without a channel is refused."
  }
}

run "without_a_budget" {
  variables {
    budget = null
  }
  assert {
    condition     = length(google_billing_budget.monthly) == 0
    error_message = "No budget was asked for."
  }
}

run "refuses_a_percentage_a_schedule_that_cannot_be_watched_half_a_budget_and_what_is_no_address" {
  command = plan
  variables {
    error_rate          = 5
    functions           = { weekly = { service = "weekly", crons = ["0 3 * * 1"] } }
    budget              = { billing_account = "my-account", monthly_amount = 1000 }
    notification_emails = ["the team"]
  }
  expect_failures = [var.error_rate, var.functions, var.budget, var.notification_emails]
}
