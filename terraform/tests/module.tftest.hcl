mock_provider "google" {}

variables {
  name            = "answer_offers"
  project_id      = "salon-suite"
  region          = "europe-west1"
  runtime         = "python311"
  bundle          = "./tests/suite/build/bundles/answer_offers.zip"
  bucket          = "bundles"
  build_account   = "projects/salon-suite/serviceAccounts/build"
  memory          = "256Mi"
  timeout_seconds = 60
  max_instances   = 20
  from_outside    = false
  environment     = { GOOGLE_CLOUD_PROJECT = "salon-suite" }
  secrets         = {}
  roles           = {}
  publishes       = {}
  invokers        = []
}

run "a_function_that_asks_for_nothing_is_given_nothing" {
  command = apply

  module {
    source = "./modules/function"
  }

  assert {
    condition     = length(google_project_iam_member.role) + length(google_pubsub_topic_iam_member.publishes) + length(google_secret_manager_secret_iam_member.reads) + length(google_cloud_run_service_iam_member.invoker) == 0
    error_message = "Expected no role at all."
  }

  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "Expected a function without a door to be closed to the internet."
  }

  assert {
    condition     = google_storage_bucket_object.bundle.name == "answer_offers-${filesha256("./tests/suite/build/bundles/answer_offers.zip")}.zip"
    error_message = "Expected the object to be named by the bundle's hash."
  }
}

run "a_function_reads_the_secrets_it_names" {
  command = apply

  module {
    source = "./modules/function"
  }

  variables {
    secrets = { SIGNING_KEY = "SIGNING_KEY" }
  }

  assert {
    condition     = keys(google_secret_manager_secret_iam_member.reads) == ["SIGNING_KEY"] && google_cloudfunctions2_function.function.service_config[0].secret_environment_variables[0].key == "SIGNING_KEY"
    error_message = "Expected one secret, granted and handed over."
  }
}

run "nothing_is_deployed_without_its_bundle" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    bundle = "./nowhere.zip"
  }

  expect_failures = [google_storage_bucket_object.bundle]
}

run "no_variable_is_left_without_a_value" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    environment = { SOMETHING_NEW = null }
  }

  expect_failures = [google_cloudfunctions2_function.function]
}

run "an_account_can_be_named_after_the_function" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name = "do_something_with_far_too_long_a_name"
  }

  expect_failures = [var.name]
}
