locals {
  public_base_url = coalesce(var.public_base_url, local.front_url)

  environment = {
    GOOGLE_CLOUD_PROJECT = var.project_id
    GOOGLE_CLOUD_REGION  = var.region
    PUBLIC_BASE_URL      = local.public_base_url
    TWILIO_TEMPLATES     = jsonencode(var.twilio_templates)
    NOTICE_CHANNELS      = join(",", var.notice_channels)
    SMTP_SERVER          = var.smtp_server
    SMTP_FROM            = var.smtp_from
  }

  # What a function may use in the cloud, as function.json names it. Topics are granted one by one, in the module.
  project_roles = {
    firestore = "roles/datastore.user"
    schedules = google_project_iam_custom_role.schedules.id
  }
}

# Less than Cloud Scheduler's own roles give: nothing can be made, changed or deleted with it.
resource "google_project_iam_custom_role" "schedules" {
  role_id     = "smartFillSchedules"
  title       = "Stop, start and run schedules"
  permissions = [for verb in ["get", "list", "pause", "enable", "run"] : "cloudscheduler.jobs.${verb}"]
  depends_on  = [google_project_service.apis]
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name            = each.key
  project_id      = var.project_id
  region          = var.region
  runtime         = local.runtime
  bundle          = "${var.suite}/build/bundles/${each.key}.zip"
  bucket          = google_storage_bucket.bundles.name
  build_account   = google_service_account.build.id
  memory          = try(each.value.memory, "256Mi")
  cpu             = var.cpu
  timeout_seconds = try(each.value.timeout_seconds, 60)
  min_instances   = anytrue([for door in local.public_doors : door.function == each.key]) ? var.warm_doors : 0
  max_instances   = try(each.value.max_instances, 20) * (try(each.value.max_instances, 20) > 1 ? var.max_instances_factor : 1)
  from_outside    = anytrue([for door in local.doors : door.function == each.key])
  environment     = { for name in try(each.value.environment, []) : name => lookup(local.environment, name, null) }
  secrets         = { for name in try(each.value.secrets, []) : name => google_secret_manager_secret.of[name].secret_id if !contains(local.unused_secrets, name) }
  roles           = { for use, role in local.project_roles : use => role if contains(try(each.value.uses, []), use) }
  publishes       = { for topic in local.topics : topic => google_pubsub_topic.of[topic].id if contains(try(each.value.uses, []), topic) }
  invokers        = local.invokers[each.key]

  depends_on = [google_project_service.apis, google_project_iam_member.build, google_project_iam_member.build_sources]
}
