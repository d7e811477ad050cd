"""What each function has promised to whoever relies on it: what wakes it, whether a delivery that failed comes again, and the
secrets it is trusted with. Written from what the suite is for, by hand: function.json has to agree, whoever writes that."""

from dataclasses import dataclass

KEY = {"SIGNING_KEY"}
TWILIO = {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}


@dataclass(frozen=True)
class Promise:
    woken_by: set[str]
    tried_again: bool
    secrets: set[str]


PROMISES = {
    # The booking app writes.
    "connect_salon": Promise({"salons/{salon_id} written", "job connect_salon when asked for"}, True, set()),
    "apply_settings": Promise(
        {"salons/{salon_id}/settings/current written", "job apply_settings at 47 * * * *"}, True, set()
    ),
    "detect_gaps": Promise({"salons/{salon_id}/bookings/{booking_id} written", "due gaps"}, True, set()),
    "follow_customer": Promise(
        {"salons/{salon_id}/customers/{customer_id} written", "job follow_customers when asked for"},
        True,
        {"SIGNING_KEY"},
    ),
    "follow_waitlist": Promise(
        {"salons/{salon_id}/waitlist/{entry_id} written", "job follow_waitlist at 27 * * * *"}, True, set()
    ),
    # What is recorded is announced, and the campaign follows.
    "relay_events": Promise({"salons/{salon_id}/audit_logs/{log_id} created", "due audit_logs"}, True, set()),
    "fill_gap": Promise(
        {
            "event GAP_DETECTED",
            "event GAP_CHANGED",
            "event GAP_FILLED",
            "event GAP_EXPIRED",
            "event GAP_IGNORED",
            "event WAITLIST_CHANGED",
            "event OUTREACH_DECLINED of gap_fill_agent",
            "event OUTREACH_EXPIRED of gap_fill_agent",
            "event OUTREACH_FAILED of gap_fill_agent",
            "event OUTREACH_NOT_ARRIVED of gap_fill_agent",
            "event OUTREACH_RESPONDED of gap_fill_agent",
            "event OFFER_LOST of gap_fill_agent",
            "event APPROVAL_APPROVED of gap_fill_agent",
            "due gaps",
        },
        True,
        KEY,
    ),
    # The one way out.
    "send_outreach": Promise(
        {"event OUTREACH_REQUESTED", "due outreach", "due conversations/messages"}, True, KEY | TWILIO | {"SMTP_LOGIN"}
    ),
    "track_delivery": Promise({"POST /webhooks/twilio/status public"}, False, KEY | TWILIO),
    # What people answer: the provider repeats a webhook, people press again, and what is stored is worked on when due.
    "receive_message": Promise({"POST /webhooks/twilio/incoming public"}, False, KEY | TWILIO),
    "choose_branch": Promise(
        {"channel_routes/{route_id}/inbound/{message_id} created", "due channel_routes/inbound"}, False, KEY
    ),
    "answer_message": Promise(
        {
            "salons/{salon_id}/conversations/{conversation_id}/inbound/{message_id} created",
            "due conversations/inbound",
        },
        False,
        KEY,
    ),
    "accept_offer": Promise({"GET POST /o/{token} public"}, False, KEY),
    # The owner.
    "notify_owner": Promise(
        {
            "event APPROVAL_REQUESTED",
            "event APPROVAL_CANCELLED",
            "event GAP_FILLED",
            "event CIRCUIT_BREAKER_OPENED",
            "event ALERT_TRIGGERED",
            "event AGENT_ACTION_REQUIRED",
        },
        True,
        KEY,
    ),
    "answer_approval": Promise({"GET POST /a/{token} public"}, False, KEY),
    "resolve_approval": Promise({"salons/{salon_id}/approvals/{approval_id} updated", "due approvals"}, True, set()),
    # The clock.
    "wake_due": Promise({"tick at * * * * *"}, True, set()),
    "dispatch_jobs": Promise({"ticks of jobs"}, True, set()),
    "scan_gaps": Promise({"job gap_scan at */5 * * * *"}, True, set()),
    "clean_up": Promise({"job clean_up at 7 * * * *"}, True, set()),
    "repair_salon": Promise({"job repair at 37 * * * *"}, True, set()),
    "reconnect_salons": Promise({"tick at 17 * * * *"}, True, set()),
    # The platform's switch.
    "manage_schedules": Promise({"GET POST /schedules/** platform"}, False, set()),
}
