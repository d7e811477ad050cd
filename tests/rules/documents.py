"""What stands in each collection, well-formed, and what is wrong with each field."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.salon.salon import Salon

Data = dict[str, Any]
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
WEEK = {"mon": [{"start": "10:00", "end": "13:00"}, {"start": "14:00", "end": "24:00"}], "sun": []}
FULL_WEEK = {
    day: [{"start": f"{hour:02}:00", "end": f"{hour:02}:30"} for hour in range(9, 17)]
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}
ABSENCE = {"start": AT, "end": AT + timedelta(1), "reason": None}
NOTHING = {"whatsapp": {"marketing": False, "service": False}}
EVERYTHING = {channel: {"marketing": True, "service": True} for channel in ("whatsapp", "sms", "voice")}

SALON, BOOKINGS, STAFF = "salons/{salon}", "salons/{salon}/bookings/{id}", "salons/{salon}/staff/{id}"
SERVICES, CUSTOMERS = "salons/{salon}/services/{id}", "salons/{salon}/customers/{id}"
WAITLIST, SETTINGS = "salons/{salon}/waitlist/{id}", "salons/{salon}/settings/current"
APPROVALS = "salons/{salon}/approvals/{id}"

MODELS: dict[str, type[BaseModel]] = {
    SALON: Salon,
    BOOKINGS: Booking,
    STAFF: StaffMember,
    SERVICES: Service,
    CUSTOMERS: Customer,
    WAITLIST: WaitlistEntry,
}

LEAST: dict[str, Data] = {
    SALON: {"name": "Glow", "timezone": "Asia/Kolkata", "currency": "INR"},
    BOOKINGS: {"staff_id": "mia", "start_time": AT, "end_time": AT + timedelta(hours=1), "status": "confirmed"},
    STAFF: {"name": "Mia"},
    SERVICES: {"name": "Cut", "duration_minutes": 60, "price": 500},
    CUSTOMERS: {"name": "Ana"},
    WAITLIST: {"customer_id": "c1"},
    SETTINGS: {"mode": "dry_run"},
}
"""Only what must be there."""

MOST: dict[str, Data] = {
    SALON: {
        **LEAST[SALON], "organization_id": "glow", "status": "active", "locale": "en-IN", "address": "1 High Street",
        "opening_hours": WEEK, "special_hours": {"2026-11-08": []}, "closures": [ABSENCE],
        "contacts": [{"name": "Olga", "role": "owner", "phone": "+447700900999"}],
        "messaging": {"account_sid": "AC1", "whatsapp_from": "+14155238886"}, "created_at": AT, "updated_at": AT,
    },
    BOOKINGS: {
        **LEAST[BOOKINGS], "customer_id": "c1", "service_ids": ["cut"], "price": 49.5, "source": "app",
        "created_at": AT, "updated_at": AT, "confirmed_at": AT, "cancelled_at": None, "cancelled_by": None,
        "cancellation_reason": None, "rescheduled_from": "b0", "outreach_id": None, "gap_id": None, "chain_depth": None,
    },
    STAFF: {
        **LEAST[STAFF], "active": True, "service_ids": ["cut"], "working_hours": WEEK,
        "shifts": {"2026-11-08": WEEK["mon"]}, "breaks": {"mon": WEEK["mon"]}, "time_off": [ABSENCE],
    },
    SERVICES: {
        **LEAST[SERVICES], "category": "hair", "margin": 0.6, "buffer_before_minutes": 0, "buffer_after_minutes": 10.0,
        "processing": {"after_minutes": 20, "minutes": 15}, "resource_ids": ["chair"], "active": True,
    },
    CUSTOMERS: {
        **LEAST[CUSTOMERS], "phone": "+447700900101", "email": "ana@example.com", "locale": "en-GB",
        "timezone": "Europe/London", "loyalty_tier": "gold", "lifetime_value": 1200.5, "visit_count": 7,
        "preferred_staff_ids": ["mia"], "preferred_service_ids": ["cut"], "minimum_notice_minutes": 45,
        "sooner_opt_in": True, "blocked": False, "open_complaint": False, "is_staff": False, "created_at": AT, "consents": NOTHING,
    },
    WAITLIST: {
        **LEAST[WAITLIST], "service_ids": ["cut"], "staff_ids": ["mia"],
        "windows": [{"start": AT, "end": AT + timedelta(hours=3)}], "minimum_notice_minutes": 45, "priority": -1,
        "status": "waiting", "created_at": AT, "expires_at": AT + timedelta(7),
    },
    SETTINGS: {
        "mode": "live", "gap": {"settle_seconds": 0}, "offers": {}, "discounts": {}, "autonomy": {}, "limits": {},
        "quiet_hours": {"start": "20:30", "end": "09:00"}, "circuit_breaker": {}, "measurement": {}, "approval_amount": 500,
        "approval_ttl_minutes": 60,
    },
}  # fmt: skip
"""With every field the suite knows."""

PENDING: Data = {
    "status": "pending",
    "action_summary": "Offer 25 % to Ana",
    "expires_at": AT,
    "response": {"action": None, "responded_by": None, "responded_at": None, "notes": None},
    "created_at": AT,
    "updated_at": AT,
}


def standing(path: str) -> Data:
    return PENDING if path == APPROVALS else LEAST.get(path, {"kept": True})


TEXT = [5, "x" * 1001]
ID = [5, "", "a/b", "..", "__x__", "x" * 129]
IDS = ["cut", ["x"] * 101, ["x" * 12801], [5]]
FLAG = ["true", 1]
INSTANT = ["2026-11-21T10:00:00Z", 5]
MINUTES = ["60", -1, 10081, 30.5]
AMOUNT = ["500", -1, 1e10, float("nan")]
LIST: list[Any] = [{"0": 1}, [1] * 401]
MAP: list[Any] = [["x"], {f"k{number}": 1 for number in range(401)}]
WALL: list[Any] = [
    *(["10:00"], 5, {"monday": []}, {"mon": {"start": "10:00", "end": "11:00"}}),
    {"mon": [{"start": "10:00", "end": "11:00"}] * 9},
    *(
        {day: wrong}
        for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        for wrong in ("10:00", ["10:00-11:00"])
    ),
    *({"sat": [wrong]} for wrong in ({"start": "10:00"}, {"end": "10:00"}, {})),
    *(
        {"sun": [{"start": start, "end": end}]}
        for start, end in (("9:00", "11:00"), ("10:00", "25:00"), ("25:00", "24:00"), (10, 11))
    ),
]

CONTACT = {"name": "Olga", "role": "owner", "phone": "+447700900999"}
NO_CONTACTS: list[Any] = [
    *([wrong] for wrong in ("Olga", {**CONTACT, "phone": "07700 900999"}, {**CONTACT, "phone": 5})),
    *([CONTACT] * place + [{**CONTACT, "phone": "07700900999"}] for place in range(1, 5)),
    [CONTACT] * 21,
]

WRONG: dict[str, dict[str, list[Any]]] = {
    SALON: {
        "name": [None, *TEXT], "organization_id": ID, "status": ["closed", 5], "timezone": [None, 5, "x" * 65],
        "currency": [None, 5, "inr", "RUPEES"], "locale": TEXT, "address": TEXT, "opening_hours": WALL,
        "special_hours": MAP, "closures": LIST, "contacts": [*LIST, *NO_CONTACTS], "messaging": MAP,
        "created_at": INSTANT, "updated_at": INSTANT,
    },
    BOOKINGS: {
        "customer_id": ID, "staff_id": [None, *ID], "service_ids": IDS,
        "start_time": [None, *INSTANT, AT + timedelta(hours=1), AT + timedelta(hours=2)],
        "end_time": [None, *INSTANT, AT], "price": AMOUNT, "source": ["web", 5], "status": [None, "booked", 5],
        "created_at": INSTANT, "updated_at": INSTANT, "confirmed_at": INSTANT, "cancelled_at": INSTANT,
        "cancelled_by": ["staff", 5], "cancellation_reason": TEXT, "rescheduled_from": ID,
        "outreach_id": ["out_1"], "gap_id": ["gap_1"], "chain_depth": [1],
    },
    STAFF: {
        "name": [None, *TEXT], "active": FLAG, "service_ids": IDS, "working_hours": WALL, "shifts": MAP,
        "breaks": WALL, "time_off": LIST,
    },
    SERVICES: {
        "name": [None, *TEXT], "category": TEXT, "duration_minutes": [None, 0, *MINUTES], "price": [None, *AMOUNT],
        "margin": ["0.6", -0.1, 1.1], "buffer_before_minutes": MINUTES, "buffer_after_minutes": MINUTES,
        "processing": [
            *(20, [20], {}, {"after_minutes": 20}, {"minutes": 15}),
            *({"after_minutes": wrong, "minutes": 15} for wrong in MINUTES),
            *({"after_minutes": 20, "minutes": wrong} for wrong in MINUTES),
        ],
        "resource_ids": IDS, "active": FLAG,
    },
    CUSTOMERS: {
        "name": [None, *TEXT], "phone": [5, "07700 900101", "+0123456789", "+1234", "+44770090010112345"],
        "email": TEXT, "locale": TEXT, "timezone": TEXT, "loyalty_tier": ["diamond", 5], "lifetime_value": AMOUNT,
        "visit_count": ["7", -1, 1.5, 1000001], "preferred_staff_ids": IDS, "preferred_service_ids": IDS,
        "minimum_notice_minutes": MINUTES, "sooner_opt_in": FLAG, "blocked": FLAG, "open_complaint": FLAG, "is_staff": FLAG,
        "created_at": INSTANT,
        "consents": [
            *("all", ["whatsapp"]),
            *({channel: wrong} for channel in EVERYTHING for wrong in ("yes", 1, {"marketing": "no"}, {"service": 0})),
        ],
    },
    WAITLIST: {
        "customer_id": [None, *ID], "service_ids": IDS, "staff_ids": IDS, "windows": LIST,
        "minimum_notice_minutes": MINUTES, "priority": ["high", 0.5, 2000000, -2000000], "status": ["open", 5],
        "created_at": INSTANT, "expires_at": INSTANT,
    },
    SETTINGS: {
        "mode": ["on", 5], **{group: [5, {f"k{number}": 1 for number in range(51)}] for group in (
            "gap", "offers", "discounts", "autonomy", "limits", "quiet_hours", "circuit_breaker", "measurement"
        )},
        "approval_amount": AMOUNT, "approval_ttl_minutes": [0, 1441, "60", 1.5],
    },
}  # fmt: skip
"""For each field values that must not get in: types, sizes, ranges. None is here where a field may not be missing."""
