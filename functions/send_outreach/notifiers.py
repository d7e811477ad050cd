"""The channels besides the salons' own numbers by which owners are told, off until NOTICE_CHANNELS names them. What a
channel needs is imported only then."""

import os
from collections.abc import Mapping
from functools import cache

from shared.adapters import settings
from shared.ports import Notifier


@cache
def notifiers() -> Mapping[str, Notifier]:
    """The notifiers by channel."""
    configured = settings.deployment().notices
    found: dict[str, Notifier] = {}
    if "email" in configured:
        from functions.send_outreach.smtp import SmtpNotifier

        server, sender = os.environ.get("SMTP_SERVER"), os.environ.get("SMTP_FROM")
        if not server or not sender:
            raise settings.SettingsError("expected SMTP_SERVER and SMTP_FROM where NOTICE_CHANNELS names email")
        found["email"] = SmtpNotifier.at(server, sender=sender, login=os.environ.get("SMTP_LOGIN") or "")
    if "push" in configured:
        from functions.send_outreach.fcm import FcmNotifier

        found["push"] = FcmNotifier(settings.required("GOOGLE_CLOUD_PROJECT"))
    return found
