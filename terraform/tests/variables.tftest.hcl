# What cannot work is refused before anything is made, with a sentence.

mock_provider "google" {}

variables {
  project_id   = "salon-suite"
  alert_emails = ["ops@example.com"]
  suite        = "./tests/suite"
}

run "a_multi_region_is_no_region" {
  command = plan
  variables {
    region = "eur3"
  }
  expect_failures = [var.region]
}

run "a_project_has_an_id_and_not_a_name" {
  command = plan
  variables {
    project_id = "My Salon"
  }
  expect_failures = [var.project_id]
}

run "an_address_has_no_slash_at_its_end" {
  command = plan
  variables {
    public_base_url = "https://hello.example.com/"
  }
  expect_failures = [var.public_base_url]
}

run "an_address_is_https" {
  command = plan
  variables {
    public_base_url = "http://hello.example.com"
  }
  expect_failures = [var.public_base_url]
}

run "a_template_has_a_content_sid" {
  command = plan
  variables {
    twilio_templates = { slot_offer = { en = "MG00000000000000000000000000000000" } }
  }
  expect_failures = [var.twilio_templates]
}

run "notices_go_by_known_channels" {
  command = plan
  variables {
    notice_channels = ["fax"]
  }
  expect_failures = [var.notice_channels]
}

run "alerts_reach_somebody" {
  command = plan
  variables {
    alert_emails = []
  }
  expect_failures = [var.alert_emails]
}

run "the_platform_is_not_everybody" {
  command = plan
  variables {
    platform_members = ["allUsers"]
  }
  expect_failures = [var.platform_members]
}

run "a_cpu_is_whole" {
  command = plan
  variables {
    cpu = "0.5"
  }
  expect_failures = [var.cpu]
}

run "warm_doors_are_few" {
  command = plan
  variables {
    warm_doors = 50
  }
  expect_failures = [var.warm_doors]
}

run "instances_are_multiplied_by_whole_numbers" {
  command = plan
  variables {
    max_instances_factor = 0.5
  }
  expect_failures = [var.max_instances_factor]
}

run "a_billing_account_has_its_form" {
  command = plan
  variables {
    billing_account = "my account"
  }
  expect_failures = [var.billing_account]
}

run "a_budget_is_at_least_one" {
  command = plan
  variables {
    monthly_budget = 0
  }
  expect_failures = [var.monthly_budget]
}
