variable "project" {
  description = "The project's id and number, and the region of everything."
  type        = object({ id = string, number = string, region = string })
}

variable "environment" {
  description = "dev or prod; stands in every alert's title."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can carry them."
  type        = map(string)
  default     = {}
}

variable "functions" {
  description = "Function → its Cloud Run service, and the schedules (cron) that trigger it."
  type        = map(object({ service = string, crons = optional(list(string), []) }))

  validation {
    condition     = alltrue(flatten([for function in values(var.functions) : [for cron in function.crons : can(regex("^([0-9]+|\\*/[0-9]+) ([0-9]+|\\*) \\* \\* \\*$", cron))]]))
    error_message = "A schedule runs every so many minutes, every hour or every day: no alert looks back for longer than 25 hours."
  }
}

variable "queues" {
  description = "Names of the queues."
  type        = list(string)
  default     = []
}

variable "copies" {
  description = "Names of the Cloud Scheduler jobs that copy databases out."
  type        = list(string)
  default     = []
}

variable "hosts" {
  description = "Host names that are asked from outside: api and portal."
  type        = map(string)
}

variable "service" {
  description = "The platform's name, with which its load balancer's parts begin."
  type        = string
}

variable "queue_depth" {
  description = "How many tasks may wait in a queue for an hour."
  type        = number
  default     = 20000
}

variable "goal" {
  description = "The share of requests that are not answered 5xx, over 28 days."
  type        = number
  default     = 0.995

  validation {
    condition     = var.goal > 0.5 && var.goal < 1
    error_message = "goal is a share below 1, such as 0.995 for 99.5 %."
  }
}

variable "subscriptions" {
  description = "Subscriptions that deliver (push and warehouse): none may fall behind."
  type        = list(string)
}

variable "dead_letter_subscriptions" {
  description = "Subscriptions that hold what could not be delivered: each should be empty."
  type        = list(string)
}

variable "notification_emails" {
  description = "Who is told by e-mail."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.notification_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "notification_emails holds e-mail addresses."
  }
}

variable "notification_channels" {
  description = "Further channels that exist already (projects/…/notificationChannels/…): a pager, a chat room."
  type        = list(string)
  default     = []
}

variable "error_rate" {
  description = "The share of a function's requests that may fail (5xx) over ten minutes."
  type        = number
  default     = 0.05

  validation {
    condition     = var.error_rate > 0 && var.error_rate < 1
    error_message = "error_rate is a share between 0 and 1, such as 0.05 for 5 %."
  }
}

variable "least_errors" {
  description = "How many of a function's requests fail before their share counts: two of three requests at night wake nobody."
  type        = number
  default     = 5
}

variable "staleness_seconds" {
  description = "How long the oldest undelivered message may wait."
  type        = number
  default     = 900
}

variable "budget" {
  description = "Billing account, and what a month may cost in whole units of its currency. Null: no budget alert."
  type        = object({ billing_account = string, monthly_amount = number, currency = optional(string) })
  default     = null

  validation {
    condition     = var.budget == null || try(var.budget.monthly_amount >= 1 && floor(var.budget.monthly_amount) == var.budget.monthly_amount, false)
    error_message = "budget.monthly_amount is a whole number of at least 1."
  }
  validation {
    condition     = var.budget == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "budget.billing_account looks like 012345-6789AB-CDEF01."
  }
}
