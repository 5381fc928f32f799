output "urls" {
  description = "Where people and integrations go."
  value       = module.pipeline.urls
}

output "address" {
  description = "The load balancer's IPv4 address: both hosts need an A record with it."
  value       = module.pipeline.address
}

output "functions" {
  description = "Function → its address, its account, and every role of that account."
  value       = module.pipeline.functions
}

output "routes" {
  description = "The url map: per host, the rules in the order in which they are tried."
  value       = module.pipeline.routes
}

output "warehouse" {
  description = "Where dashboards read: scripts/report_links makes their links of it."
  value       = { project = var.project_id, location = var.region, datasets = module.data.datasets }
}

output "sources_bucket" {
  description = "Where scripts/deploy puts the staged sources."
  value       = module.data.sources_bucket
}

output "secrets" {
  description = "Secret → the version that functions read."
  value       = { for name, secret in module.data.secrets : name => secret.version }
}

output "alerts" {
  description = "The alerts' titles."
  value       = module.observability.alerts
}
