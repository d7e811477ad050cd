variable "project_id" {
  description = "The project that holds the suite and nothing else."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "Expected project_id to be a project's id (6 to 30 lower-case letters, digits and hyphens, first a letter), found '${var.project_id}'."
  }
}

variable "region" {
  description = "The one region of database, functions and triggers. A database cannot be moved later."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Expected region to be a single region such as europe-west1 (a Firestore trigger lives where its database does), found '${var.region}'."
  }
}

variable "public_base_url" {
  description = "What Twilio's signatures and customers' links are made with. Null: the address of the front; with a domain of your own in front of it, that."
  type        = string
  default     = null

  validation {
    condition     = var.public_base_url == null || can(regex("^https://[a-z0-9.-]+[a-z0-9]$", var.public_base_url))
    error_message = "Expected public_base_url to be https://host without a path or a slash at its end, found '${coalesce(var.public_base_url, "null")}'."
  }
}

variable "twilio_templates" {
  description = "The deployment's approved templates: purpose to language to ContentSid."
  type        = map(map(string))
  default     = {}

  validation {
    condition     = alltrue(flatten([for purpose, locales in var.twilio_templates : [for sid in values(locales) : can(regex("^HX[0-9a-f]{32}$", sid))]]))
    error_message = "Expected every ContentSid in twilio_templates to be HX and 32 hexadecimal digits, as Twilio shows it."
  }
}

variable "notice_channels" {
  description = "By which channels besides WhatsApp and SMS owners are told: those for which somebody carries the notices out."
  type        = list(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.notice_channels, ["email", "push"])) == 0
    error_message = "Expected notice_channels to be email, push, both or none, found ${join(", ", var.notice_channels)}."
  }
}

variable "smtp_server" {
  description = "Where e-mail to owners is handed over, as host:port; its login is the secret SMTP_LOGIN, as user:password."
  type        = string
  default     = ""

  validation {
    condition     = !contains(var.notice_channels, "email") || can(regex("^[^:\\s]+:[0-9]+$", var.smtp_server))
    error_message = "Expected smtp_server as host:port where notice_channels names email, found ${var.smtp_server}."
  }
}

variable "smtp_from" {
  description = "The address that e-mail to owners comes from."
  type        = string
  default     = ""

  validation {
    condition     = !contains(var.notice_channels, "email") || can(regex("^[^@\\s]+@[^@\\s]+$", var.smtp_from))
    error_message = "Expected smtp_from to be an address where notice_channels names email, found ${var.smtp_from}."
  }
}

variable "alert_emails" {
  description = "Who is told when something needs a person."
  type        = list(string)

  validation {
    condition     = length(var.alert_emails) > 0 && alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "Expected alert_emails to be at least one e-mail address: an alert that reaches nobody is none."
  }
}

variable "platform_members" {
  description = "Who may call the doors that are not public, as IAM members."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.platform_members : can(regex("^(user|group|serviceAccount):[^@\\s]+@[^@\\s]+$", member))])
    error_message = "Expected platform_members to be IAM members such as group:ops@example.com; allUsers is not among them."
  }
}

variable "max_instances_factor" {
  description = "How many times the instances that function.json allows: for more salons than the small deployment has."
  type        = number
  default     = 1

  validation {
    condition     = var.max_instances_factor >= 1 && var.max_instances_factor <= 20 && floor(var.max_instances_factor) == var.max_instances_factor
    error_message = "Expected max_instances_factor to be a whole number from 1 to 20, found ${var.max_instances_factor}."
  }
}

variable "cpu" {
  description = "CPUs of a function's instance. Null: by its memory (256 MiB: a sixth), cheapest and slowest to start."
  type        = string
  default     = null

  validation {
    condition     = var.cpu == null || contains(["1", "2", "4"], coalesce(var.cpu, "1"))
    error_message = "Expected cpu to be null, \"1\", \"2\" or \"4\", found '${coalesce(var.cpu, "null")}'."
  }
}

variable "warm_doors" {
  description = "Instances of the front and of each public door that are kept ready: a customer's message is then stored, and a link opened, without a cold start."
  type        = number
  default     = 0

  validation {
    condition     = var.warm_doors >= 0 && var.warm_doors <= 10 && floor(var.warm_doors) == var.warm_doors
    error_message = "Expected warm_doors to be a whole number from 0 to 10, found ${var.warm_doors}."
  }
}

variable "keep_database" {
  description = "Whether the database refuses to be deleted. Set it to false only to remove everything."
  type        = bool
  default     = true
}

variable "billing_account" {
  description = "The billing account that the budget watches. Null: no budget."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "Expected billing_account to look like 012345-6789AB-CDEF01, found '${coalesce(var.billing_account, "null")}'."
  }
}

variable "monthly_budget" {
  description = "In the billing account's currency, without what Twilio bills. It warns; it stops nothing. Null: no budget."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget == null ? true : var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "Expected monthly_budget to be a whole number from 1, found ${coalesce(var.monthly_budget, "null")}."
  }

  validation {
    condition     = (var.monthly_budget == null) == (var.billing_account == null)
    error_message = "Expected monthly_budget and billing_account together, found one alone: a budget is made of both."
  }
}

variable "suite" {
  description = "The folder of the project: functions/, build/bundles/, the rules and the indexes."
  type        = string
  default     = ".."
}
