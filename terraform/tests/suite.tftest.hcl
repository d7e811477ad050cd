# A made-up suite with every kind of trigger, planned and applied against a provider that makes nothing.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project_id       = "salon-suite"
  alert_emails     = ["ops@example.com", "night@example.com"]
  platform_members = ["group:platform@example.com"]
  suite            = "./tests/suite"
}

run "every_way_in_is_there_once" {
  command = apply

  assert {
    condition = tomap({ for name, made in google_pubsub_subscription.push : name => made.filter }) == tomap({
      "watch_bookings-salon-events-GAP_DETECTED"        = "attributes.event_type = \"GAP_DETECTED\""
      "watch_bookings-salon-events-GAP_FILLED"          = "attributes.event_type = \"GAP_FILLED\""
      "watch_bookings-salon-events-APPROVAL_APPROVED"   = "attributes.event_type = \"APPROVAL_APPROVED\" AND attributes.agent = \"retention_agent\""
      "dispatch_ticks-ticks-job"                        = "attributes:job"
      "scan_days-salon-jobs-day_scan"                   = "attributes.job = \"day_scan\""
      "watch_bookings-salon-jobs-look_again"            = "attributes.job = \"look_again\""
      "watch_bookings-salon-due-conversations-messages" = "attributes.collection = \"conversations/messages\""
      "watch_minutes-ticks-watch_minutes"               = "attributes.tick = \"watch_minutes\""
    })
    error_message = "Expected one subscription for each function and event type, job and tick, with its filter."
  }

  assert {
    condition = tomap({ for name, made in google_cloud_scheduler_job.of : name => "${made.schedule} ${jsonencode(made.pubsub_target[0].attributes)}" }) == tomap({
      day_scan      = "*/5 * * * * {\"job\":\"day_scan\"}"
      watch_minutes = "* * * * * {\"tick\":\"watch_minutes\"}"
    })
    error_message = "Expected one schedule for each job and tick, publishing what their subscriptions filter by."
  }

  assert {
    condition = tomap({ for name, made in google_eventarc_trigger.document : name => join(" ", sort([for wanted in made.matching_criteria : wanted.operator == "match-path-pattern" ? "${wanted.value} by pattern" : wanted.value])) }) == tomap({
      "watch-bookings-0" = "(default) google.cloud.firestore.document.v1.written salons/{salon_id}/bookings/{booking_id} by pattern"
      "log-once-0"       = "(default) google.cloud.firestore.document.v1.created registry/all"
    })
    error_message = "Expected one trigger for each document that a function watches."
  }
}

run "failures_are_repeated_and_then_kept" {
  command = apply

  assert {
    condition     = alltrue([for made in google_pubsub_subscription.push : made.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.dead_letters.id && made.retry_policy[0].minimum_backoff == "10s"])
    error_message = "Expected every subscription to back off and to have dead letters."
  }

  assert {
    condition     = length(google_pubsub_subscription_iam_member.dead_lettered) == length(google_pubsub_subscription.push)
    error_message = "Expected Pub/Sub to be allowed to dead-letter from every subscription."
  }

  assert {
    condition     = length(google_eventarc_trigger.document["watch-bookings-0"].retry_policy) == 0 && google_eventarc_trigger.document["log-once-0"].retry_policy[0].max_attempts == 1
    error_message = "Expected Eventarc to repeat unless function.json says not to."
  }
}

run "nobody_may_call_whom_they_do_not_deliver_to" {
  command = apply

  assert {
    condition = tomap({ for name, members in local.invokers : name => join(" ", members) }) == tomap({
      watch_bookings = "${google_service_account.push.member} ${google_service_account.trigger.member}"
      log_once       = google_service_account.trigger.member
      dispatch_ticks = google_service_account.push.member
      scan_days      = google_service_account.push.member
      watch_minutes  = google_service_account.push.member
      answer_offers  = "allUsers"
      show_console   = "allUsers"
      stop_schedules = "group:platform@example.com"
    })
    error_message = "Expected the public to reach public doors only, and each account only what it delivers to."
  }

  assert {
    condition     = alltrue([for made in google_pubsub_subscription.push : made.push_config[0].oidc_token[0].service_account_email == google_service_account.push.email])
    error_message = "Expected every push to carry the push account's token."
  }
}

run "the_switch_is_reached_from_outside_by_those_who_are_named" {
  command = apply

  assert {
    condition     = alltrue([for name, made in module.function : made.from_outside == contains(["answer_offers", "show_console", "stop_schedules"], name)])
    error_message = "Expected every door to be reachable from outside, and nothing else."
  }

  assert {
    condition     = keys(output.platform_doors) == ["stop_schedules"] && endswith(output.platform_doors.stop_schedules, "/schedules")
    error_message = "Expected to be told where the platform's doors are."
  }

  assert {
    condition     = toset([for made in google_cloud_scheduler_job.of : made.name]) == toset(["smart_fill_day_scan", "smart_fill_watch_minutes"])
    error_message = "Expected the suite's schedules to carry its name."
  }
}

run "without_members_nobody_reaches_the_switch" {
  command = apply

  variables {
    platform_members = []
  }

  assert {
    condition     = module.function["stop_schedules"].granted.callers == 0
    error_message = "Expected a platform door to be closed until somebody is named."
  }
}

run "the_front_knows_the_public_paths_only" {
  command = apply

  assert {
    condition = toset([for route in jsondecode(local.front_config).apps.http.servers.front.routes : try(route.match[0].path_regexp.pattern, "otherwise ${route.handle[0].status_code}")]) == toset([
      "^/o/[^/]+$", "^/console(/.*)?$", "^/webhooks/twilio/voice$", "otherwise 404",
    ])
    error_message = "Expected a route for each public path, and 404 for the rest."
  }

  assert {
    condition     = output.public_base_url == "https://front-123456789012.europe-west1.run.app"
    error_message = "Expected the front's own address where no other is given."
  }

  assert {
    condition     = output.twilio_webhooks == { show_console = "https://front-123456789012.europe-west1.run.app/webhooks/twilio/voice#rc=3&rp=all" }
    error_message = "Expected the webhooks with Twilio's retries."
  }
}

run "an_own_domain_is_what_signatures_are_made_with" {
  command = apply

  variables {
    public_base_url = "https://hello.example.com"
  }

  assert {
    condition     = output.public_base_url == "https://hello.example.com" && local.environment.PUBLIC_BASE_URL == "https://hello.example.com"
    error_message = "Expected public_base_url everywhere."
  }
}

run "indexes_come_from_the_one_file" {
  command = apply

  assert {
    condition     = toset(keys(google_firestore_index.composite)) == toset(["gaps/staff_id.ASCENDING/date.DESCENDING", "waitlist/service_ids.CONTAINS/status.ASCENDING"])
    error_message = "Expected every composite index."
  }

  assert {
    condition     = length(google_firestore_field.override["gaps/due_at"].ttl_config) == 0 && length(google_firestore_field.override["links/forget_at"].ttl_config) == 1
    error_message = "Expected documents to be forgotten by the field that says ttl, and by no other."
  }

  assert {
    condition     = google_firebaserules_release.firestore.name == "cloud.firestore"
    error_message = "Expected the rules under the name that Firestore looks for."
  }
}

run "a_budget_only_where_there_is_an_account_to_watch" {
  command = apply

  variables {
    billing_account = "012345-6789AB-CDEF01"
    monthly_budget  = 400
  }

  assert {
    condition     = google_billing_budget.suite[0].amount[0].specified_amount[0].units == "400"
    error_message = "Expected the budget that was asked for."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.of : length(policy.notification_channels) == 2])
    error_message = "Expected every alert to tell everybody."
  }
}

run "a_budget_without_its_account_is_refused" {
  command = plan

  variables {
    monthly_budget = 400
  }

  expect_failures = [var.monthly_budget]
}

run "no_secret_has_a_value_here" {
  command = apply

  assert {
    condition     = output.secrets_to_fill == tolist(["SIGNING_KEY", "TWILIO_AUTH_TOKEN"])
    error_message = "Expected the secrets that functions ask for, and no other."
  }
}
