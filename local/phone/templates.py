"""Message templates as the phone knows them: written by REST as in Twilio's Content API, or put in before the start."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass
class Template:
    """WhatsApp delivers it outside the 24-hour window only once it is `approved`."""

    sid: str
    name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, Any]]
    created_at: datetime
    category: str = "UTILITY"
    approved: bool = False

    def rendered(self, variables: Mapping[str, str], *, on_whatsapp: bool) -> tuple[str, list[Button]]:
        """What the person sees. SMS has no buttons: there the template's plain text is shown."""
        values = {**self.variables, **variables}

        def filled(text: str) -> str:
            return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)

        order = ("twilio/quick-reply", "twilio/text") if on_whatsapp else ("twilio/text", "twilio/quick-reply")
        shown = next((self.types[kind] for kind in order if kind in self.types), next(iter(self.types.values())))
        buttons = shown.get("actions", []) if on_whatsapp else []
        return filled(shown.get("body", "")), [Button(filled(each["title"]), filled(each["id"])) for each in buttons]


class HoldsTemplates(Protocol):
    def add_template(
        self,
        *,
        sid: str | None,
        name: str,
        language: str,
        variables: dict[str, str],
        types: dict[str, Any],
        approved: bool,
    ) -> Template: ...


def seed_templates(
    phone: HoldsTemplates, templates: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, dict[str, str]]:
    """Puts in `{purpose: {locale: {"body", "buttons": [{"title", "id"}], "variables": {"1": sample}}}}`, approved, and
    says `{purpose: {locale: ContentSid}}`. The same purpose and locale have the same SID on every start."""
    seeded: dict[str, dict[str, str]] = {}
    for purpose, locales in templates.items():
        for locale, wording in locales.items():
            types: dict[str, Any] = {"twilio/text": {"body": wording["body"]}}
            if wording.get("buttons"):
                actions = [
                    {"type": "QUICK_REPLY", "title": each["title"], "id": each["id"]} for each in wording["buttons"]
                ]
                types["twilio/quick-reply"] = {"body": wording["body"], "actions": actions}
            template = phone.add_template(
                sid="HX" + hashlib.blake2b(f"{purpose}/{locale}".encode(), digest_size=16).hexdigest(),
                name=f"{purpose}_{locale.lower().replace('-', '_')}",
                language=locale,
                variables=dict(wording.get("variables", {})),
                types=types,
                approved=True,
            )
            seeded.setdefault(purpose, {})[locale] = template.sid
    return seeded
