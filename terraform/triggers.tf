# Firestore's changes, delivered by Eventarc. Triggers of their own and not of the function: so a function may have several.

resource "google_service_account" "trigger" {
  account_id   = "firestore-trigger"
  display_name = "Delivers document changes to functions"
  depends_on   = [google_project_service.apis]
}

resource "google_project_iam_member" "trigger" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

resource "google_eventarc_trigger" "document" {
  for_each                = local.document_triggers
  name                    = each.key
  location                = google_firestore_database.default.location_id
  event_data_content_type = "application/protobuf"
  service_account         = google_service_account.trigger.email

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.firestore.document.v1.${each.value.event}"
  }

  matching_criteria {
    attribute = "database"
    value     = google_firestore_database.default.name
  }

  matching_criteria {
    attribute = "document"
    value     = each.value.document
    operator  = strcontains(each.value.document, "{") ? "match-path-pattern" : null
  }

  destination {
    cloud_run_service {
      service = module.function[each.value.function].service
      region  = var.region
    }
  }

  # Without this Eventarc tries again for 24 hours.
  dynamic "retry_policy" {
    for_each = each.value.retry ? [] : [1]
    content {
      max_attempts = 1
    }
  }

  # Only its own account may deliver, and only once it may be woken.
  depends_on = [google_project_iam_member.trigger, module.function]
}
