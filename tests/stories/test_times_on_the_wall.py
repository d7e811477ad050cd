"""Whatever is said of a time, to whomever and wherever, is what the clock on the salon's wall shows then."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from functions.repair_salon.mend import repair_salon
from shared.ports import Refused
from tests.functions.fill_gap.test_late_yes import free, lose
from tests.functions.resolve_approval.test_approvals import BY_SMS, link_of
from tests.stories.busy_day import Troubled
from tests.stories.salon import (
    OWNER,
    ROOT,
    SALON,
    booking,
    cancel,
    offer_link,
    offers,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waits,
    write,
)
from tests.zones import MONDAY, in_each_zone, wall

TUESDAY = MONDAY + timedelta(days=1)


@in_each_zone
def test_an_offer_its_answers_and_the_owners_notice_say_the_salons_time(zone: ZoneInfo):
    with salon(zone=zone, now=wall(zone, "09:30"), waiting=2) as suite:
        free(suite, 16)
        assert "today at 13:00" in texts(suite, phone(0))[0] and "until 10:00" in texts(suite, phone(0))[0]
        kept = outreach_of(suite, "c0")["message"]
        assert "today at 13:00" in kept and "until 10:00" in kept
        assert "today at 13:00" in suite.request("GET", offer_link(suite, "c0")).get_data(as_text=True)
        lose(suite, 1)
        assert "See you today at 13:00" in texts(suite, phone(0))[-1]
        assert "today at 13:00" in texts(suite, OWNER)[-1]
        instead = texts(suite, phone(1))[-1]
        assert "the spot today at 13:00 has just gone" in instead and "today at 16:00" in instead and "10:00" in instead


@in_each_zone
def test_what_could_mean_several_offers_names_their_times(zone: ZoneInfo):
    with salon(zone=zone, now=wall(zone, "09:30"), waiting=1) as suite:
        cancel(suite)
        first = outreach_of(suite, "c0")
        start = wall(zone, "15:00", TUESDAY)
        slot = {**first["slot"], "start": start, "end": start + timedelta(hours=1)}
        suite.put(f"{ROOT}/outreach/second", {**first, "id": "second", "slot": slot})
        write(suite, "yes", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-1] == "which_one"
        assert "today at 13:00" in texts(suite, phone(0))[-1] and "tomorrow at 15:00" in texts(suite, phone(0))[-1]


@in_each_zone
def test_who_cannot_come_tomorrow_means_tomorrow_on_the_salons_wall(zone: ZoneInfo):
    """From the first minute of a day to the last, and not the day after."""
    for clock in ("00:10", "12:30", "23:50"):
        with salon(zone=zone, now=wall(zone, clock), waiting=1) as suite:
            for day in range(3):
                start = wall(zone, "09:00", MONDAY + timedelta(days=day))
                theirs = booking(start, customer_id="c0", staff_id="noah")
                suite.put(f"{ROOT}/bookings/day{day}", theirs)
            write(suite, "I can't come tomorrow", sender=phone(0))
            suite.run_until_idle()
            assert purposes(suite, phone(0)) == ["cancel_request_received"]
            assert "tomorrow at 09:00" in texts(suite, phone(0))[-1]
            # And so does the owner's inbox, when they write once more.
            write(suite, "how much was it?", sender=phone(0))
            suite.run_until_idle()
            [conversation] = suite.list(f"{ROOT}/conversations").values()
            assert [line["by"] for line in conversation["lines"]] == ["them", "us", "them"]
            assert "tomorrow at 09:00" in conversation["lines"][1]["text"]


@in_each_zone
def test_what_the_owner_is_asked_says_the_salons_time_in_the_message_and_on_its_page(zone: ZoneInfo):
    """By SMS, where the question has its link in it."""
    settings = {"autonomy": {"gap_fill": "supervised"}, "approval_ttl_minutes": 120}
    sms = {"sms": {"marketing": True, "service": True}}
    with salon(zone=zone, now=wall(zone, "09:30"), waiting=0, settings=settings, messaging=BY_SMS) as suite:
        waits(suite, "c0", 0, consents=sms)
        cancel(suite)
        [question] = texts(suite, OWNER)
        page = suite.request("GET", link_of(question)).get_data(as_text=True)
        for said in (question, page):
            assert "Mon 23 Nov at 13:00" in said and "11:30" in said


@in_each_zone
def test_a_sale_of_which_the_customer_may_not_know_is_told_with_the_salons_time(zone: ZoneInfo):
    gone = Refused(63024, "no such recipient", retry=False, provider_fault=False)
    with salon(zone=zone, now=wall(zone, "09:30"), waiting=1) as suite:
        cancel(suite)
        suite.messenger = Troubled(suite.outbox, {phone(0): [gone]})
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        suite.advance(minutes=20)
        repair_salon(documents=suite.store.salon(SALON), clock=suite.clock)
        suite.run_until_idle()
        assert any(
            "today at 13:00" in text and "may not know that they have it" in text for text in texts(suite, OWNER)
        )
