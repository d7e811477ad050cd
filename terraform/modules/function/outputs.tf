output "uri" {
  value = google_cloudfunctions2_function.function.service_config[0].uri
}

output "service" {
  value = google_cloudfunctions2_function.function.name
}

output "account" {
  value = google_service_account.function.email
}

output "from_outside" {
  description = "Whether it can be reached from outside: for the tests."
  value       = google_cloudfunctions2_function.function.service_config[0].ingress_settings == "ALLOW_ALL"
}

output "granted" {
  description = "All that its account may do, and who may call it: for the tests."
  value = {
    roles     = sort([for use, granted in google_project_iam_member.role : use == "schedules" ? "smartFillSchedules" : granted.role])
    publishes = sort(keys(google_pubsub_topic_iam_member.publishes))
    secrets   = sort(keys(google_secret_manager_secret_iam_member.reads))
    variables = sort(keys(var.environment))
    callers   = length(google_cloud_run_service_iam_member.invoker)
    public    = anytrue([for invoker in google_cloud_run_service_iam_member.invoker : invoker.member == "allUsers"])
  }
}
