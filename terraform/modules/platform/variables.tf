variable "project_id" {
  description = "The Google Cloud project of this environment."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id: 6 to 30 lower case letters, digits and hyphens (not its name or number)."
  }
}

variable "environment" {
  description = "The environment's name, which stands in labels and in the titles of alerts: a stage, a region, a tenant."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.environment))
    error_message = "environment is a name of lower case letters, digits and hyphens, not \"${var.environment}\"."
  }
}

variable "protected" {
  description = "Whether nothing that holds data can be destroyed, with point-in-time recovery and daily backups."
  type        = bool
  default     = true
}

variable "overridden_policies" {
  description = "An organisation's policies with lists that this project is to be free of, without constraints/: iam.allowedPolicyMemberDomains, say. Setting them takes the role Organization Policy Administrator."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for constraint in var.overridden_policies : can(regex("^[a-z]+\\.[A-Za-z.]+$", constraint))])
    error_message = "overridden_policies holds names such as iam.allowedPolicyMemberDomains, without constraints/."
  }
}

variable "region" {
  description = "The region of everything, data included."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "region is a single region such as europe-west1, not a zone or a multi-region: functions, queues and data stay together."
  }
}

variable "infra" {
  description = "Path of the folder infra/, which declares what is provisioned."
  type        = string
}

variable "hosts" {
  description = "Host names: api for integrations, portal for people."
  type        = object({ api = string, portal = string })
}

variable "sources" {
  description = "Function → object in the sources bucket; scripts/package writes them into build/sources.tfvars.json."
  type        = map(string)
}

variable "secret_versions" {
  description = "Secret → pinned version, where it is not 1. A rotation is a changed number and a deploy."
  type        = map(string)
  default     = {}
}

variable "allowed_callers" {
  description = "Integrations that may call the API: service accounts (e-mail addresses), each with scopes of its own if it needs others: address:scope|scope."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.allowed_callers : can(regex("^[^@,\\s]+@[^@,\\s]+\\.iam\\.gserviceaccount\\.com(:[a-z.]+(\\|[a-z.]+)*)?$", address))])
    error_message = "allowed_callers holds e-mail addresses of service accounts of their own (…iam.gserviceaccount.com): a default account (…-compute@developer, …@appspot) is whatever runs in its project, and people sign in to the portal."
  }
}

variable "settings" {
  description = "Settings of the integrations, as docs/integrations.md lists them: environment variables, each of the functions that read it."
  type        = map(string)
  default     = {}
}

variable "mart_readers" {
  description = "Groups (e-mail addresses) that may read the marts about groups, of the whole company, for dashboards: not senior managers, who read their own organisation."
  type        = set(string)
  default     = []
}

variable "manager_readers" {
  description = "Groups (e-mail addresses) of managers and senior managers: each member reads the skills of the people who report to them, a senior manager the aggregates of everyone below, and nobody anything else."
  type        = set(string)
  default     = []
}

variable "bootstrap_administrators" {
  description = "People (e-mail addresses) who are administrators until a record says otherwise: who signs in first."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.bootstrap_administrators : can(regex("^[^@,/\\s]+@[^@,/\\s]+\\.[^@,/\\s]+$", address)) && !endswith(address, ".gserviceaccount.com")])
    error_message = "bootstrap_administrators holds people's e-mail addresses; services belong into allowed_callers."
  }
}

variable "warehouse_gigabytes" {
  description = "What one statement of the warehouse may read, in GiB: BigQuery refuses a larger one before it costs anything. A table that is refused keeps what it has and alerts; the others are filled."
  type        = number
  default     = 50

  validation {
    condition     = var.warehouse_gigabytes >= 1 && floor(var.warehouse_gigabytes) == var.warehouse_gigabytes
    error_message = "warehouse_gigabytes is a whole number of at least 1."
  }
}

variable "requests_per_minute" {
  description = "What one address may ask of the load balancer in a minute before it is answered 429; an office may share one."
  type        = number
  default     = 3000

  validation {
    condition     = var.requests_per_minute >= 60 && floor(var.requests_per_minute) == var.requests_per_minute
    error_message = "requests_per_minute is a whole number of at least 60."
  }
}

variable "copies_bucket" {
  description = "A bucket of another project, on the database's continent as a whole (EU, US, ASIA), that takes a copy of both databases every night (docs/recovery.md); null: none."
  type        = string
  default     = null
}

variable "ssl_policy" {
  description = "Name of the project's SSL policy for the load balancer, as ./scripts/deploy makes it (profile MODERN, TLS 1.2)."
  type        = string
  default     = "augment-skills-modern"
}

variable "vpc_connector" {
  description = "Connector (projects/…/connectors/…) through which all that the functions send goes, where an organisation asks for that; null: straight."
  type        = string
  default     = null
}

variable "min_instances" {
  description = "Whether functions keep the warm instances that the declaration asks for; without them the first request waits for a cold start."
  type        = bool
  default     = true
}

variable "notification_emails" {
  description = "Who is told of alerts by e-mail."
  type        = set(string)
  default     = []
}

variable "notification_channels" {
  description = "Further notification channels that exist already."
  type        = list(string)
  default     = []
}

variable "budget" {
  description = "Billing account, and what a month may cost, in the account's own currency (a named one must be that); null: no budget alert."
  type        = object({ billing_account = string, monthly_amount = number, currency = optional(string) })
  default     = null
}
