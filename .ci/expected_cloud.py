"""Writes build/expected_cloud.json: what a deployment has to hold, as the local cloud reads the function.json files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.functions import Function, load
from local.routes import Subscription, document_triggers, doors, schedules, subscriptions

ROOT = Path(__file__).resolve().parents[1]
ROLES = {"firestore": "roles/datastore.user", "schedules": "smartFillSchedules"}


def filter_of(subscription: Subscription) -> str:
    if subscription.value is None:
        return f"attributes:{subscription.attribute}"
    of_agent = f' AND attributes.agent = "{subscription.agent}"' if subscription.agent else ""
    return f'attributes.{subscription.attribute} = "{subscription.value}"{of_agent}'


def expected(functions: list[Function]) -> dict[str, Any]:
    return {
        "subscriptions": {
            found.name: [filter_of(found), found.topic, found.function.name] for found in subscriptions(functions)
        },
        "document_triggers": {
            found.name.replace("_", "-"): [f"google.cloud.firestore.document.v1.{found.event}", found.pattern]
            for found in document_triggers(functions)
        },
        "schedules": {found.name: [found.cron, dict(found.attributes)] for found in schedules(functions)},
        "public_doors": {
            found.pattern: [found.function.name, list(found.methods)]
            for found in doors(functions)
            if access(found.function) == "public"
        },
        "granted": {function.name: granted(function) for function in functions},
        "composite_indexes": sorted(composite_indexes()),
    }


def access(function: Function) -> str | None:
    return next((trigger.access for trigger in function.triggers if trigger.kind == "http"), None)


def granted(function: Function) -> dict[str, Any]:
    kinds = {trigger.kind for trigger in function.triggers}
    public = access(function) == "public"
    return {
        "roles": sorted(ROLES[use] for use in set(function.uses) & ROLES.keys()),
        "publishes": sorted(set(function.uses) & {"salon-events", "salon-jobs", "salon-due", "ticks"}),
        # Without e-mail, as in the plan that is compared, its login is no secret that exists.
        "secrets": sorted(set(function.secrets) - {"SMTP_LOGIN"}),
        "variables": sorted(function.environment),
        "callers": public + ("firestore" in kinds) + bool(kinds & {"events", "job", "due", "tick", "ticks"}),
        "public": public,
    }


def composite_indexes() -> Iterable[str]:
    for index in json.loads((ROOT / "firestore.indexes.json").read_text())["indexes"]:
        fields = (f"{field['fieldPath']}.{field.get('order') or field['arrayConfig']}" for field in index["fields"])
        yield "/".join([index["collectionGroup"], *fields])


if __name__ == "__main__":
    file = ROOT / "build" / "expected_cloud.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(expected(load()), indent=2, sort_keys=True) + "\n")
