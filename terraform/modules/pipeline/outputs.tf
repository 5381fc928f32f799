output "functions" {
  description = "Function → its address, its account, and every role of that account."
  value = {
    for name, function in module.function : name => {
      url             = function.url
      service         = function.service
      service_account = function.service_account
      subscription    = function.subscription
      roles = sort(concat(
        function.roles,
        [for grant in google_pubsub_subscription_iam_member.dead_letters : "${grant.role} on dead letters ${grant.subscription}" if grant.member == "serviceAccount:${function.service_account}"],
        [for key, grant in google_service_account_iam_member.replays_as_invoker : "${grant.role} on the invoker of ${split("/", key)[1]}" if split("/", key)[0] == name],
      ))
    }
  }
}

output "urls" {
  description = "Where people and integrations go."
  value       = { for group, host in var.hosts : group => "https://${host}" }
}

output "address" {
  description = "The load balancer's IPv4 address: every host needs an A record with it."
  value       = google_compute_global_address.this.address
}

output "invokers" {
  description = "Function → the account with which Pub/Sub, Cloud Tasks or Cloud Scheduler call it."
  value       = { for name, account in google_service_account.invoker : name => account.email }
}

output "dead_letters" {
  description = "Delivering subscription → the subscription that holds what it could not deliver."
  value       = local.dead_letters
}

output "subscriptions" {
  description = "Every subscription that delivers: push and warehouse."
  value = sort(concat(
    [for name, function in module.function : function.subscription if local.functions[name].trigger == "topic"],
    [for subscription in google_pubsub_subscription.warehouse : subscription.name],
  ))
}

output "routes" {
  description = "The url map: per host, the rules in the order in which they are tried."
  value       = { for group, rules in local.routes : var.hosts[group] => [for rule in rules : trimspace("${join("|", rule.methods)} ${rule.path} → ${rule.function}")] }
}
