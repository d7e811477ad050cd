"""Twilio's API as Twilio describes it: a request is checked before the phone believes it, and the phone's answer too.

The description says little of what Twilio refuses: no 4xx stands in it, and almost no field is required. What its prose
says besides is a table of its own (`PROSE`), with the codes Twilio answers.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

DESCRIPTION = Path(__file__).resolve().parent.parent / "twilio_openapi.json"
NEWER_THAN_DESCRIPTION = {"CreateMessage": {"MessageIntent"}}
"""Fields the pinned SDK knows and the description does not yet."""

PHONE_NUMBER = r"\+[1-9]\d{6,14}"
ADDRESS = re.compile(rf"(?:whatsapp:|messenger:|rcs:)?{PHONE_NUMBER}|whatsapp:[A-Z]{{2}}\.\w{{1,128}}")
"""A WhatsApp user may be known by an id of theirs and have no number at all."""


class ContractBroken(Exception):
    """A request, or an answer of ours, is not what Twilio's description allows; says which field and why."""

    def __init__(self, where: str, violations: list[str]) -> None:
        super().__init__("\n  - ".join([where, *violations]))
        code = re.search(r"\(Twilio (\d{5})\)", str(self))
        self.code = int(code[1]) if code else 20001


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    pattern: re.Pattern[str]
    described: dict[str, Any]
    parameters: list[dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """A request that keeps to the contract, with typed fields."""

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]


class Contract:
    def __init__(self, description: Path = DESCRIPTION) -> None:
        # The validator finds references through a registry only when they name the document they point into.
        self._spec = json.loads(description.read_text(encoding="utf-8").replace('"#/', '"urn:twilio#/'))
        self._registry: Registry[Any] = Registry().with_resource("urn:twilio", DRAFT4.create_resource(self._spec))
        self._validators: dict[int, OAS30Validator] = {}
        self._operations = sorted(self._described(), key=lambda operation: -len(operation.pattern.pattern))

    def request(self, method: str, target: str, content_type: str, body: bytes) -> Call:
        """`target` is path and query: the host says nothing that the path does not."""
        url = urlsplit(target)
        operation, path = self._operation(method, url.path)
        query = _grouped(url.query)
        violations: list[str] = []
        typed_query: dict[str, Any] = {}
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            given = {"path": {key: [value] for key, value in path.items()}, "query": query}.get(place, {}).get(name)
            if given is None:
                violations += [f"{place}.{name}: missing"] if parameter.get("required") else []
                continue
            value = self._typed(parameter["schema"], given)
            violations += self._violations(parameter["schema"], value, f"{place}.{name}")
            if place == "query":
                typed_query[name] = value
        unknown = query.keys() - typed_query.keys()
        violations += [f"query: unknown {sorted(unknown)}"] if unknown else []
        fields = self._body(operation, content_type, body, violations)
        violations += PROSE[operation.id](fields) if operation.id in PROSE else []
        if violations:
            raise ContractBroken(f"{operation.id} {method} {url.path}", violations)
        return Call(operation, path, typed_query, fields)

    def answer(self, operation: Operation, status: int, payload: Mapping[str, Any]) -> None:
        described = operation.described["responses"].get(str(status))
        if described is None:
            # No error stands in the description at all.
            if status < 400:
                raise ContractBroken(f"answer to {operation.id}", [f"status {status} is not described"])
            return
        schema = next(iter(described.get("content", {"": {}}).values())).get("schema")
        if schema is None:
            return
        violations = self._violations(schema, payload, "answer")
        properties = self._resolved(schema).get("properties", {})
        if properties:
            violations += [f"invented {name}" for name in sorted(payload.keys() - properties.keys())]
            violations += [f"missing {name}" for name in sorted(properties.keys() - payload.keys())]
        if violations:
            raise ContractBroken(f"answer to {operation.id}", violations)

    def _described(self) -> Iterator[Operation]:
        for template, item in self._spec["paths"].items():
            pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))
            for method in item.keys() & {"get", "post", "put", "delete"}:
                described = item[method]
                parameters = [*item.get("parameters", []), *described.get("parameters", [])]
                yield Operation(described["operationId"], method.upper(), pattern, described, parameters)

    def _operation(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        for operation in self._operations:
            if operation.method == method and (match := operation.pattern.fullmatch(path)):
                return operation, match.groupdict()
        raise ContractBroken(f"{method} {path}", ["no such operation in the description (Twilio 20404)"])

    def _body(self, operation: Operation, content_type: str, body: bytes, violations: list[str]) -> dict[str, Any]:
        request = operation.described.get("requestBody", {})
        content = request.get("content", {})
        if not content or not body:
            violations += ["body: missing"] if content and request.get("required") else []
            return {}
        kind = content_type.split(";")[0]
        if kind not in content:
            violations.append(f"body: expected {' or '.join(content)}, found {kind!r}")
            return {}
        try:
            text = body.decode()
            fields = (
                json.loads(text)
                if kind == "application/json"
                else self._form(operation, content[kind], text, violations)
            )
        except ValueError as error:
            violations.append(f"body: {error}")
            return {}
        violations += self._violations(content[kind]["schema"], fields, "body")
        return fields if isinstance(fields, dict) else {}

    def _form(self, operation: Operation, content: dict[str, Any], text: str, violations: list[str]) -> dict[str, Any]:
        properties = self._resolved(content["schema"]).get("properties", {})
        given = _grouped(text)
        unknown = given.keys() - properties.keys() - NEWER_THAN_DESCRIPTION.get(operation.id, set())
        violations += [f"body: unknown {sorted(unknown)}"] if unknown else []
        return {name: self._typed(properties.get(name, {}), values) for name, values in given.items()}

    def _typed(self, schema: dict[str, Any], values: list[str]) -> Any:
        """A form knows only text: what the schema wants as a number becomes one; what does not fit stays text."""
        schema = self._resolved(schema)
        kind = schema.get("type")
        if kind == "array":
            return [self._typed(schema.get("items", {}), [value]) for value in values]
        if len(values) > 1:
            return values
        value = values[0]
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
        if kind == "integer" and re.fullmatch(r"-?\d+", value):
            return int(value)
        if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value)
        return value

    def _violations(self, schema: dict[str, Any], value: Any, where: str) -> list[str]:
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = OAS30Validator(schema, registry=self._registry, format_checker=OAS30Validator.FORMAT_CHECKER)
            self._validators[id(schema)] = validator
        return [
            f"{'.'.join([where, *map(str, error.absolute_path)])}: {error.message[:160]}"
            for error in validator.iter_errors(value)
        ]

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            target = self._spec
            for step in schema["$ref"].removeprefix("urn:twilio#/").split("/"):
                target = target[step]
            schema = target
        return schema


@cache
def contract() -> Contract:
    return Contract()


def _grouped(encoded: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        grouped.setdefault(name, []).append(value)
    return grouped


def _message(form: Mapping[str, Any]) -> list[str]:
    violations: list[str] = []
    to, sender, body = str(form.get("To", "")), form.get("From"), form.get("Body", "")
    if not ADDRESS.fullmatch(to):
        violations.append("To: neither a phone number nor a channel address (Twilio 21211)")
    if not (sender or form.get("MessagingServiceSid")):
        violations.append("From: needed, or MessagingServiceSid (Twilio 21603)")
    if not (body or form.get("MediaUrl") or form.get("ContentSid")):
        violations.append("Body: needed, or MediaUrl or ContentSid (Twilio 21619)")
    if len(body) > 1600:
        violations.append(f"Body: at most 1600 characters, found {len(body)} (Twilio 21617)")
    if sender and to.startswith("whatsapp:") != str(sender).startswith("whatsapp:"):
        violations.append("From: of another channel than To (Twilio 63007)")
    if form.get("ContentVariables") and not _are_variables(form["ContentVariables"]):
        violations.append("ContentVariables: expected a JSON object of non-empty texts (Twilio 21656)")
    if "StatusCallback" in form and not _is_webhook(form["StatusCallback"]):
        violations.append("StatusCallback: expected http(s) and a host without underscores (Twilio 21609)")
    if "ValidityPeriod" in form and form["ValidityPeriod"] not in range(1, 36_001):
        violations.append(f"ValidityPeriod: 1 to 36000 seconds, found {form['ValidityPeriod']} (Twilio 21620)")
    return violations


def _content(form: Mapping[str, Any]) -> list[str]:
    # The SDK drops type names it does not know without a word, such as twilio_quick_reply.
    return [] if form.get("types") else ["types: empty"]


def _are_variables(text: str) -> bool:
    try:
        variables = json.loads(text)
    except ValueError:
        return False
    return isinstance(variables, dict) and all(isinstance(each, str) and each.strip() for each in variables.values())


def _is_webhook(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


PROSE: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {"CreateMessage": _message, "CreateContent": _content}
