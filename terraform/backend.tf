# The bucket is named by `make deploy-plan`: state is shared, versioned and not in this repository.
terraform {
  backend "gcs" {
    prefix = "smart-fill"
  }
}
