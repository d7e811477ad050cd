# The secrets, not their values: those are added with gcloud and are in no plan and no state.
resource "google_secret_manager_secret" "of" {
  for_each  = toset(flatten([for function in values(local.functions) : try(function.secrets, [])]))
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
