# Everything is counted from the one JSON line per event that each function writes (shared/adapters/log.py): what became
# of it, how long it took and, where an audit record was relayed, its figures. No line holds personal data.

locals {
  log_lines = "resource.type=\"cloud_run_revision\" AND jsonPayload.function:*"

  counters = {
    handled           = { where = "outcome:*", labels = { function = "function", outcome = "outcome" } }
    repeated          = { where = "attempt>1", labels = { function = "function", outcome = "outcome" } }
    announced         = { where = "figures.announces:*", labels = { event_type = "figures.announces" } }
    decisions         = { where = "figures.autonomy_level:*", labels = { decision_type = "figures.decision_type", autonomy_level = "figures.autonomy_level" } }
    decision_outcomes = { where = "figures.decision_outcome:*", labels = { decision_type = "figures.decision_type", outcome = "figures.decision_outcome" } }
  }

  distributions = {
    handling_ms      = { value = "ms", unit = "ms", labels = { function = "function" } }
    revenue          = { value = "figures.revenue", unit = "1", labels = { currency = "figures.currency" } }
    approval_seconds = { value = "figures.approval_seconds", unit = "s", labels = {} }
  }

  # How PromQL spells a log-based metric.
  metric = { for name in concat(keys(local.counters), keys(local.distributions)) : name => "logging_googleapis_com:user_smart_fill_${name}" }
}

resource "google_logging_metric" "counter" {
  for_each         = local.counters
  name             = "smart_fill_${each.key}"
  filter           = "${local.log_lines} AND jsonPayload.${each.value.where}"
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_logging_metric" "distribution" {
  for_each         = local.distributions
  name             = "smart_fill_${each.key}"
  filter           = "${local.log_lines} AND jsonPayload.${each.value.value}:*"
  value_extractor  = "EXTRACT(jsonPayload.${each.value.value})"
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 64
      growth_factor      = 1.4
      scale              = 1
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_monitoring_notification_channel" "email" {
  for_each     = toset(var.alert_emails)
  display_name = "Smart Fill: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  depends_on   = [google_project_service.apis]
}

locals {
  # Rates need a few events to mean anything: one failure of two is no failure rate.
  alerts = {
    failures = {
      says     = "More than 5 % of events fail"
      severity = "ERROR"
      minutes  = 10
      query    = <<-Q
        sum(increase(${local.metric.handled}{outcome="failed"}[10m])) / sum(increase(${local.metric.handled}[10m])) > 0.05
        and sum(increase(${local.metric.handled}{outcome="failed"}[10m])) >= 5
      Q
      then     = "Find the function and the error class in the logs (severity ERROR). Deliveries are repeated by themselves; what keeps failing arrives in dead-letters."
    }
    doors_failing = {
      says     = "A public door answers with errors"
      severity = "CRITICAL"
      minutes  = 0
      query    = "sum by (service_name) (increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", response_code_class=\"5xx\"}[5m])) >= 3"
      then     = "Twilio tries three more times, then a customer's answer is lost until somebody reads it in Twilio's log. Look at the door's logs first, then at its instances."
    }
    strangers = {
      says     = "Webhooks are refused"
      severity = "WARNING"
      minutes  = 0
      query    = "sum by (service_name) (increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", response_code=\"403\"}[10m])) >= 20"
      then     = "Either somebody is guessing, or the signature is computed over another address or token than Twilio's: compare public_base_url and TWILIO_AUTH_TOKEN with what is set at Twilio."
    }
    dead_letters = {
      says     = "An event was given up"
      severity = "ERROR"
      minutes  = 0
      query    = "max(pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\", subscription_id=\"dead-letters\"}) > 0"
      then     = "Read it (docs/operations.md, dead letters), repair the cause, publish it again on its topic, then acknowledge it."
    }
    waiting = {
      says     = "Events have waited for more than 5 minutes"
      severity = "ERROR"
      minutes  = 2
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\", subscription_id!=\"dead-letters\"}) > 300"
      then     = "Offers live for 30 minutes. The subscription's name says which function is behind: it fails, or has too few instances."
    }
    silence = {
      says     = "Nothing has looked for what is due for 10 minutes"
      severity = "CRITICAL"
      minutes  = 0
      query    = "(sum(increase(${local.metric.handled}{function=\"wake_due\"}[10m])) or vector(0)) < 1"
      then     = "Deadlines, rounds and repairs stand still. Is the schedule smart_fill_wake_due paused, or its function failing?"
    }
    switched = {
      says     = "The schedules were switched"
      severity = "WARNING"
      minutes  = 0
      query    = "sum(increase(${local.metric.handled}{function=\"manage_schedules\", outcome=\"managed\"}[5m])) > 0"
      then     = "Who paused, resumed or ran what is in audit_logs above the salons. What is paused stays so, whatever is deployed, until somebody resumes it (docs/operations.md)."
    }
    breaker_open = {
      says     = "A circuit breaker opened"
      severity = "CRITICAL"
      minutes  = 0
      query    = "sum(increase(${local.metric.announced}{event_type=\"CIRCUIT_BREAKER_OPENED\"}[5m])) > 0"
      then     = "Asking has stopped for a salon; accepting has not. The audit record says which salon and which fault of the provider. It tries again by itself after its cooldown."
    }
    undelivered = {
      says     = "More than 20 % of messages fail"
      severity = "WARNING"
      minutes  = 0
      query    = <<-Q
        sum(increase(${local.metric.announced}{event_type="OUTREACH_FAILED"}[1h])) / sum(increase(${local.metric.announced}{event_type="OUTREACH_SENT"}[1h])) > 0.2
        and sum(increase(${local.metric.announced}{event_type="OUTREACH_SENT"}[1h])) >= 20
      Q
      then     = "About 7 % is usual. Look at the error codes in Twilio's log: a template that was withdrawn or a sender that was restricted fails for everybody."
    }
    approvals_waiting = {
      says     = "More than 10 approvals of the last hour have no answer"
      severity = "WARNING"
      minutes  = 15
      query    = <<-Q
        sum(increase(${local.metric.announced}{event_type="APPROVAL_REQUESTED"}[1h]))
        - (sum(increase(${local.metric.announced}{event_type=~"APPROVAL_(APPROVED|REJECTED|EXPIRED|CANCELLED)"}[1h])) or vector(0)) > 10
      Q
      then     = "Owners do not answer, or are not reached: is notify_owner failing, or a limit set so low that everything needs a yes?"
    }
    decisions_failing = {
      says     = "Fewer than 80 % of what was carried out by itself was carried out"
      severity = "WARNING"
      minutes  = 5
      query    = <<-Q
        sum(increase(${local.metric.decision_outcomes}{outcome="failed"}[1h])) / sum(increase(${local.metric.decision_outcomes}{outcome=~"success|failed"}[1h])) > 0.2
        and sum(increase(${local.metric.decision_outcomes}[1h])) >= 10
      Q
      then     = "An offer that nobody takes expires and is no failure; a failed decision could not be carried out. Its reason is in autonomous_decisions."
    }
  }
}

resource "google_monitoring_alert_policy" "of" {
  for_each              = local.alerts
  display_name          = "Smart Fill: ${each.value.says}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.says

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "${each.value.minutes * 60}s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    content   = each.value.then
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  # A query that names a metric is refused before the metric is there.
  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}

locals {
  charts = {
    "Decisions an hour, by type and level"     = "sum by (decision_type, autonomy_level) (increase(${local.metric.decisions}[1h]))"
    "Success rate of decisions, a day"         = "sum(increase(${local.metric.decision_outcomes}{outcome=\"success\"}[1d])) / sum(increase(${local.metric.decision_outcomes}[1d]))"
    "Revenue of sold slots a day, by currency" = "sum by (currency) (increase(${local.metric.revenue}_sum[1d]))"
    "Gaps an hour, by what became of them"     = "sum by (event_type) (increase(${local.metric.announced}{event_type=~\"GAP_.*\"}[1h]))"
    "Messages an hour, by state"               = "sum by (event_type) (increase(${local.metric.announced}{event_type=~\"OUTREACH_.*\"}[1h]))"
    "Delivery rate, a day"                     = "sum(increase(${local.metric.announced}{event_type=\"OUTREACH_DELIVERED\"}[1d])) / sum(increase(${local.metric.announced}{event_type=\"OUTREACH_SENT\"}[1d]))"
    "Seconds to an approval's answer, median"  = "histogram_quantile(0.5, sum by (le) (increase(${local.metric.approval_seconds}_bucket[1d])))"
    "Circuit breakers opened and closed"       = "sum by (event_type) (increase(${local.metric.announced}{event_type=~\"CIRCUIT_BREAKER_.*\"}[1h]))"
    "Milliseconds of an event, 95 of 100"      = "histogram_quantile(0.95, sum by (le, function) (increase(${local.metric.handling_ms}_bucket[10m])))"
    "Events that failed, by function"          = "sum by (function) (increase(${local.metric.handled}{outcome=\"failed\"}[10m]))"
    "Events delivered again, by function"      = "sum by (function) (increase(${local.metric.repeated}[1h]))"
    "Oldest event that waits, seconds"         = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\"})"
    "Dead letters"                             = "max(pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\", subscription_id=\"dead-letters\"})"
  }
  chart_titles = keys(local.charts)
}

resource "google_monitoring_dashboard" "suite" {
  dashboard_json = jsonencode({
    displayName = "Smart Fill"
    mosaicLayout = {
      columns = 12
      tiles = [for position, title in local.chart_titles : {
        xPos   = position % 3 * 4
        yPos   = floor(position / 3) * 4
        width  = 4
        height = 4
        widget = {
          title = title
          xyChart = {
            dataSets = [{ plotType = "LINE", timeSeriesQuery = { prometheusQuery = local.charts[title] } }]
          }
        }
      }]
    }
  })
  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}

resource "google_billing_budget" "suite" {
  count           = var.billing_account == null ? 0 : 1
  billing_account = var.billing_account
  display_name    = "Smart Fill ${var.project_id}"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  all_updates_rule {
    monitoring_notification_channels = slice([for channel in google_monitoring_notification_channel.email : channel.id], 0, min(5, length(var.alert_emails)))
  }
}
