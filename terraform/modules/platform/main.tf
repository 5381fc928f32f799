# The whole platform in one project, from the declarations in infra/.

locals {
  declared = yamldecode(file("${var.infra}/declarations/pipeline.yaml"))
  pipeline = merge(local.declared, {
    functions = { for name, function in local.declared.functions : name => merge(function, var.min_instances ? {} : { min_instances = 0 }) }
  })

  # Every yaml file of infra/bigquery that names a table and its columns; "raw" tables belong to a topic.
  tables = {
    for table in [for path in fileset(var.infra, "bigquery/*/*.yaml") : yamldecode(file("${var.infra}/${path}"))] :
    table.table => table if can(table.table) && can(table.schema)
  }
  # Authorised views: the yaml names the view and its table, the query stands beside it.
  views = {
    for path in fileset(var.infra, "bigquery/*/*.yaml") : yamldecode(file("${var.infra}/${path}")).view => {
      of    = yamldecode(file("${var.infra}/${path}")).of
      about = yamldecode(file("${var.infra}/${path}")).about
      query = file("${var.infra}/${trimsuffix(path, ".yaml")}.sql")
    } if can(yamldecode(file("${var.infra}/${path}")).view)
  }
  # Rows about individuals, or of one leader's organisation, stand where no group reads.
  misplaced = [
    for name, table in local.tables : name
    if try(table.rows_about, "aggregates") != (contains(["individuals", "organisations"], split(".", name)[0]) ? split(".", name)[0] : "aggregates")
  ]
  raw_tables = { for name, table in local.tables : table.topic => name if startswith(name, "${local.declared.warehouse_subscriptions.dataset}.") && can(table.topic) }

  datasets = merge(
    { for dataset in distinct([for name in concat(keys(local.tables), keys(local.views)) : split(".", name)[0]]) : dataset => { about = "Tables of infra/bigquery", readers = [] } },
    {
      raw           = { about = "Every topic's messages as they came; personal data", readers = [] }
      staging       = { about = "Typed and deduplicated; personal data", readers = [] }
      marts         = { about = "One answer per table, about groups only; what dashboards read", readers = var.mart_readers }
      individuals   = { about = "Rows about individuals; read only through the views in team_views", readers = [] }
      organisations = { about = "Aggregates of each leader's organisation; read only through the views in team_views", readers = [] }
      team_views    = { about = "What managers and leaders read: each their own team or organisation", readers = var.manager_readers }
    },
  )

  labels  = { service = local.declared.service, environment = var.environment, managed-by = "terraform" }
  project = { id = var.project_id, number = data.google_project.this.number, region = var.region }
}

data "google_project" "this" {
  project_id = var.project_id

  lifecycle {
    postcondition {
      condition     = length(local.misplaced) == 0
      error_message = "Tables with rows about individuals or organisations stand in the dataset of that name, and no other table does: ${join(", ", local.misplaced)}."
    }
  }
}

resource "google_project_service" "this" {
  for_each = toset([
    "admin", "artifactregistry", "bigquery", "billingbudgets", "cloudbuild", "cloudfunctions", "cloudquotas", "cloudresourcemanager", "cloudscheduler", "cloudtasks", "compute",
    "firestore", "iam", "iamcredentials", "logging", "monitoring", "orgpolicy", "pubsub", "run", "secretmanager", "serviceusage", "storage",
  ])

  project            = var.project_id
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}

resource "google_org_policy_policy" "overridden" {
  for_each = var.overridden_policies

  name   = "projects/${var.project_id}/policies/${each.value}"
  parent = "projects/${var.project_id}"

  spec {
    rules {
      allow_all = "TRUE"
    }
  }

  depends_on = [google_project_service.this]
}

module "data" {
  source = "../data"

  project         = local.project
  labels          = local.labels
  protected       = var.protected
  copies_bucket   = var.copies_bucket
  documents       = local.declared.documents
  integrations    = local.declared.integrations
  secrets         = local.declared.secrets
  secret_versions = var.secret_versions
  tables          = local.tables
  datasets        = local.datasets
  views           = local.views

  depends_on = [google_project_service.this]
}

module "pipeline" {
  source = "../pipeline"

  pipeline           = local.pipeline
  project            = local.project
  environment        = var.environment
  labels             = local.labels
  sources            = var.sources
  sources_bucket     = module.data.sources_bucket
  quarantine_bucket  = module.data.quarantine_bucket
  transcripts_bucket = module.data.transcripts_bucket
  evidence_bucket    = module.data.evidence_bucket
  clips_bucket       = module.data.clips_bucket
  secrets            = module.data.secrets
  databases          = module.data.databases
  # Functions fill tables; who could change an authorised view could read what it reads.
  datasets       = { for name, id in module.data.datasets : name => id if contains([for table in keys(local.tables) : split(".", table)[0]], name) }
  raw_tables     = { for topic, table in local.raw_tables : topic => module.data.tables[table] }
  hosts          = var.hosts
  administrators = var.bootstrap_administrators
  callers        = var.allowed_callers
  settings       = var.settings
  ssl_policy     = var.ssl_policy
  vpc_connector  = var.vpc_connector

  requests_per_minute = var.requests_per_minute
  warehouse_gigabytes = var.warehouse_gigabytes

  depends_on = [google_project_service.this, google_org_policy_policy.overridden]
}

module "observability" {
  source = "../observability"

  project                   = local.project
  environment               = var.environment
  labels                    = local.labels
  functions                 = { for name, function in module.pipeline.functions : name => { service = function.service, crons = [for schedule in values(local.declared.schedules) : schedule.cron if schedule.function == name] } }
  queues                    = keys(local.declared.queues)
  copies                    = module.data.copies
  hosts                     = var.hosts
  service                   = local.declared.service
  subscriptions             = module.pipeline.subscriptions
  dead_letter_subscriptions = values(module.pipeline.dead_letters)
  notification_emails       = var.notification_emails
  notification_channels     = var.notification_channels
  budget                    = var.budget

  depends_on = [google_project_service.this]
}
