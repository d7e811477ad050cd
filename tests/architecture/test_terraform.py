"""Terraform says what function.json says, and grants nothing else: read from its files, no terraform needed.

What Terraform makes of function.json is decided by its own tests, on a small suite with every kind of trigger; here
those expectations are held against what the local cloud makes of the same files, with its own code.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import time
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from functions.manage_schedules.scheduler import PREFIX
from local.functions import FirestoreTrigger, Function, Trigger, load
from local.routes import TOPICS, document_triggers, doors, schedules, subscriptions
from shared.asking.decision import Agent
from tests.architecture.project import ROOT, reached, tree
from tests.architecture.terraform_files import TERRAFORM, blocks, keys, labelled, locals_, parsed, text

MADE_UP = TERRAFORM / "tests" / "suite"
FUNCTIONS = load()
ANNOUNCED = {event_type for function in FUNCTIONS for event_type in function.announces}

GRANTED = {
    # What a function asks for itself.
    "function.google_project_iam_member.role": "${each.value}",
    "function.google_pubsub_topic_iam_member.publishes": "roles/pubsub.publisher",
    "function.google_secret_manager_secret_iam_member.reads": "roles/secretmanager.secretAccessor",
    # Who may call it.
    "function.google_cloud_run_service_iam_member.invoker": "roles/run.invoker",
    "google_cloud_run_v2_service_iam_member.front": "roles/run.invoker",
    # Who delivers and builds.
    "google_project_iam_member.trigger": "roles/eventarc.eventReceiver",
    "google_pubsub_topic_iam_member.dead_letters": "roles/pubsub.publisher",
    "google_pubsub_subscription_iam_member.dead_lettered": "roles/pubsub.subscriber",
    "google_project_iam_member.build": "${each.value}",
    "google_project_iam_member.build_sources": "roles/storage.objectViewer",
}
"""Every grant there is, with its role."""
TOO_MUCH = re.compile(r"roles/(owner|editor|viewer|[a-z.]*[aA]dmin)\b|roles/iam\.")


# What is there to deliver.


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> list[Function]:
    """The suite of Terraform's tests, as the local cloud reads it."""
    folder = tmp_path_factory.mktemp("made_up") / "functions"
    shutil.copytree(MADE_UP / "functions", folder)
    for described in folder.glob("*/function.json"):
        (described.parent / "main.py").touch()
    return load(folder)


def expectations(of: str) -> dict[str, str]:
    """The map that Terraform's own test compares with, for one kind of resource."""
    test = (TERRAFORM / "tests" / "suite.tftest.hcl").read_text()
    found = re.search(rf"in {re.escape(of)} :.*?== tomap\(\{{\n(.*?)\n    \}}\)", test, re.DOTALL)
    assert found is not None, f"expected terraform/tests/suite.tftest.hcl to compare {of}"
    pairs = (line.split(" = ", 1) for line in found[1].splitlines())
    return {name.strip().strip('"'): json.loads(value) for name, value in pairs}


def test_the_made_up_suite_has_every_kind_of_trigger(made_up: list[Function]) -> None:
    every = {get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Trigger)[0])}
    assert {trigger.kind for function in made_up for trigger in function.triggers} == every
    assert any(len(function.triggers) > 1 for function in made_up)


def test_terraform_subscribes_as_the_local_cloud_does(made_up: list[Function]) -> None:
    wanted = {
        found.name: f"attributes:{found.attribute}"
        if found.value is None
        else f'attributes.{found.attribute} = "{found.value}"'
        + (f' AND attributes.agent = "{found.agent}"' if found.agent else "")
        for found in subscriptions(made_up)
    }
    assert expectations("google_pubsub_subscription.push") == wanted


def test_terraform_schedules_as_the_local_cloud_does(made_up: list[Function]) -> None:
    wanted = {
        found.name: f"{found.cron} {json.dumps(dict(found.attributes), separators=(',', ':'))}"
        for found in schedules(made_up)
    }
    assert expectations("google_cloud_scheduler_job.of") == wanted


def test_terraform_watches_documents_as_the_local_cloud_does(made_up: list[Function]) -> None:
    wanted = {
        found.name.replace("_", "-"): (
            f"(default) google.cloud.firestore.document.v1.{found.event} {found.pattern}"
            + (" by pattern" if "{" in found.pattern else "")
        )
        for found in document_triggers(made_up)
    }
    assert expectations("google_eventarc_trigger.document") == wanted


def test_the_public_paths_of_the_front_lead_where_the_local_gateway_leads(made_up: list[Function]) -> None:
    test = (TERRAFORM / "tests" / "suite.tftest.hcl").read_text()
    found = re.search(r"toset\(\[\n\s*(\"\^.*?)\n\s*\]\)", test, re.DOTALL)
    assert found is not None
    patterns = [json.loads(part) for part in found[1].rstrip(",").split(", ")]
    routes = [re.compile(pattern) for pattern in patterns if pattern.startswith("^")]
    public = [
        door
        for door in doors(made_up)
        if any(t.kind == "http" and t.access == "public" for t in door.function.triggers)
    ]
    paths = [
        "/o/abc",
        "/o",
        "/o/",
        "/o/a/b",
        "/console",
        "/console/x/y",
        "/consoles",
        "/schedules",
        "/webhooks/twilio/voice",
        "/",
    ]
    assert len(routes) == len(public)
    for path in paths:
        assert any(route.search(path) for route in routes) == any(door.leads_to(path) for door in public), path


def test_the_topics_are_those_of_the_code() -> None:
    assert {topic.strip('"') for topic in locals_()["topics"]} == set(TOPICS)
    assert keys(locals_()["max_delivery_attempts"]) == set(TOPICS)


def test_a_filter_has_room_for_every_event_type_of_every_agent() -> None:
    filters = product(ANNOUNCED, get_args(Agent))
    longest = max(len(f'attributes.event_type = "{type}" AND attributes.agent = "{agent}"') for type, agent in filters)
    assert longest <= 256


# Who may do what.


def grants() -> dict[str, dict[str, Any]]:
    here = {name: body for name, body in blocks("resource").items() if "_iam_" in name}
    module = blocks("resource", TERRAFORM / "modules" / "function")
    return here | {f"function.{name}": body for name, body in module.items() if "_iam_" in name}


def test_every_grant_is_one_of_those_listed_here() -> None:
    found = {name: body["role"].strip('"') for name, body in grants().items() if "custom_role" not in name}
    assert found == GRANTED


def test_no_account_may_more_than_its_work() -> None:
    assert TOO_MUCH.findall(text()) == []
    (role,) = [body for name, body in blocks("resource").items() if "custom_role" in name]
    assert re.findall(r'"(\w+)"', role["permissions"]) == ["get", "list", "pause", "enable", "run"]


def test_whatever_function_json_may_use_is_granted_and_nothing_else() -> None:
    may_use = set(get_args(get_args(Function.model_fields["uses"].annotation)[0]))
    assert keys(locals_()["project_roles"]) | set(TOPICS) == may_use
    assert dict(labelled(locals_()["project_roles"])) == {
        "firestore": '"roles/datastore.user"',
        "schedules": "${google_project_iam_custom_role.schedules.id}",
    }


def test_a_function_is_handed_only_what_its_function_json_names() -> None:
    """The one place where function.json becomes what the module is given, word for word."""
    handed = blocks("module")["function"]
    wanted = "contains(try(each.value.uses, []), "
    assert (f"if {wanted}use)" in handed["roles"], f"if {wanted}topic)" in handed["publishes"]) == (True, True)
    assert "for name in try(each.value.secrets, []) :" in handed["secrets"]
    assert "for name in try(each.value.environment, []) :" in handed["environment"]
    module = grants()
    assert {name: module[f"function.{name}"]["for_each"] for name in FROM} == FROM


FROM = {
    "google_project_iam_member.role": "${var.roles}",
    "google_pubsub_topic_iam_member.publishes": "${var.publishes}",
    "google_secret_manager_secret_iam_member.reads": "${var.secrets}",
}


def test_every_function_has_an_account_of_its_own() -> None:
    accounts = [name for name in blocks("resource", TERRAFORM / "modules" / "function") if "service_account" in name]
    assert accounts == ["google_service_account.function"]
    assert "google_service_account_key" not in text()


def test_everybody_is_named_only_for_public_doors() -> None:
    code = "\n".join(line for line in text().splitlines() if "allUsers" in line and "error_message" not in line)
    assert sorted(line.strip() for line in code.splitlines()) == [
        'anytrue([for door in local.public_doors : door.function == name]) ? ["allUsers"] : [],',
        'member   = "allUsers"',
        "public    = anytrue([for invoker in google_cloud_run_service_iam_member.invoker :"
        ' invoker.member == "allUsers"])',
    ]
    assert grants()["google_cloud_run_v2_service_iam_member.front"]["member"] == '"allUsers"'


# What functions are given, and what they use.


def test_schedules_are_known_by_the_name_that_terraform_gives_them() -> None:
    (job,) = [body for name, body in blocks("resource").items() if name == "google_cloud_scheduler_job.of"]
    assert job["name"] == f'"{PREFIX}${{each.key}}"'


def test_every_variable_has_a_value_and_every_value_a_function() -> None:
    asked = {name for function in FUNCTIONS for name in function.environment}
    assert asked == keys(locals_()["environment"])


def test_no_value_of_a_secret_can_reach_the_state() -> None:
    assert [name for name in blocks("resource") if "secret_manager_secret_version" in name] == []
    asked = {name for function in FUNCTIONS for name in function.secrets}
    assert asked.isdisjoint(keys(locals_()["environment"]))
    assert not re.search(r"secret_data|\bsensitive\s*=", text())


def topics_published(function: Function) -> set[str]:
    """By what its door reaches, where the door takes the bus at all."""
    if "pubsub.bus(" not in function.source.read_text():
        return set()
    calls = (
        node
        for path in reached(function.source)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Published"
    )
    found = (call.args[0] if call.args else next(k.value for k in call.keywords if k.arg == "topic") for call in calls)
    return {str(ast.literal_eval(topic)) for topic in found}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_may_use_what_its_code_uses_and_no_more(function: Function) -> None:
    code = "\n".join(path.read_text() for path in reached(function.source))
    used = topics_published(function)
    if "firestore.store(" in code:
        used.add("firestore")
    if re.search(r"\bschedule\w*\.\w+\(\)", function.source.read_text()):
        used.add("schedules")
    assert set(function.uses) == used


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_an_account_can_be_named_after_a_function(function: Function) -> None:
    assert 6 <= len(f"fn-{function.name}") <= 30


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_an_event_has_time_to_be_handled_before_it_is_delivered_again(function: Function) -> None:
    """Pub/Sub waits ten minutes at most, Eventarc as long as the function may take."""
    watches = all(isinstance(trigger, FirestoreTrigger) for trigger in function.triggers)
    assert function.signature == "http" or watches or function.timeout_seconds <= 600


# Monitoring.


def test_metrics_count_only_what_the_log_lines_have() -> None:
    from functions.relay_events.figures import figures

    details = {name: 1.0 for name in re.findall(r"figures\.(\w+)", (TERRAFORM / "monitoring.tf").read_text())}
    assert {f"figures.{name}" for name in details} <= {
        f"figures.{name}" for name in figures({"announces": "GAP_FILLED", "details": details})
    }
    lines = "".join(ast.unparse(tree(ROOT / "shared" / "adapters" / f"{name}.py")) for name in ("handling", "triggers"))
    counted = re.findall(r'(?:where|value)\s*= "([a-z]+)\b', (TERRAFORM / "monitoring.tf").read_text())
    assert {"outcome", "attempt", "ms", "figures"} <= set(counted)
    assert [field for field in {*counted, "function"} if f"{field}=" not in lines] == []


def test_alerts_and_charts_name_event_types_that_exist() -> None:
    monitoring = (TERRAFORM / "monitoring.tf").read_text()
    patterns = re.findall(r'event_type=~?\\?"([^"\\]+)', monitoring)
    assert patterns
    for pattern in patterns:
        assert [name for name in ANNOUNCED if re.fullmatch(pattern, name)], pattern


def test_every_alert_says_what_to_do() -> None:
    for name, alert in labelled(locals_()["alerts"]):
        assert {"says", "severity", "query", "then", "minutes"} == keys(alert), name


# Variables and the way to a plan.


def test_every_variable_is_described_and_what_can_be_wrong_is_refused_with_a_sentence() -> None:
    for name, variable in blocks("variable").items():
        assert variable.get("description"), name
        for validation in variable.get("validation", []):
            assert validation["error_message"].strip('"').startswith("Expected "), name


@pytest.mark.parametrize("example", ["small", "large"])
def test_an_example_sets_variables_that_exist(example: str) -> None:
    values = keys(parsed(TERRAFORM / "examples" / f"{example}.tfvars"))
    assert values and values <= blocks("variable").keys()
    required = {name for name, variable in blocks("variable").items() if "default" not in variable}
    assert required - values == {"project_id"}


def test_state_and_lock_files_of_somebody_are_not_here() -> None:
    left = [
        path.name for path in TERRAFORM.rglob("*") if path.suffix == ".tfstate" or path.name == ".terraform.lock.hcl"
    ]
    assert left == []


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ([], "expected PROJECT="),
        (["PROJECT=my-salons"], "expected VARS="),
        (
            ["PROJECT=my-salons", "VARS=terraform/examples/small.tfvars", "TERRAFORM=no-such-program"],
            "expected terraform",
        ),
    ],
)
def test_a_plan_without_what_it_needs_says_what_is_missing(given: list[str], complaint: str) -> None:
    ran = subprocess.run(["make", "deploy-plan", *given], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode != 0
    assert complaint in ran.stderr


def make(target: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    alone = {"PATH": os.environ["PATH"], "HOME": str(home), "GCE_METADATA_HOST": "127.0.0.1:1"}
    wanted = ["PROJECT=my-salons", "VARS=terraform/examples/small.tfvars", "TERRAFORM=true"]
    return subprocess.run(
        ["make", target, *wanted],
        cwd=ROOT, env=alone | environment, capture_output=True, text=True, timeout=20,
    )  # fmt: skip


def test_a_plan_without_credentials_says_so_before_anything_is_built(tmp_path: Path) -> None:
    began = time.monotonic()
    ran = make("deploy-plan", tmp_path)
    assert ran.returncode != 0 and "expected Google's credentials, found none: gcloud auth" in ran.stderr
    ran = make("deploy-plan", tmp_path, GOOGLE_APPLICATION_CREDENTIALS="/no/such/file.json")
    assert ran.returncode != 0 and "expected the file that GOOGLE_APPLICATION_CREDENTIALS names" in ran.stderr
    assert time.monotonic() - began < 10


def test_a_plan_finds_the_credentials_of_whoever_is_signed_in(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "gcloud" / "application_default_credentials.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    for environment in (
        {},
        {"HOME": "/", "CLOUDSDK_CONFIG": str(file.parent)},
        {"HOME": "/", "GOOGLE_CREDENTIALS": "{}"},
    ):
        assert make("can-deploy", tmp_path, **environment).returncode == 0


@pytest.mark.parametrize("example", ["small", "large"])
def test_an_example_names_a_budget_and_the_account_it_watches_or_neither(example: str) -> None:
    values = keys(parsed(TERRAFORM / "examples" / f"{example}.tfvars"))
    assert ("monthly_budget" in values) == ("billing_account" in values)
