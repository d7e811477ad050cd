terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.46, < 9.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region

  # Budgets are billed to nobody unless a project is named for the call itself.
  user_project_override = true
  billing_project       = var.project_id

  default_labels = {
    app = "smart-fill"
  }
}
