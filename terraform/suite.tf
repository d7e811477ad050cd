# What there is to deploy, read from each function.json: adding a function edits nothing here.

locals {
  functions = {
    for file in fileset(var.suite, "functions/*/function.json") :
    basename(dirname(file)) => jsondecode(file("${var.suite}/${file}"))
  }

  runtime = regex("(?m)^runtime = \"(python3[0-9]+)\"$", file("${var.suite}/pyproject.toml"))[0]

  triggers = flatten([
    for name, function in local.functions : [
      for position, trigger in function.triggers : {
        function    = name
        position    = position
        kind        = trigger.kind
        retry       = try(function.retry, true)
        event       = try(trigger.event, null)
        document    = try(trigger.document, null)
        event_types = try(trigger.event_types, [])
        agent       = try(trigger.agent, null)
        job         = try(trigger.job, null)
        collection  = try(trigger.collection, null)
        schedule    = try(trigger.schedule, null)
        path        = try(trigger.path, null)
        methods     = try(trigger.methods, [])
        access      = try(trigger.access, "public")
      }
    ]
  ])

  # Which attribute of which topic wakes whom; without a value the attribute only has to be there.
  subscriptions = {
    for wanted in flatten([
      for trigger in local.triggers : concat(
        [for type in trigger.event_types : { function = trigger.function, topic = "salon-events", attribute = "event_type", value = type, agent = trigger.agent }],
        trigger.kind == "job" ? [{ function = trigger.function, topic = "salon-jobs", attribute = "job", value = trigger.job }] : [],
        trigger.kind == "due" ? [{ function = trigger.function, topic = "salon-due", attribute = "collection", value = trigger.collection }] : [],
        trigger.kind == "tick" ? [{ function = trigger.function, topic = "ticks", attribute = "tick", value = trigger.function }] : [],
        trigger.kind == "ticks" ? [{ function = trigger.function, topic = "ticks", attribute = "job", value = null }] : [],
      )
      ]) : "${wanted.function}-${wanted.topic}-${replace(coalesce(wanted.value, wanted.attribute), "/", "-")}" => merge(wanted, {
      filter = join(" AND ", concat(
        [wanted.value == null ? "attributes:${wanted.attribute}" : "attributes.${wanted.attribute} = \"${wanted.value}\""],
        try(wanted.agent, null) == null ? [] : ["attributes.agent = \"${wanted.agent}\""],
      ))
    })
  }

  document_triggers = {
    for trigger in local.triggers :
    "${replace(trigger.function, "_", "-")}-${trigger.position}" => trigger if trigger.kind == "firestore"
  }

  schedules = {
    for trigger in local.triggers :
    coalesce(trigger.job, trigger.function) => {
      cron       = trigger.schedule
      attributes = trigger.kind == "job" ? { job = trigger.job } : { tick = trigger.function }
    } if contains(["job", "tick"], trigger.kind) && trigger.schedule != null
  }

  doors        = [for trigger in local.triggers : trigger if trigger.kind == "http"]
  public_doors = [for door in local.doors : door if door.access == "public"]

  # Who calls a function decides who may invoke it; nobody else may.
  invokers = {
    for name, function in local.functions : name => concat(
      anytrue([for door in local.public_doors : door.function == name]) ? ["allUsers"] : [],
      anytrue([for door in local.doors : door.function == name && door.access != "public"]) ? var.platform_members : [],
      anytrue([for wanted in values(local.subscriptions) : wanted.function == name]) ? [google_service_account.push.member] : [],
      anytrue([for trigger in values(local.document_triggers) : trigger.function == name]) ? [google_service_account.trigger.member] : [],
    )
  }
}
