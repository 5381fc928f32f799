# What the tests of the platform derive from the declaration: a staged source for every function.

variable "infra" {
  type = string
}

locals {
  pipeline = yamldecode(file("${var.infra}/declarations/pipeline.yaml"))
}

output "pipeline" {
  value = local.pipeline
}

output "sources" {
  value = { for name in keys(local.pipeline.functions) : name => "${name}/${sha256(name)}.zip" }
}
