"""The real SDK, pointed at the phone: its HTTP client can reach nothing else."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient

from functions.send_outreach.messenger import TIMEOUT_SECONDS, TwilioMessenger, silent_logger
from local.phone.http import LOOPBACK
from shared.ports import Messenger


def messenger(phone_url: str, timeout: float = TIMEOUT_SECONDS) -> Messenger:
    """Takes the place of `functions.send_outreach.messenger.messenger`."""
    return TwilioMessenger(lambda: LoopbackHttpClient(phone_url, timeout))


class LoopbackHttpClient(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, phone_url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._phone = urlsplit(phone_url)
        if self._phone.hostname not in LOOPBACK:
            raise ValueError(f"expected the phone on this machine, found {phone_url!r}")
        super().__init__(timeout=timeout, logger=silent_logger())
        # A proxy from the environment would carry the request off this machine.
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        meant = urlsplit(url)
        if not (meant.hostname or "").endswith(".twilio.com"):
            raise ValueError(f"expected a request to Twilio, found one to {meant.hostname!r}")
        here = urlunsplit((self._phone.scheme, self._phone.netloc, meant.path, meant.query, ""))
        return super().request(method, here, *args, **kwargs)
