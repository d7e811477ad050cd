variable "name" {
  description = "The folder under functions/."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(_[a-z]+)+$", var.name)) && length(var.name) <= 27
    error_message = "Expected a function to be named verb_noun with at most 27 letters (its account is named after it), found '${var.name}'."
  }
}

variable "project_id" {
  type = string
}

variable "region" {
  type = string
}

variable "runtime" {
  type = string
}

variable "bundle" {
  description = "The zip that `make bundle` has made."
  type        = string
}

variable "bucket" {
  type = string
}

variable "build_account" {
  type = string
}

variable "memory" {
  type = string
}

variable "cpu" {
  type    = string
  default = null
}

variable "timeout_seconds" {
  type = number
}

variable "min_instances" {
  type    = number
  default = 0
}

variable "max_instances" {
  type = number
}

variable "from_outside" {
  description = "Whether it can be reached from outside the project's own services; who may then call it, invokers says."
  type        = bool
}

variable "environment" {
  type = map(string)
}

variable "secrets" {
  description = "Variable to secret."
  type        = map(string)
}

variable "roles" {
  description = "Roles on the project, by what they are for."
  type        = map(string)
}

variable "publishes" {
  description = "Topics it publishes on, by their names."
  type        = map(string)
}

variable "invokers" {
  description = "Who may call it. Positions and not members are keys: a member is not known before it exists."
  type        = list(string)
}
