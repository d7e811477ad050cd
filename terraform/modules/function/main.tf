terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
  }
}

locals {
  # An underscore would become a hyphen in the name of its service.
  service = replace(var.name, "_", "-")
  hash    = try(filesha256(var.bundle), "")
}

# Named by its content: a function is deployed again when its own bundle has changed, and only then.
resource "google_storage_bucket_object" "bundle" {
  bucket = var.bucket
  name   = "${var.name}-${local.hash}.zip"
  source = var.bundle

  lifecycle {
    precondition {
      condition     = local.hash != ""
      error_message = "Expected the bundle of ${var.name} at ${var.bundle}, found none: run `make bundle` first."
    }
  }
}

resource "google_service_account" "function" {
  account_id   = "fn-${local.service}"
  display_name = "Function ${var.name}"
}

resource "google_project_iam_member" "role" {
  for_each = var.roles
  project  = var.project_id
  role     = each.value
  member   = google_service_account.function.member
}

resource "google_pubsub_topic_iam_member" "publishes" {
  for_each = var.publishes
  topic    = each.value
  role     = "roles/pubsub.publisher"
  member   = google_service_account.function.member
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each  = var.secrets
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function.member
}

resource "google_cloudfunctions2_function" "function" {
  name     = local.service
  location = var.region

  build_config {
    runtime         = var.runtime
    entry_point     = var.name
    service_account = var.build_account

    source {
      storage_source {
        bucket = google_storage_bucket_object.bundle.bucket
        object = google_storage_bucket_object.bundle.name
      }
    }
  }

  service_config {
    available_memory                 = var.memory
    available_cpu                    = var.cpu
    timeout_seconds                  = var.timeout_seconds
    min_instance_count               = var.min_instances
    max_instance_count               = var.max_instances
    max_instance_request_concurrency = 1
    ingress_settings                 = var.from_outside ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.function.email
    environment_variables            = var.environment

    dynamic "secret_environment_variables" {
      for_each = var.secrets
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value
        version    = "latest"
      }
    }
  }

  lifecycle {
    precondition {
      condition     = alltrue([for value in values(var.environment) : value != null])
      error_message = "Expected a value for every variable of ${var.name}, found none for ${join(", ", [for name, value in var.environment : name if value == null])}: add it to local.environment."
    }
  }

  # A revision that may not read its secrets does not start.
  depends_on = [google_secret_manager_secret_iam_member.reads]
}

resource "google_cloud_run_service_iam_member" "invoker" {
  count    = length(var.invokers)
  location = var.region
  service  = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = var.invokers[count.index]
}
