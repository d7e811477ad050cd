"""Whatever the suite stores was declared, with who may read it and how long it is kept, by one of its functions."""

import re

from local.functions import load
from tests.stories.salon import cancel, offers, phone, salon, write

BY_THE_APP = {f"salons/{{salon}}/{kind}/{{id}}" for kind in ("bookings", "customers", "services", "staff", "waitlist")}
OURS = {collection.document for function in load() for collection in function.collections}
KNOWN = {*BY_THE_APP, *OURS, "salons/{salon}", "salons/{salon}/settings/current"}
PATTERNS = [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(document))) for document in KNOWN]


def test_a_day_of_offers_replies_and_cleaning_up_leaves_only_what_was_declared() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        write(suite, "how much?", sender=phone(0))
        suite.reply(offers(suite)[0], button=0)
        write(suite, "stop", sender=phone(1))
        suite.run_until_idle()
        suite.advance(hours=2)
        stored = {
            f"{collection}/{id}" for collection, found in suite.database._collections.items() for id in found.documents
        }
    assert {path for path in stored if not any(pattern.fullmatch(path) for pattern in PATTERNS)} == set()
    assert {path.split("/")[-2] for path in stored} >= {
        "gaps",
        "outreach",
        "consents",
        "counters",
        "audit_logs",
        "registry",
    }
