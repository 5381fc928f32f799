# How well people and integrations are served, asked from outside and counted inside: uptime, the level that is aimed at,
# how fast what may fail is used up, the queues, and one page that shows it.

locals {
  checked = { for name, host in var.hosts : name => { host = host, path = name == "api" ? "/api/v1/openapi.json" : "/sign-in" } }
  served  = "resource.type = \"https_lb_rule\" AND metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.labels.url_map_name = \"${var.service}-routes\""
  queued  = "resource.type = \"cloud_tasks_queue\" AND resource.labels.queue_id = one_of(${join(", ", [for name in var.queues : "\"${name}\""])})"

  charts = [
    { title = "Requests", filter = local.served, group = "metric.label.response_code_class", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" },
    { title = "Slowest twentieth of requests (ms)", filter = "resource.type = \"https_lb_rule\" AND metric.type = \"loadbalancing.googleapis.com/https/total_latencies\" AND resource.labels.url_map_name = \"${var.service}-routes\"", group = "resource.label.backend_target_name", aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95" },
    { title = "Failed requests of functions", filter = "${local.runs} AND ${local.ours} AND metric.labels.response_code_class = \"5xx\"", group = "resource.label.service_name", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" },
    { title = "Instances", filter = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/container/instance_count\" AND ${local.ours}", group = "resource.label.service_name", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM" },
    { title = "Age of the oldest message (s)", filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"", group = "resource.label.subscription_id", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" },
    { title = "Tasks in queues", filter = "resource.type = \"cloud_tasks_queue\" AND metric.type = \"cloudtasks.googleapis.com/queue/depth\"", group = "resource.label.queue_id", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" },
  ]
}

resource "google_monitoring_uptime_check_config" "host" {
  for_each = local.checked

  project      = var.project.id
  display_name = "${local.title} ${each.value.host}"
  timeout      = "10s"
  period       = "60s"
  user_labels  = var.labels

  http_check {
    path         = each.value.path
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }
  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project.id, host = each.value.host }
  }
}

resource "google_monitoring_alert_policy" "unreachable" {
  project               = var.project.id
  display_name          = "${local.title} A host does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Two places of the world or more see it fail for two minutes"
    condition_threshold {
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = one_of(${join(", ", [for check in google_monitoring_uptime_check_config.host : "\"${check.uptime_check_id}\""])})"
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }
  documentation {
    content = "$${resource.label.host} is not answered from outside: the certificate, the name's address, or the load balancer."
  }
}

resource "google_monitoring_custom_service" "this" {
  project      = var.project.id
  service_id   = var.service
  display_name = "${local.title} ${var.service}"
  user_labels  = var.labels
}

resource "google_monitoring_slo" "answered" {
  project             = var.project.id
  service             = google_monitoring_custom_service.this.service_id
  slo_id              = "answered"
  display_name        = "${var.goal * 100} % of requests are answered, over 28 days"
  goal                = var.goal
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      total_service_filter = local.served
      bad_service_filter   = "${local.served} AND metric.labels.response_code_class = 500"
    }
  }
}

# Fourteen times too fast uses up two percent of a month's failures in an hour (Google's workbook on reliability).
resource "google_monitoring_alert_policy" "burn_rate" {
  project               = var.project.id
  display_name          = "${local.title} Too many requests fail for the level that is aimed at"
  combiner              = "AND"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  dynamic "conditions" {
    for_each = ["3600s", "300s"]
    content {
      display_name = "Fourteen times too fast, seen over ${conditions.value}"
      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.answered.name}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = 14
        duration        = "0s"
      }
    }
  }
  documentation {
    content = "At this pace what may fail in 28 days is used up in two. The load balancer's log says which paths fail."
  }
}

resource "google_monitoring_alert_policy" "queues" {
  project               = var.project.id
  display_name          = "${local.title} Tasks wait"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Over ${var.queue_depth} tasks in a queue for an hour"
    condition_threshold {
      filter          = "${local.queued} AND metric.type = \"cloudtasks.googleapis.com/queue/depth\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.queue_depth
      duration        = "3600s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  conditions {
    display_name = "Tasks begin more than an hour late"
    condition_threshold {
      filter          = "${local.queued} AND metric.type = \"cloudtasks.googleapis.com/queue/task_attempt_delays\""
      comparison      = "COMPARISON_GT"
      threshold_value = 3600000
      duration        = "600s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_PERCENTILE_95"
      }
    }
  }
  documentation {
    content = "$${resource.label.queue_id} falls behind: its function fails, or its rate is too low for what comes in."
  }
}

resource "google_monitoring_dashboard" "this" {
  project = var.project.id
  dashboard_json = jsonencode({
    displayName = "${local.title} ${var.service}"
    mosaicLayout = {
      columns = 12
      tiles = [for number, chart in local.charts : {
        xPos   = number % 2 * 6
        yPos   = floor(number / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = chart.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter      = chart.filter
                  aggregation = { alignmentPeriod = "300s", perSeriesAligner = chart.aligner, crossSeriesReducer = chart.reducer, groupByFields = [chart.group] }
                }
              }
            }]
          }
        }
      }]
    }
  })
}
