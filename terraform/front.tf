# One address for all public doors: a proxy that knows their paths and nothing else (docs/decisions/2026-11-21-one-public-address.md).

locals {
  # Known before it exists, so that functions can be told it and it can be told theirs.
  front_url = "https://front-${data.google_project.this.number}.${var.region}.run.app"

  routes = [
    for door in local.public_doors : {
      match = [{
        path_regexp = { pattern = "^${replace(replace(door.path, "/\\{[a-z_]+\\}/", "[^/]+"), "/**", "(/.*)?")}$" }
        method      = concat(door.methods, contains(door.methods, "GET") ? ["HEAD"] : [])
      }]
      handle = [{
        handler   = "reverse_proxy"
        transport = { protocol = "http", tls = {} }
        upstreams = [{ dial = "${trimprefix(module.function[door.function].uri, "https://")}:443" }]
        headers   = { request = { set = { Host = ["{http.reverse_proxy.upstream.host}"] } } }
      }]
      terminal = true
    }
  ]

  front_config = jsonencode({
    admin = { disabled = true, config = { persist = false } }
    apps = { http = { servers = { front = {
      listen          = [":8080"]
      automatic_https = { disable = true }
      routes          = concat(local.routes, [{ handle = [{ handler = "static_response", status_code = 404 }] }])
    } } } }
  })
}

# It may do nothing in the project.
resource "google_service_account" "front" {
  account_id   = "public-front"
  display_name = "The public address"
  depends_on   = [google_project_service.apis]
}

resource "google_cloud_run_v2_service" "front" {
  name                = "front"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_ALL"
  deletion_protection = false

  template {
    service_account                  = google_service_account.front.email
    max_instance_request_concurrency = 200
    timeout                          = "60s"

    scaling {
      min_instance_count = var.warm_doors
      max_instance_count = 10
    }

    containers {
      image   = "docker.io/library/caddy:2.10.2-alpine"
      command = ["/bin/sh", "-c"]
      args    = ["printf %s \"$ROUTES\" | exec caddy run --config -"]

      env {
        name  = "ROUTES"
        value = local.front_config
      }

      ports {
        container_port = 8080
      }

      resources {
        limits            = { cpu = "1", memory = "256Mi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_cloud_run_v2_service_iam_member" "front" {
  location = var.region
  name     = google_cloud_run_v2_service.front.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}
