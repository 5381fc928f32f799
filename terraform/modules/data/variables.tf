variable "project" {
  description = "The project's id and number, and the region of everything."
  type        = object({ id = string, number = string, region = string })
}

variable "labels" {
  description = "Labels of everything that can carry them."
  type        = map(string)
  default     = {}
}

variable "protected" {
  description = "Production: point-in-time recovery, daily backups, and nothing that holds data can be destroyed."
  type        = bool
}

variable "copies_bucket" {
  description = "A bucket of another project, on the database's continent as a whole (EU, US, ASIA), that takes a copy of both databases every night; null: none."
  type        = string
  default     = null
}

variable "documents" {
  description = "The declaration of the live state: database, indexes, unindexed fields, fields that expire."
  type = object({
    database  = string
    indexes   = optional(map(list(list(string))), {})
    unindexed = optional(map(list(string)), {})
    expires   = optional(map(string), {})
  })

  validation {
    condition     = alltrue(flatten([for indexes in values(var.documents.indexes) : [for fields in indexes : [for field in fields : can(regex("^(-?[a-z][a-z0-9_]*|[a-z][a-z0-9_]*\\[\\])$", field))]]]))
    error_message = "An index is a list of field names, each with \"-\" in front for descending order or \"[]\" behind for what an array contains."
  }
  validation {
    condition     = alltrue(flatten([for indexes in values(var.documents.indexes) : [for fields in indexes : length([for field in fields : field if endswith(field, "[]")]) <= 1]]))
    error_message = "An index holds at most one array."
  }
  validation {
    condition     = alltrue(flatten([for collection, fields in var.documents.unindexed : [for field in fields : alltrue([for index in lookup(var.documents.indexes, collection, []) : !contains([for name in index : trimsuffix(trimprefix(name, "-"), "[]")], field)])]]))
    error_message = "A field cannot be both unindexed and part of an index of its collection."
  }
}

variable "integrations" {
  description = "The declaration of what the integrations keep for themselves, in the same shape."
  type = object({
    database  = string
    indexes   = optional(map(list(list(string))), {})
    unindexed = optional(map(list(string)), {})
    expires   = optional(map(string), {})
  })
}

variable "secrets" {
  description = "Secret → what it is. Only the containers are made here; versions come from outside, so no state file holds a value."
  type        = map(object({ about = optional(string, ""), generated = optional(bool, false) }))
}

variable "secret_versions" {
  description = "Secret → the pinned version that functions read; version 1 unless told otherwise."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "A secret's version is a number: \"latest\" would change what runs without a deploy, and could not be rolled back."
  }
  validation {
    condition     = length(setsubtract(keys(var.secret_versions), keys(var.secrets))) == 0
    error_message = "Versions of secrets that are not declared: ${join(", ", setsubtract(keys(var.secret_versions), keys(var.secrets)))}."
  }
}

variable "datasets" {
  description = "BigQuery datasets, by name. readers are groups (e-mail addresses) that may read all of it."
  type        = map(object({ about = string, readers = optional(set(string), []) }))
}

variable "tables" {
  description = "BigQuery tables, by dataset.table, as the yaml files of infra/bigquery declare them: grain, about, schema, and optionally partition_by {field, type}, cluster_by, expires_days."
  type        = any
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.tables) : length(split(".", name)) == 2])
    error_message = "A table is named dataset.table."
  }
  validation {
    condition     = alltrue([for name in keys(var.tables) : contains(keys(var.datasets), split(".", name)[0])])
    error_message = "Tables in datasets that do not exist: ${join(", ", [for name in keys(var.tables) : name if !contains(keys(var.datasets), split(".", name)[0])])}."
  }
}

variable "views" {
  description = "Authorised views, by dataset.view: of, the one table (dataset.table) that it reads; about; query."
  type        = map(object({ of = string, about = string, query = string }))
  default     = {}

  validation {
    condition     = alltrue([for name, view in var.views : contains(keys(var.datasets), split(".", name)[0]) && contains(keys(var.tables), view.of)])
    error_message = "A view stands in a dataset and reads a table that are declared."
  }
  validation {
    condition     = alltrue([for name, view in var.views : split(".", name)[0] != split(".", view.of)[0]])
    error_message = "A view stands in another dataset than its table: who may read the dataset reads all of it."
  }
}

variable "quarantine_days" {
  description = "How long unreadable input is kept."
  type        = number
  default     = 90
}
