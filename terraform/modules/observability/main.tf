# What wakes somebody up: failing functions, messages that wait or died, schedules that stopped, cost.

locals {
  mailed   = [for channel in google_monitoring_notification_channel.email : channel.id]
  channels = concat(local.mailed, var.notification_channels)
  title    = "[${var.environment}]"
  runs     = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\""
  services = join(", ", [for function in values(var.functions) : "\"${function.service}\""])
  ours     = "resource.labels.service_name = one_of(${local.services})"
  # By its form, by the path before it, or by the parameter before it (a cursor may hold the id at which a page ended).
  names_a_person = "@|%40|/learn/join/|/(employees|people|learners|enrolments|mastery|validation-events|field-observations|learning-activities)/[^/?]|[?&](employee|employee_id|manager|actor|subject|search|cursor)="
  # Seconds between a function's runs: of its schedule that comes most often.
  periods = {
    for name, function in var.functions : name => min([
      for fields in [for cron in function.crons : split(" ", cron)] :
      startswith(fields[0], "*/") ? 60 * tonumber(trimprefix(fields[0], "*/")) : fields[1] == "*" ? 3600 : 86400
    ]...) if length(function.crons) > 0
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.notification_emails

  project      = var.project.id
  display_name = each.value
  type         = "email"
  labels       = { email_address = each.value }
}

resource "google_monitoring_alert_policy" "error_rate" {
  project               = var.project.id
  display_name          = "${local.title} A function fails too often"
  combiner              = "AND_WITH_MATCHING_RESOURCE"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "5xx over ${var.error_rate * 100} % of a function's requests for ten minutes"
    condition_threshold {
      filter             = "${local.runs} AND ${local.ours} AND metric.labels.response_code_class = \"5xx\""
      denominator_filter = "${local.runs} AND ${local.ours}"
      comparison         = "COMPARISON_GT"
      threshold_value    = var.error_rate
      duration           = "0s"

      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
      denominator_aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }
  conditions {
    display_name = "More than ${var.least_errors} of them"
    condition_threshold {
      filter          = "${local.runs} AND ${local.ours} AND metric.labels.response_code_class = \"5xx\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.least_errors
      duration        = "0s"

      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }
  documentation {
    content = "Requests to $${resource.label.service_name} fail. Its log says why: `gcloud logging read 'resource.labels.service_name=\"$${resource.label.service_name}\" severity>=ERROR' --limit=20`. Messages and tasks are delivered again until they succeed or become dead letters."
  }
}

resource "google_monitoring_alert_policy" "dead_letters" {
  project               = var.project.id
  display_name          = "${local.title} A message could not be delivered"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "A dead-letter subscription is not empty"
    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.labels.subscription_id = one_of(${join(", ", [for name in var.dead_letter_subscriptions : "\"${name}\""])})"
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  documentation {
    content = "The portal's dead letters show what failed and why; replay it there once the cause is mended. Letters are kept for 31 days."
  }
}

resource "google_monitoring_alert_policy" "staleness" {
  project               = var.project.id
  display_name          = "${local.title} Messages wait"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "The oldest undelivered message is over ${var.staleness_seconds} s old"
    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id = one_of(${join(", ", [for name in var.subscriptions : "\"${name}\""])})"
      comparison      = "COMPARISON_GT"
      threshold_value = var.staleness_seconds
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  documentation {
    content = "$${resource.label.subscription_id} falls behind: its function fails, or cannot keep up with what arrives."
  }
}

# No successful run within one and a half of its periods, so that it is told before the second has passed. What a
# condition looks back on and how long it has to hold are 25 hours together at most, or Google refuses it.
resource "google_monitoring_alert_policy" "schedule_stopped" {
  for_each = local.periods

  project               = var.project.id
  display_name          = "${local.title} ${each.key} has stopped"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "No successful run"
    condition_threshold {
      filter                  = "${local.runs} AND resource.labels.service_name = \"${var.functions[each.key].service}\" AND metric.labels.response_code_class = \"2xx\""
      comparison              = "COMPARISON_LT"
      threshold_value         = 1
      duration                = "60s" # the least where missing data count
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"

      aggregations {
        alignment_period     = "${min(ceil(each.value * 1.5 / 60) * 60, 90000 - 60)}s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
  documentation {
    content = "${each.key} is called by Cloud Scheduler and has not answered with success. Its log and the job's log say why; run the job by hand once it is mended."
  }
}

resource "google_monitoring_alert_policy" "server_errors" {
  project               = var.project.id
  display_name          = "${local.title} People and integrations see errors"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "The load balancer answers 5xx more than once a minute for five minutes"
    condition_threshold {
      filter          = "resource.type = \"https_lb_rule\" AND metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND metric.labels.response_code_class = 500"
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
  documentation {
    content = "Integrations repeat what failed, so nothing is lost yet; people see an error page."
  }
}

# Whatever is neither bad input nor worth repeating is logged as an error: somebody should read it. The condition reads
# the log itself: an alert on a metric of the log is refused until minutes after the metric was made.
resource "google_monitoring_alert_policy" "unexpected_errors" {
  project               = var.project.id
  display_name          = "${local.title} A function met something unexpected"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Errors in a function's log"
    condition_matched_log {
      filter           = "resource.type=\"cloud_run_revision\" AND severity>=ERROR AND resource.labels.service_name=(${join(" OR ", [for function in values(var.functions) : "\"${function.service}\""])})"
      label_extractors = { service = "EXTRACT(resource.labels.service_name)" }
    }
  }
  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "900s"
    }
  }
  documentation {
    content = "`gcloud logging read 'resource.labels.service_name=\"$${log.extracted_label.service}\" severity>=ERROR' --limit=20` shows it. A stale integration is reported this way too, by health_check."
  }
}

# A refused copy is tried again and then forgotten until the next night: nothing but its job's log says so.
resource "google_monitoring_alert_policy" "copies" {
  count = length(var.copies) == 0 ? 0 : 1

  project               = var.project.id
  display_name          = "${local.title} A copy of a database was refused"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Errors in the log of a job that copies"
    condition_matched_log {
      filter           = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR AND resource.labels.job_id=(${join(" OR ", [for name in var.copies : "\"${name}\""])})"
      label_extractors = { job = "EXTRACT(resource.labels.job_id)" }
    }
  }
  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }
  documentation {
    content = "$${log.extracted_label.job} was refused: `gcloud logging read 'resource.labels.job_id=\"$${log.extracted_label.job}\" severity>=ERROR' --limit=5`. Mostly the bucket's place or a role on it (docs/recovery.md). Run the job by hand once it is mended."
  }
}

# An employee's id is an e-mail address and stands in addresses of the API and of the portal. Google logs every request with
# its address; these are left out. What failed is counted all the same (metrics are not logs), and the function's own log
# says why, without the address. The sink exists in every project; its filter here is Google's own, and its bucket one of
# the region: that of the project may lie anywhere, and stays so for good.
resource "google_logging_project_bucket_config" "ours" {
  project        = var.project.id
  location       = var.project.region
  bucket_id      = "${var.service}-logs"
  description    = "Logs of this platform, in its region"
  retention_days = 30
}

resource "google_logging_project_sink" "default" {
  project                = var.project.id
  name                   = "_Default"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.ours.id}"
  filter                 = join(" AND ", [for log in ["activity", "system_event", "access_transparency"] : "NOT LOG_ID(\"cloudaudit.googleapis.com/${log}\") AND NOT LOG_ID(\"externalaudit.googleapis.com/${log}\")"])
  unique_writer_identity = true

  exclusions {
    name        = "requests-about-people"
    description = "Requests whose address names a person."
    filter      = "(LOG_ID(\"run.googleapis.com/requests\") OR LOG_ID(\"requests\")) AND httpRequest.requestUrl=~\"${local.names_a_person}\""
  }
}

resource "google_billing_budget" "monthly" {
  count = var.budget == null ? 0 : 1

  billing_account = var.budget.billing_account
  display_name    = "${local.title} ${var.project.id}"

  budget_filter {
    projects        = ["projects/${var.project.number}"]
    calendar_period = "MONTH"
  }
  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.monthly_amount)
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }
  # A budget takes channels of e-mail only, at most five; who pays is told besides.
  dynamic "all_updates_rule" {
    for_each = length(local.mailed) == 0 ? [] : [slice(local.mailed, 0, min(5, length(local.mailed)))]
    content {
      monitoring_notification_channels = all_updates_rule.value
      disable_default_iam_recipients   = false
    }
  }
}
