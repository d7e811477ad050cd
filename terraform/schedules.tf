resource "google_cloud_scheduler_job" "of" {
  for_each = local.schedules
  # By this prefix manage_schedules knows the suite's own (functions/manage_schedules/scheduler.py).
  name     = "smart_fill_${each.key}"
  schedule = each.value.cron
  # A salon's own clock is the function's matter.
  time_zone = "Etc/UTC"

  pubsub_target {
    topic_name = google_pubsub_topic.of["ticks"].id
    attributes = each.value.attributes
    # When it was due is the message's own time.
    data = base64encode("{}")
  }

  retry_config {
    retry_count = 3
  }

  lifecycle {
    # The platform's kill switch: what it paused stays paused, whatever is deployed.
    ignore_changes = [paused]
  }

  depends_on = [google_project_service.apis]
}
