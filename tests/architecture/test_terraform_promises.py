"""What a delivery can rely on in the cloud, written by hand: how long it waits, how often it comes, who may bring it, and that
nothing of it ends by itself. Read from terraform/*.tf as it stands; no terraform needed."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.architecture.terraform_files import TERRAFORM, blocks, labelled, locals_

MODULE = TERRAFORM / "modules" / "function"
CALLED = "module.function[each.value.function]"

# Promise, resource, what it says by dotted name.
SAID: list[tuple[str, str, dict[str, Any]]] = [
    (
        "a push subscription never expires, however long nothing came",
        "google_pubsub_subscription.push",
        {"expiration_policy.ttl": ""},
    ),
    (
        "what failed waits from ten seconds to ten minutes, and is a dead letter in the end",
        "google_pubsub_subscription.push",
        {
            "retry_policy.minimum_backoff": "10s",
            "retry_policy.maximum_backoff": "600s",
            "dead_letter_policy.dead_letter_topic": "${google_pubsub_topic.dead_letters.id}",
            "dead_letter_policy.max_delivery_attempts": "${local.max_delivery_attempts[each.value.topic]}",
        },
    ),
    (
        "a message is kept for as long as its topic promises, and a function has its whole time for it",
        "google_pubsub_subscription.push",
        {
            "message_retention_duration": "${local.retention[each.value.topic]}",
            "ack_deadline_seconds": "${min(max(try(local.functions[each.value.function].timeout_seconds, 60), 10), 600)}",
        },
    ),
    (
        "each function hears what it subscribed to, and only that",
        "google_pubsub_subscription.push",
        {
            "for_each": "${local.subscriptions}",
            "topic": "${google_pubsub_topic.of[each.value.topic].id}",
            "filter": "${each.value.filter}",
        },
    ),
    (
        "a push proves who brings it, to that function and to no other",
        "google_pubsub_subscription.push",
        {
            "push_config.push_endpoint": f"${{{CALLED}.uri}}/projects/${{var.project_id}}/topics/${{each.value.topic}}",
            "push_config.oidc_token.service_account_email": "${google_service_account.push.email}",
            "push_config.oidc_token.audience": f"${{{CALLED}.uri}}",
        },
    ),
    (
        "dead letters are kept for a month, whether anybody looks or not",
        "google_pubsub_subscription.dead_letters",
        {
            "topic": "${google_pubsub_topic.dead_letters.id}",
            "expiration_policy.ttl": "",
            "message_retention_duration": "2678400s",
        },
    ),
    (
        "Pub/Sub may publish dead letters, and acknowledge what it has put there",
        "google_pubsub_topic_iam_member.dead_letters",
        {"topic": "${google_pubsub_topic.dead_letters.id}", "member": "${local.pubsub_agent}"},
    ),
    (
        "so it may from every subscription",
        "google_pubsub_subscription_iam_member.dead_lettered",
        {
            "for_each": "${google_pubsub_subscription.push}",
            "subscription": "${each.value.id}",
            "member": "${local.pubsub_agent}",
        },
    ),
    (
        "a document's change is delivered again for a day, unless function.json says that it is not",
        "google_eventarc_trigger.document",
        {
            "dynamic.retry_policy.for_each": "${each.value.retry ? [] : [1]}",
            "dynamic.retry_policy.content.max_attempts": 1,
        },
    ),
    (
        "it goes to the function that watches it, brought by its own account",
        "google_eventarc_trigger.document",
        {
            "for_each": "${local.document_triggers}",
            "destination.cloud_run_service.service": f"${{{CALLED}.service}}",
            "service_account": "${google_service_account.trigger.email}",
            "event_data_content_type": "application/protobuf",
        },
    ),
    (
        "a schedule runs in UTC, is tried again, says which it is, and stays paused when it was",
        "google_cloud_scheduler_job.of",
        {
            "for_each": "${local.schedules}",
            "schedule": "${each.value.cron}",
            "time_zone": "Etc/UTC",
            "retry_config.retry_count": 3,
            "pubsub_target.topic_name": '${google_pubsub_topic.of["ticks"].id}',
            "pubsub_target.attributes": "${each.value.attributes}",
            "lifecycle.ignore_changes": ["paused"],
        },
    ),
    (
        "messages stay in the region",
        "google_pubsub_topic.of",
        {"message_storage_policy.allowed_persistence_regions": ["${var.region}"]},
    ),
    (
        "bundles are nobody else's to read",
        "google_storage_bucket.bundles",
        {"public_access_prevention": "enforced", "uniform_bucket_level_access": True},
    ),
    (
        "the database can be put back to any minute of a week, and is not deleted by mistake",
        "google_firestore_database.default",
        {
            "point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_ENABLED",
            "delete_protection_state": '${var.keep_database ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"}',
            "deletion_policy": '${var.keep_database ? "ABANDON" : "DELETE"}',
        },
    ),
]
OF_A_FUNCTION: list[tuple[str, str, dict[str, Any]]] = [
    (
        "only those who are named may call a function",
        "google_cloud_run_service_iam_member.invoker",
        {
            "count": "${length(var.invokers)}",
            "member": "${var.invokers[count.index]}",
            "service": "${google_cloudfunctions2_function.function.name}",
        },
    ),
    (
        "a function is closed to the internet unless it has a door, does one thing at a time, and acts as itself",
        "google_cloudfunctions2_function.function",
        {
            "service_config.ingress_settings": '${var.from_outside ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"}',
            "service_config.max_instance_request_concurrency": 1,
            "service_config.timeout_seconds": "${var.timeout_seconds}",
            "service_config.service_account_email": "${google_service_account.function.email}",
        },
    ),
]
TOPICS = {
    # How long a message is kept, and how often it is tried: one that is followed by the next need not wait.
    "salon-events": ("86400s", 12),
    "salon-jobs": ("86400s", 12),
    "salon-due": ("600s", 5),
    "ticks": ("600s", 5),
}


def at(body: Any, name: str) -> Any:
    """What stands there: blocks are lists of one, and what is plain text is in quotes."""
    for step in name.split("."):
        body = {label: inner for label, inner in labelled(body[0] if isinstance(body, list) else body)}.get(step)
    return body.strip('"') if isinstance(body, str) else body


def broken(resources: Mapping[str, dict[str, Any]], resource: str, said: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: at(resources[resource], name) for name in said}
    return {name: value for name, value in found.items() if value != said[name]}


@pytest.mark.parametrize(("promise", "resource", "said"), SAID, ids=[each[0] for each in SAID])
def test_what_the_cloud_promises(promise: str, resource: str, said: dict[str, Any]) -> None:
    assert broken(blocks("resource"), resource, said) == {}, promise


@pytest.mark.parametrize(("promise", "resource", "said"), OF_A_FUNCTION, ids=[each[0] for each in OF_A_FUNCTION])
def test_what_each_function_promises(promise: str, resource: str, said: dict[str, Any]) -> None:
    assert broken(blocks("resource", MODULE), resource, said) == {}, promise


def test_each_topic_keeps_its_messages_as_long_and_tries_them_as_often_as_promised() -> None:
    kept, tried = locals_()["retention"], locals_()["max_delivery_attempts"]
    assert {topic: (at(kept, topic), at(tried, topic)) for topic in TOPICS} == TOPICS


def test_nobody_stops_a_delivery() -> None:
    """What arrives is delivered as soon as it can be: nothing is made paused, left out or held back for its order."""
    for resource in (
        "google_pubsub_subscription.push",
        "google_cloud_scheduler_job.of",
        "google_eventarc_trigger.document",
    ):
        named = {name for name, _ in labelled(blocks("resource")[resource])}
        assert named & {"paused", "state", "enable_message_ordering", "enable_exactly_once_delivery", "count"} == set()


# Who may call whom.


def test_a_door_is_public_only_where_function_json_says_so_and_a_platforms_door_takes_who_is_named() -> None:
    assert locals_()["public_doors"] == '${[for door in local.doors : door if door.access == "public"]}'
    assert locals_()["doors"] == '${[for trigger in local.triggers : trigger if trigger.kind == "http"]}'
    of_doors = "anytrue([for door in local.%s : door.function == name%s]) ? %s : []"
    wanted = [
        of_doors % ("public_doors", "", '["allUsers"]'),
        of_doors % ("doors", ' && door.access != "public"', "var.platform_members"),
        "anytrue([for wanted in values(local.subscriptions) : wanted.function == name]) ?"
        " [google_service_account.push.member] : []",
        "anytrue([for trigger in values(local.document_triggers) : trigger.function == name]) ?"
        " [google_service_account.trigger.member] : []",
    ]
    assert (
        locals_()["invokers"] == f"${{{{for name, function in local.functions : name => concat({', '.join(wanted)})}}}}"
    )


def test_the_front_leads_to_public_doors_by_their_methods_and_to_nothing_else() -> None:
    routes = locals_()["routes"]
    assert routes.startswith("${[for door in local.public_doors : {match = ")
    assert 'method = concat(door.methods, contains(door.methods, "GET") ? ["HEAD"] : [])' in routes
    assert (
        'concat(local.routes, [{handle = [{handler = "static_response", status_code = 404}]}])'
        in locals_()["front_config"]
    )


@pytest.mark.parametrize(
    ("member", "taken"),
    [
        ("group:platform@example.com", True),
        ("serviceAccount:ops@project.iam.gserviceaccount.com", True),
        ("allUsers", False),
        ("allAuthenticatedUsers", False),
        ("domain:example.com", False),
        ("group:platform@example.com allUsers", False),
    ],
)
def test_the_platform_is_somebody_who_is_named(member: str, taken: bool) -> None:
    variable = blocks("variable")["platform_members"]
    assert variable["default"] == []
    [condition] = [validation["condition"] for validation in variable["validation"]]
    pattern = re.search(r'regex\("(.+?)", member\)', condition)
    assert pattern is not None
    assert (re.search(pattern[1].replace("\\\\", "\\"), member) is not None) == taken


def test_what_function_json_leaves_out_is_tried_again_and_is_public_as_the_local_cloud_takes_it() -> None:
    triggers = locals_()["triggers"]
    assert "retry = try(function.retry, true)" in triggers
    assert 'access = try(trigger.access, "public")' in triggers
