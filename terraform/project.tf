data "google_project" "this" {}

resource "google_project_service" "apis" {
  for_each = toset([
    "artifactregistry", "billingbudgets", "cloudbuild", "cloudfunctions", "cloudscheduler", "eventarc", "eventarcpublishing",
    "firebaserules", "firestore", "iam", "logging", "monitoring", "pubsub", "run", "secretmanager", "storage",
  ])
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}

resource "google_storage_bucket" "bundles" {
  name                        = "${var.project_id}-bundles"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  depends_on                  = [google_project_service.apis]
}

# Builds run as an account of their own: the project's default one may do far more, and often may not exist.
resource "google_service_account" "build" {
  account_id   = "function-build"
  display_name = "Builds the functions"
  depends_on   = [google_project_service.apis]
}

resource "google_project_iam_member" "build" {
  for_each = toset(["roles/artifactregistry.writer", "roles/logging.logWriter"])
  project  = var.project_id
  role     = each.value
  member   = google_service_account.build.member
}

# Also Cloud Functions' own bucket of sources, which it makes by itself.
resource "google_project_iam_member" "build_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member
}
