# One HTTPS load balancer: the url map is the declaration's routes, one host per group.

locals {
  # Longest path first, so that the longest prefix wins; of one path, rules with a method before the one without.
  routes = {
    for group, paths in var.pipeline.routes : group => flatten([
      for length in reverse(distinct(sort([for path in keys(paths) : format("%06d", length(path))]))) : [
        for path, owner in paths : [
          for method, function in try({ for method, function in owner : method => function }, { "" = owner }) : {
            path     = path
            function = function
            methods  = method == "" ? [] : method == "GET" ? ["GET", "HEAD"] : [method]
            # The path itself and what lies below it, so that /api/v1/skills does not own /api/v1/skillset.
            matches = [
              for pair in setproduct(path == "/" ? [{ full = null, prefix = "/" }] : [{ full = path, prefix = null }, { full = null, prefix = "${path}/" }],
              method == "" ? [""] : method == "GET" ? ["GET", "HEAD"] : [method]) : merge(pair[0], { method = pair[1] })
            ]
          }
        ] if format("%06d", length(path)) == length
      ]
    ])
  }
  certificate_hosts = sort(values(var.hosts))
}

resource "google_compute_global_address" "this" {
  project = var.project.id
  name    = "${var.pipeline.service}-address"
}

resource "google_compute_region_network_endpoint_group" "function" {
  for_each = local.routed

  project               = var.project.id
  region                = var.project.region
  name                  = "${module.function[each.key].service}-neg"
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = module.function[each.key].service
  }
}

resource "google_compute_security_policy" "this" {
  project     = var.project.id
  name        = "${var.pipeline.service}-edge"
  description = "A bound on what one address may ask, and known exploits of message lookup in log libraries refused"

  rule {
    action      = "deny(403)"
    priority    = 1000
    description = "Message lookups in logged headers (CVE-2021-44228 and its kin)"
    match {
      expr {
        expression = "evaluatePreconfiguredExpr('cve-canary')"
      }
    }
  }
  rule {
    action      = "throttle"
    priority    = 2000
    description = "One address may not take everybody's share"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "allow"
    priority    = 2147483647
    description = "Default"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_backend_service" "function" {
  for_each = local.routed

  project               = var.project.id
  name                  = "${module.function[each.key].service}-backend"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this.id

  backend {
    group = google_compute_region_network_endpoint_group.function[each.key].id
  }
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_url_map" "this" {
  project         = var.project.id
  name            = "${var.pipeline.service}-routes"
  default_service = google_compute_backend_service.function[local.routes["portal"][length(local.routes["portal"]) - 1].function].id

  dynamic "host_rule" {
    for_each = local.routes
    content {
      hosts        = [var.hosts[host_rule.key]]
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = local.routes
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.function[path_matcher.value[length(path_matcher.value) - 1].function].id

      dynamic "route_rules" {
        for_each = path_matcher.value
        iterator = route
        content {
          priority = route.key + 1
          service  = google_compute_backend_service.function[route.value.function].id

          dynamic "match_rules" {
            for_each = route.value.matches
            iterator = match
            content {
              full_path_match = match.value.full
              prefix_match    = match.value.prefix
              dynamic "header_matches" {
                for_each = match.value.method == "" ? [] : [match.value.method]
                content {
                  header_name = ":method"
                  exact_match = header_matches.value
                }
              }
            }
          }
        }
      }
    }
  }
}

# A certificate cannot change its names, so other names make another certificate, and the old one goes last.
resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project.id
  name    = "${var.pipeline.service}-${substr(sha256(join(",", local.certificate_hosts)), 0, 8)}"

  managed {
    domains = local.certificate_hosts
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project.id
  name             = "${var.pipeline.service}-https"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = "projects/${var.project.id}/global/sslPolicies/${var.ssl_policy}"
}

# Port 80 answers with where to ask instead; scripts/deploy puts a proxy and a forwarding rule of this name before it.
resource "google_compute_url_map" "redirect" {
  project = var.project.id
  name    = "${var.pipeline.service}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_global_forwarding_rule" "https" {
  project               = var.project.id
  name                  = "${var.pipeline.service}-https"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
  load_balancing_scheme = "EXTERNAL_MANAGED"
  labels                = var.labels
}
