output "public_base_url" {
  description = "What every public path begins with."
  value       = local.public_base_url
}

output "front_url" {
  description = "Where the front answers: what a domain of your own has to lead to."
  value       = google_cloud_run_v2_service.front.uri
}

output "twilio_webhooks" {
  description = "What to enter at Twilio. The part after # makes Twilio try again, and is not part of what it signs."
  value = {
    for door in local.public_doors : door.function => "${local.public_base_url}${door.path}#rc=3&rp=all"
    if startswith(door.path, "/webhooks/twilio/")
  }
}

output "platform_doors" {
  description = "Where platform_members reach what is not public. It is behind no front."
  value = {
    for door in local.doors : door.function => "${module.function[door.function].uri}${trimsuffix(door.path, "/**")}"
    if door.access == "platform"
  }
}

output "secrets_to_fill" {
  description = "Each needs a version before the functions that read it can start."
  value       = sort(keys(google_secret_manager_secret.of))
}
