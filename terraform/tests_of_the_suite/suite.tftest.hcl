# The suite as it is, against build/expected_cloud.json: what the local cloud makes of the same function.json files, with
# its own code. `make bundle` writes both that and the bundles.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project_id   = "salon-suite"
  alert_emails = ["ops@example.com"]
}

run "terraform_and_the_local_cloud_read_the_same" {
  command = apply

  assert {
    condition     = jsonencode({ for name, made in google_pubsub_subscription.push : name => [made.filter, local.subscriptions[name].topic, local.subscriptions[name].function] }) == jsonencode(jsondecode(file("../build/expected_cloud.json")).subscriptions)
    error_message = "Expected the subscriptions of build/expected_cloud.json."
  }

  assert {
    condition     = jsonencode({ for name, made in google_eventarc_trigger.document : name => [for wanted in ["type", "document"] : one([for found in made.matching_criteria : found.value if found.attribute == wanted])] }) == jsonencode(jsondecode(file("../build/expected_cloud.json")).document_triggers)
    error_message = "Expected the document triggers of build/expected_cloud.json."
  }

  assert {
    condition     = jsonencode({ for name, made in google_cloud_scheduler_job.of : name => [made.schedule, made.pubsub_target[0].attributes] }) == jsonencode(jsondecode(file("../build/expected_cloud.json")).schedules)
    error_message = "Expected the schedules of build/expected_cloud.json."
  }

  assert {
    condition     = jsonencode({ for door in local.public_doors : door.path => [door.function, door.methods] }) == jsonencode(jsondecode(file("../build/expected_cloud.json")).public_doors)
    error_message = "Expected the public doors of build/expected_cloud.json."
  }

  assert {
    condition     = jsonencode({ for name, made in module.function : name => made.granted }) == jsonencode(jsondecode(file("../build/expected_cloud.json")).granted)
    error_message = "Expected each function to be granted what build/expected_cloud.json says, and nothing else."
  }

  assert {
    condition     = jsonencode(sort(keys(google_firestore_index.composite))) == jsonencode(jsondecode(file("../build/expected_cloud.json")).composite_indexes)
    error_message = "Expected the composite indexes of build/expected_cloud.json."
  }
}

run "the_large_deployment_is_planned_too" {
  command = plan

  variables {
    public_base_url      = "https://hello.example.com"
    cpu                  = "1"
    warm_doors           = 1
    max_instances_factor = 5
    platform_members     = ["group:platform@example.com"]
    billing_account      = "012345-6789AB-CDEF01"
    monthly_budget       = 600
  }

  assert {
    condition     = google_cloud_run_v2_service.front.template[0].scaling[0].min_instance_count == 1
    error_message = "Expected a front that is always ready."
  }
}
