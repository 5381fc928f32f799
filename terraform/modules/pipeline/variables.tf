variable "pipeline" {
  description = "infra/declarations/pipeline.yaml, decoded."
  type        = any

  validation {
    condition     = length(setsubtract(["service", "defaults", "topics", "queues", "schedules", "functions", "routes", "secrets", "documents", "warehouse_subscriptions"], keys(var.pipeline))) == 0
    error_message = "The pipeline's declaration lacks: ${join(", ", setsubtract(["service", "defaults", "topics", "queues", "schedules", "functions", "routes", "secrets", "documents", "warehouse_subscriptions"], keys(var.pipeline)))}."
  }
  validation {
    condition     = alltrue([for schedule in values(var.pipeline.schedules) : contains(keys(var.pipeline.functions), schedule.function)])
    error_message = "A schedule calls a function that is not declared: ${join(", ", [for name, schedule in var.pipeline.schedules : "${name} → ${schedule.function}" if !contains(keys(var.pipeline.functions), schedule.function)])}."
  }
  validation {
    condition     = alltrue([for function in values(var.pipeline.functions) : contains(keys(var.pipeline.topics), try(function.topic, keys(var.pipeline.topics)[0]))])
    error_message = "A function listens to a topic that is not declared: ${join(", ", [for name, function in var.pipeline.functions : "${name} ← ${try(function.topic, "")}" if !contains(keys(var.pipeline.topics), try(function.topic, keys(var.pipeline.topics)[0]))])}."
  }
  validation {
    condition     = alltrue(flatten([for function in values(var.pipeline.functions) : [for topic in try(function.publishes, []) : contains(keys(var.pipeline.topics), topic)]]))
    error_message = "A function publishes to a topic that is not declared: ${join(", ", flatten([for name, function in var.pipeline.functions : [for topic in try(function.publishes, []) : "${name} → ${topic}" if !contains(keys(var.pipeline.topics), topic)]]))}."
  }
  validation {
    condition     = alltrue(flatten([for function in values(var.pipeline.functions) : [for queue in concat(try(function.enqueues, []), try([function.queue], [])) : contains(keys(var.pipeline.queues), queue)]]))
    error_message = "A function uses a queue that is not declared: ${join(", ", flatten([for name, function in var.pipeline.functions : [for queue in concat(try(function.enqueues, []), try([function.queue], [])) : "${name}: ${queue}" if !contains(keys(var.pipeline.queues), queue)]]))}."
  }
  validation {
    condition     = alltrue(flatten([for function in values(var.pipeline.functions) : [for name in try(function.posts, []) : contains(flatten([for owner in values(var.pipeline.routes.api) : try(values(owner), [owner])]), name)]]))
    error_message = "A function posts to one that the API has no route to: ${join(", ", flatten([for name, function in var.pipeline.functions : [for other in try(function.posts, []) : "${name} → ${other}" if !contains(flatten([for owner in values(var.pipeline.routes.api) : try(values(owner), [owner])]), other)]]))}."
  }
  validation {
    condition     = alltrue(flatten([for function in values(var.pipeline.functions) : [for secret in try(function.secrets, []) : contains(keys(var.pipeline.secrets), secret)]]))
    error_message = "A function reads a secret that is not declared: ${join(", ", flatten([for name, function in var.pipeline.functions : [for secret in try(function.secrets, []) : "${name}: ${secret}" if !contains(keys(var.pipeline.secrets), secret)]]))}."
  }
  validation {
    condition = alltrue(flatten([for paths in values(var.pipeline.routes) : [
      for owner in values(paths) : [for name in try(values(owner), [owner]) : try(var.pipeline.functions[name].edge, "") == "app"]
    ]]))
    error_message = "A route leads to a declared function with edge \"app\": the load balancer cannot call any other."
  }
  validation {
    condition     = alltrue([for name, function in var.pipeline.functions : function.trigger != "schedule" || contains([for schedule in values(var.pipeline.schedules) : schedule.function], name)])
    error_message = "A function with trigger \"schedule\" has no schedule: ${join(", ", [for name, function in var.pipeline.functions : name if function.trigger == "schedule" && !contains([for schedule in values(var.pipeline.schedules) : schedule.function], name)])}."
  }
}

variable "project" {
  description = "The project's id and number, and the region of everything."
  type        = object({ id = string, number = string, region = string })
}

variable "environment" {
  description = "dev or prod."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can carry them."
  type        = map(string)
  default     = {}
}

variable "sources" {
  description = "Function → object in the sources bucket, as scripts/package writes them into build/sources.tfvars.json."
  type        = map(string)

  validation {
    condition     = length(setsubtract(keys(var.pipeline.functions), keys(var.sources))) == 0
    error_message = "These functions have no staged source, run scripts/package first: ${join(", ", setsubtract(keys(var.pipeline.functions), keys(var.sources)))}."
  }
}

variable "sources_bucket" {
  description = "The bucket that holds the staged sources."
  type        = string
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

variable "secrets" {
  description = "Secret → its id and pinned version."
  type        = map(object({ id = string, version = string }))
}

variable "databases" {
  description = "Firestore databases: what the declaration calls them → database id."
  type        = map(string)
}

variable "datasets" {
  description = "BigQuery datasets: raw, staging, marts → dataset id."
  type        = map(string)
}

variable "raw_tables" {
  description = "Topic → the raw table that its warehouse subscription writes to, as project.dataset.table."
  type        = map(string)

  validation {
    condition     = length(setsubtract([for name, topic in var.pipeline.topics : name if !try(topic.from_outside, false)], keys(var.raw_tables))) == 0
    error_message = "These topics have no raw table in infra/bigquery: ${join(", ", setsubtract(keys(var.pipeline.topics), keys(var.raw_tables)))}."
  }
}

variable "hosts" {
  description = "Host names of the load balancer, by the routes' names (api, portal)."
  type        = map(string)

  validation {
    condition     = length(setsubtract(keys(var.pipeline.routes), keys(var.hosts))) == 0
    error_message = "Every group of routes needs a host name; missing: ${join(", ", setsubtract(keys(var.pipeline.routes), keys(var.hosts)))}."
  }
  validation {
    condition     = length(distinct(values(var.hosts))) == length(var.hosts)
    error_message = "Each group of routes has a host of its own: the portal's service worker and cookies own the root of theirs."
  }
  validation {
    condition     = alltrue([for host in values(var.hosts) : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", host))])
    error_message = "A host is a full domain name without scheme or path, such as api.skills.example.com."
  }
}

variable "warehouse_gigabytes" {
  description = "What one statement of the warehouse may read, in GiB."
  type        = number
  default     = 50
}

variable "requests_per_minute" {
  description = "What one address may ask of the load balancer in a minute before it is answered 429."
  type        = number
  default     = 3000
}

variable "ssl_policy" {
  description = "Name of the project's SSL policy for the load balancer, as ./scripts/deploy makes it (profile MODERN, TLS 1.2)."
  type        = string
  default     = "augment-skills-modern"
}

variable "vpc_connector" {
  description = "Connector through which all that the functions send goes, where an organisation asks for that; null: straight."
  type        = string
  default     = null
}

variable "administrators" {
  description = "People who are administrators until a record says otherwise. Known only to what people sign in to, and what can audit it."
  type        = set(string)
  default     = []
}

variable "callers" {
  description = "Integrations that may call the API: service accounts, each with scopes of its own if it needs others: address:scope|scope."
  type        = set(string)
  default     = []
}

variable "settings" {
  description = "What functions read beyond what is declared for them: environment variables, each for those of whose groups of settings it is."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.settings), flatten(values(var.pipeline.settings)))) == 0
    error_message = "settings has ${join(", ", setsubtract(keys(var.settings), flatten(values(var.pipeline.settings))))}, which no function reads: what may be set stands in docs/integrations.md and, by group, in pipeline.yaml."
  }
}
