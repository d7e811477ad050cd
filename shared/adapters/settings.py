"""What the deployment's environment variables say, read at the first call and not at import."""

import json
import os
from functools import cache
from typing import Any, Final, Literal

from shared.ports import Deployment

NOTICE_CHANNELS: Final[tuple[Literal["email", "push"], ...]] = ("email", "push")


class SettingsError(Exception):
    """An environment variable is missing, or is not what it has to be. The message says which one."""


@cache
def deployment() -> Deployment:
    return Deployment(
        public_base_url=required("PUBLIC_BASE_URL").rstrip("/"),
        signing_key=required("SIGNING_KEY").encode(),
        templates=_templates(os.environ.get("TWILIO_TEMPLATES") or "{}"),
        notices=_notices(os.environ.get("NOTICE_CHANNELS") or ""),
    )


def twilio_auth_token(account_sid: str) -> str | None:
    """The token of this account, or None for an account that is not ours: its signatures cannot be checked, so nothing
    it sends is believed."""
    return required("TWILIO_AUTH_TOKEN") if account_sid == required("TWILIO_ACCOUNT_SID") else None


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SettingsError(f"expected the environment variable {name} to be set, found {value!r}")
    return value


def _notices(text: str) -> frozenset[Literal["email", "push"]]:
    named = {name.strip() for name in text.split(",") if name.strip()}
    found: frozenset[Literal["email", "push"]] = frozenset(name for name in NOTICE_CHANNELS if name in named)
    if unknown := sorted(named - found):
        raise SettingsError(f"expected NOTICE_CHANNELS to list {' or '.join(NOTICE_CHANNELS)}, found {unknown}")
    return found


def _templates(text: str) -> dict[str, dict[str, str]]:
    expected = "expected TWILIO_TEMPLATES to be JSON {purpose: {locale: ContentSid}}, found"
    try:
        templates: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{expected} {error}") from None
    if not isinstance(templates, dict) or not all(isinstance(locales, dict) for locales in templates.values()):
        raise SettingsError(f"{expected} {text!r}")
    return templates
