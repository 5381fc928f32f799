variable "environment" {
  description = "The environment's name; scripts/deploy says which."
  type        = string
}

variable "protected" {
  description = "Whether nothing that holds data can be destroyed, with point-in-time recovery and daily backups, and somebody must be told of alerts."
  type        = bool
  default     = true
}

variable "min_instances" {
  description = "Whether functions keep the warm instances that the declaration asks for; null: where protected."
  type        = bool
  default     = null
}

variable "overridden_policies" {
  description = "An organisation's policies with lists that this project is to be free of, without constraints/: iam.allowedPolicyMemberDomains, say."
  type        = set(string)
  default     = []
}

variable "project_id" {
  description = "The Google Cloud project of this environment."
  type        = string
}

variable "region" {
  description = "The region of everything, data included."
  type        = string
  default     = "europe-west1"
}

variable "hosts" {
  description = "Host names: api for integrations, portal for people."
  type        = object({ api = string, portal = string })
}

variable "sources" {
  description = "Function → object in the sources bucket; scripts/deploy hands over what scripts/package wrote."
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
}

variable "requests_per_minute" {
  description = "What one address may ask of the load balancer in a minute before it is answered 429; an office may share one."
  type        = number
  default     = 3000
}

variable "warehouse_gigabytes" {
  description = "What one statement of the warehouse may read, in GiB: BigQuery refuses a larger one before it costs anything. A table that is refused keeps what it has and alerts; the others are filled."
  type        = number
  default     = 50
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

variable "notification_emails" {
  description = "Who is told of alerts by e-mail."
  type        = set(string)
  default     = []

  validation {
    condition     = !var.protected || length(var.notification_emails) > 0
    error_message = "Production (protected) tells somebody when it fails: name at least one address in notification_emails."
  }
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

  validation {
    condition     = !var.protected || var.budget != null
    error_message = "Production (protected) says what a month may cost: set budget."
  }
}
