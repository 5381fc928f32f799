output "alerts" {
  description = "The alerts' titles."
  value = sort(concat(
    [for policy in google_monitoring_alert_policy.schedule_stopped : policy.display_name],
    [
      google_monitoring_alert_policy.error_rate.display_name,
      google_monitoring_alert_policy.dead_letters.display_name,
      google_monitoring_alert_policy.staleness.display_name,
      google_monitoring_alert_policy.server_errors.display_name,
      google_monitoring_alert_policy.unexpected_errors.display_name,
      google_monitoring_alert_policy.unreachable.display_name,
      google_monitoring_alert_policy.burn_rate.display_name,
      google_monitoring_alert_policy.queues.display_name,
    ],
    [for policy in google_monitoring_alert_policy.copies : policy.display_name],
    [for budget in google_billing_budget.monthly : budget.display_name],
  ))
}

output "channels" {
  description = "Where alerts go."
  value       = local.channels
}
