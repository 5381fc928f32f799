variable "name" {
  description = "The function's name in the declaration: also its folder and its entry point."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*[a-z0-9]$", var.name))
    error_message = "A function is named like its folder: lower case letters, digits and underscores (got \"${var.name}\")."
  }
  validation {
    condition     = length(var.name) <= 27
    error_message = "\"${var.name}\" is too long: its service account is called fn-<name>, and an account id has at most 30 characters."
  }
}

variable "declaration" {
  description = "The function as infra/declarations/pipeline.yaml declares it, the defaults merged in. Keys that only the code reads (packages, audiences) may be present."
  type = object({
    about     = optional(string, "")
    edge      = string
    trigger   = string
    topic     = optional(string)
    queue     = optional(string)
    publishes = optional(list(string), [])
    enqueues  = optional(list(string), [])
    data = optional(object({
      documents    = optional(string, "none")
      integrations = optional(string, "none")
      warehouse    = optional(string, "none")
      quarantine   = optional(string, "none")
      transcripts  = optional(string, "none")
      evidence     = optional(string, "none")
      clips        = optional(string, "none")
      dead_letters = optional(string, "none")
    }), {})
    secrets         = optional(list(string), [])
    signs           = optional(bool, false)
    memory          = optional(string, "512Mi")
    cpu             = optional(number, 1)
    timeout_seconds = optional(number, 60)
    concurrency     = optional(number, 20)
    min_instances   = optional(number, 0)
    max_instances   = optional(number, 20)
    retry = optional(object({
      min_backoff  = optional(number, 2)
      max_backoff  = optional(number, 300)
      max_attempts = optional(number, 8)
    }), {})
  })

  validation {
    condition     = contains(["app", "iam"], var.declaration.edge)
    error_message = "edge is \"app\" (public, the function verifies who calls) or \"iam\" (only Pub/Sub, Cloud Tasks and Cloud Scheduler), not \"${var.declaration.edge}\"."
  }
  validation {
    condition     = contains(["http", "topic", "task", "schedule"], var.declaration.trigger)
    error_message = "trigger is http, topic, task or schedule, not \"${var.declaration.trigger}\"."
  }
  validation {
    condition     = var.declaration.trigger == "http" || var.declaration.edge == "iam"
    error_message = "A function that a topic, a queue or a schedule triggers has edge \"iam\": nobody else may call it."
  }
  validation {
    condition     = (var.declaration.trigger == "topic") == (var.declaration.topic != null)
    error_message = "A function with trigger \"topic\" names its topic, and no other function does."
  }
  validation {
    condition     = (var.declaration.trigger == "task") == (var.declaration.queue != null)
    error_message = "A function with trigger \"task\" names its queue, and no other function does."
  }
  validation {
    condition     = alltrue([for store, access in var.declaration.data : contains(store == "warehouse" ? ["none", "read", "ask", "write", "erase"] : ["none", "read", "write"], access)])
    error_message = "Every access under data is none, read or write; to the warehouse also ask or erase."
  }
  validation {
    condition     = var.declaration.timeout_seconds >= 1 && var.declaration.timeout_seconds <= lookup({ topic = 600, task = 1800, schedule = 1800 }, var.declaration.trigger, 3600)
    error_message = "timeout_seconds is at most 600 behind a topic (Pub/Sub's longest ack deadline), 1800 behind a queue or a schedule, 3600 over HTTP."
  }
  validation {
    condition     = var.declaration.retry.max_attempts >= 5 && var.declaration.retry.max_attempts <= 100
    error_message = "retry.max_attempts is 5 to 100: Pub/Sub's range for dead letters."
  }
  validation {
    condition     = var.declaration.retry.min_backoff <= var.declaration.retry.max_backoff && var.declaration.retry.max_backoff <= 600
    error_message = "retry.min_backoff is at most retry.max_backoff, which is at most 600 seconds."
  }
  validation {
    condition     = length(setsubtract(concat(var.declaration.publishes, compact([var.declaration.topic])), keys(var.topics))) == 0
    error_message = "${var.name} names a topic that is not declared: ${join(", ", setsubtract(concat(var.declaration.publishes, compact([var.declaration.topic])), keys(var.topics)))}."
  }
  validation {
    condition     = length(setsubtract(var.declaration.enqueues, keys(var.queues))) == 0
    error_message = "${var.name} enqueues into a queue that is not declared: ${join(", ", setsubtract(var.declaration.enqueues, keys(var.queues)))}."
  }
  validation {
    condition     = length(setsubtract(var.declaration.secrets, keys(var.secrets))) == 0
    error_message = "${var.name} reads a secret that is not declared: ${join(", ", setsubtract(var.declaration.secrets, keys(var.secrets)))}."
  }
  validation {
    condition     = var.declaration.concurrency == 1 || var.declaration.cpu >= 1
    error_message = "More than one request at a time needs a whole cpu."
  }
}

variable "schedules" {
  description = "The schedules that call this function, by name; cron in UTC."
  type        = map(object({ cron = string, about = optional(string, "") }))
  default     = {}

  validation {
    condition     = length(var.schedules) == 0 || var.declaration.trigger == "schedule"
    error_message = "Schedules call only functions whose trigger is \"schedule\"; ${var.name} has ${join(", ", keys(var.schedules))}."
  }
}

variable "project" {
  description = "Where the function lives. number is the project's number, which stands in the functions' URLs."
  type        = object({ id = string, number = string, region = string })
}

variable "source_archive" {
  description = "The staged zip: bucket and object. The object's name carries its sha-256, so another content is another name."
  type        = object({ bucket = string, object = string })

  validation {
    condition     = can(regex("[0-9a-f]{64}\\.zip$", var.source_archive.object))
    error_message = "The source object's name ends with its sha-256 and .zip, as scripts/package writes it (got \"${var.source_archive.object}\")."
  }
}

variable "environment_variables" {
  description = "Settings that every function gets."
  type        = map(string)
  default     = {}
}

variable "behind_load_balancer" {
  description = "Whether a route leads to the function: then the public reaches it through the load balancer only."
  type        = bool
  default     = false
}

variable "replayable" {
  description = "Whether another function delivers this one's dead letters again."
  type        = bool
  default     = false
}

variable "vpc_connector" {
  description = "Connector through which all that the function sends goes, where an organisation asks for that; null: straight."
  type        = string
  default     = null
}

variable "build_account" {
  description = "Id (projects/…/serviceAccounts/…) of the account that builds the container."
  type        = string
}

variable "docker_repository" {
  description = "The repository that holds the built containers."
  type        = string
}

variable "invoker" {
  description = "E-mail address of the account with which Pub/Sub, Cloud Tasks or Cloud Scheduler call this function; null where edge is app."
  type        = string
  default     = null
}

variable "topics" {
  description = "All topics: name → id."
  type        = map(string)
}

variable "pubsub_agent" {
  description = "Pub/Sub's own account (serviceAccount:…), which forwards what cannot be delivered."
  type        = string
}

variable "queues" {
  description = "All queues: name in the declaration → name of the queue, and id of the account with which it calls its function."
  type        = map(object({ name = string, invoker = string }))
}

variable "secrets" {
  description = "All secrets: name → id of the secret and its pinned version."
  type        = map(object({ id = string, version = string }))
  default     = {}
}

variable "databases" {
  description = "Firestore databases: what the declaration calls them (documents, integrations) → database id."
  type        = map(string)
}

variable "datasets" {
  description = "BigQuery datasets: raw, staging, marts → dataset id."
  type        = map(string)
}

variable "quarantine_bucket" {
  description = "The bucket of unreadable input."
  type        = string
}

variable "clips_bucket" {
  description = "The bucket of what lessons show."
  type        = string
}

variable "transcripts_bucket" {
  description = "The bucket of what was said in calls and e-mails."
  type        = string
}

variable "evidence_bucket" {
  description = "The bucket of evidence, as it came."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can carry them."
  type        = map(string)
  default     = {}
}
