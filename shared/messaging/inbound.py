"""What the message provider tells us, in the words of this suite: a person wrote, or a message of ours moved on."""

from dataclasses import dataclass
from typing import Literal

Channel = Literal["whatsapp", "sms"]


@dataclass(frozen=True)
class InboundMessage:
    """`sender` and `recipient` are bare: no `whatsapp:` before them. A WhatsApp sender may be a user id (`US.1349...`)
    and have no phone number at all; `user_id` is theirs where it comes with the number. `opt_out` is only set where the provider has already answered the person."""

    message_sid: str
    account_sid: str
    channel: Channel
    sender: str
    recipient: str
    body: str
    button_payload: str | None
    replied_to_sid: str | None
    media_count: int
    user_id: str | None
    opt_out: Literal["STOP", "START", "HELP"] | None


@dataclass(frozen=True)
class DeliveryReport:
    """Reports are best effort: late, repeated, disordered or missing. `reference` is our own id, given when sending; it
    finds the message also when the answer that carried its SID was lost."""

    message_sid: str | None
    status: str
    error_code: int | None
    reference: str | None
