"""`python -m local templates`: what has to be submitted to WhatsApp, in the form that Twilio's Content API takes."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from functions.send_outreach.gsm7 import in_gsm7, is_gsm7
from local.examples import examples, sample, segments
from shared.messaging.phrases import words
from shared.messaging.rendering import render, templates
from shared.messaging.texts import texts
from shared.values.language import LANGUAGES, language_of

ONLY_SMS = ("_sms", "_link")
"""Purposes that end so never go by WhatsApp, so nobody has to approve them."""


def submissions() -> dict[tuple[str, str], dict[str, Any]]:
    """The body of POST https://content.twilio.com/v1/Content, by purpose and language."""
    return {
        (purpose, language): _content(purpose, language, template)
        for purpose, languages in templates().items()
        for language, template in languages.items()
        if not purpose.endswith(ONLY_SMS)
    }


def billed() -> Iterator[str]:
    """A line for each text and language: as how many SMS it is billed, and in which letters."""
    for purpose in texts():
        for language in LANGUAGES:
            text = in_gsm7(render(purpose, sample(language)["locale"], examples(language, purpose)).text)
            letters = "GSM 7-bit" if is_gsm7(text) else "UCS-2"
            yield f"{purpose:<26} {language}  {segments(text)} SMS  {len(text):>3} letters of {letters}"


def category(purpose: str) -> str:
    """As what Meta is asked to approve it: as its purposes.toml says, or else as what answers, confirms or tells an owner. Meta
    decides in the end, and may move a template by itself."""
    declared = words(texts()[purpose].folder / "purposes.toml")[purpose]
    return str(declared.get("category", "utility")).upper()


def _content(purpose: str, language: str, template: dict[str, Any]) -> dict[str, Any]:
    types: dict[str, Any] = {"twilio/text": {"body": template["body"]}}
    if template["buttons"]:
        actions = [
            {"type": "QUICK_REPLY", "title": button["title"], "id": button["payload"]} for button in template["buttons"]
        ]
        types["twilio/quick-reply"] = {"body": template["body"], "actions": actions}
    values = examples(language_of(language), purpose)
    # WhatsApp refuses a template without samples.
    samples = {number: values[name] for number, name in template["variables"].items()}
    return {
        "friendly_name": f"{purpose}_{language}",
        "language": language,
        "variables": samples,
        "types": types,
    }


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("templates", help="the message templates that WhatsApp has to approve")
    parser.add_argument("purpose", nargs="?", help="with LANGUAGE: this one, as JSON for Twilio's Content API")
    parser.add_argument("language", nargs="?")
    parser.add_argument(
        "--sms", action="store_true", help="how many SMS each text is billed as, filled with an example"
    )
    parser.set_defaults(command=show)


def show(arguments: argparse.Namespace) -> int:
    if arguments.sms:
        print("\n".join(billed()))
        return 0
    every = submissions()
    if arguments.purpose is None:
        for (purpose, language), content in every.items():
            print(f"{purpose:<26} {language}  {category(purpose):<9}  {content['types']['twilio/text']['body']}")
        return 0
    found = every.get((arguments.purpose, arguments.language))
    if found is None:
        named = " ".join(word for word in (arguments.purpose, arguments.language) if word)
        print(f"templates: expected a purpose and a language of the list, found {named!r}", file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0
