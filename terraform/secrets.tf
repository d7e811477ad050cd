# The secrets, not their values: those are added with gcloud and are in no plan and no state.
locals {
  # A function whose secret has no version does not start, and without e-mail there is nothing to put there.
  unused_secrets = contains(var.notice_channels, "email") ? [] : ["SMTP_LOGIN"]
}

resource "google_secret_manager_secret" "of" {
  for_each  = setsubtract(flatten([for function in values(local.functions) : try(function.secrets, [])]), local.unused_secrets)
  secret_id = each.value

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.apis]
}
