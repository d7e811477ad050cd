locals {
  topics       = ["salon-events", "salon-jobs", "salon-due", "ticks"]
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"

  # From 10 s to 10 minutes between attempts: an hour and more passes before an event is given up. A tick that late has
  # long been followed by the next, and so has what says that a document is due.
  max_delivery_attempts = { "salon-events" = 12, "salon-jobs" = 12, "salon-due" = 5, "ticks" = 5 }
  retention             = { "salon-events" = "86400s", "salon-jobs" = "86400s", "salon-due" = "600s", "ticks" = "600s" }
}

resource "google_pubsub_topic" "of" {
  for_each = toset(local.topics)
  name     = each.value

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.apis]
}

resource "google_pubsub_topic" "dead_letters" {
  name = "dead-letters"

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.apis]
}

# Kept until somebody has looked at them.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = "dead-letters"
  topic                      = google_pubsub_topic.dead_letters.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_service_account" "push" {
  account_id   = "pubsub-push"
  display_name = "Delivers topics to functions"
  depends_on   = [google_project_service.apis]
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscriptions
  name     = each.key
  topic    = google_pubsub_topic.of[each.value.topic].id

  # Cannot be changed later: one subscription for each event type, so that a new one is a new subscription.
  filter = each.value.filter

  ack_deadline_seconds       = min(max(try(local.functions[each.value.function].timeout_seconds, 60), 10), 600)
  message_retention_duration = local.retention[each.value.topic]

  push_config {
    # The functions framework reads the topic from the path.
    push_endpoint = "${module.function[each.value.function].uri}/projects/${var.project_id}/topics/${each.value.topic}"

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = module.function[each.value.function].uri
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = local.max_delivery_attempts[each.value.topic]
  }

  expiration_policy {
    ttl = ""
  }

  lifecycle {
    precondition {
      condition     = length(each.value.filter) <= 256
      error_message = "Expected the filter of ${each.key} to have at most 256 bytes, found ${length(each.value.filter)}."
    }
  }
}

# Dead-lettering is done by Pub/Sub's own account: it publishes there, and acknowledges here.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead_letters.id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_lettered" {
  for_each     = google_pubsub_subscription.push
  subscription = each.value.id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
