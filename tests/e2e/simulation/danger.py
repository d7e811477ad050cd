"""Whether a run put a rule to the test: whether what the rule guards against really arose in it, so that a suite without the
guard would have decided otherwise. A rule that held in a thousand runs of which none was in danger is unproven.

`DANGERS` says of each rule when a run was in danger of breaking it. Most of it the history tells; where a guard decides and
writes nothing, `watching.py` has seen it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from shared.ports import Create, Update, Write
from tests.e2e.simulation import asking, counting, hearing, moving, recording, selling, tenancy
from tests.e2e.simulation.history import History, kind
from tests.e2e.simulation.rules import RULES, Rule

Danger = Callable[[History], bool]
NOT_REFUSED = ("booked", "declined", "opted_out")


def in_danger(history: History) -> frozenset[str]:
    """The rules that this run put to the test, by name."""
    return frozenset(rule.__name__ for rule, danger in DANGERS.items() if danger(history))


def unproven(dangers: Iterable[frozenset[str]]) -> list[str]:
    """The rules that none of these runs put to the test."""
    met = frozenset[str]().union(*dangers)
    return [rule.__name__ for rule in RULES if rule.__name__ not in met]


def met(what: str) -> Danger:
    """Whether a guard that is watched stopped something."""
    return lambda history: history.cloud.met[what] > 0


def told(*actions: str, of: str | None = None) -> Danger:
    """Whether a record says that this was done; `of` is what kind of document it was done to."""

    def danger(history: History) -> bool:
        return any(r["action"].startswith(actions) and of in (None, r["resource_type"]) for r in history.records)

    return danger


def _moved_on_before_its_answer(history: History) -> bool:
    """Reported, answered or closed, before who sent it wrote down that the provider had taken it."""
    for each in history.cloud.handed_over:
        later = [change for index, change in history.changes(_path(each.sending.reference)) if index >= each.after]
        status = later[0].after["status"] if later and later[0].after else None
        if each.accepted and status in ("delivered", "read", "responded", "expired", "failed"):
            return True
    return False


def _path(reference: str) -> str:
    return f"salons/{reference}"


def _a_yes_was_refused(history: History) -> bool:
    responses = (data["response"] for path, data in history.now.items() if kind(path) == "outreach")
    return any(response["action"] not in (None, *NOT_REFUSED) for response in responses)


def _sold(history: History) -> bool:
    return any(booking["source"] == "smart_fill" for _, _, booking in history.created("bookings"))


def _came_sooner(history: History) -> bool:
    return any(booking.get("rescheduled_from") for _, _, booking in history.created("bookings"))


def _booked_over_a_gap(history: History) -> bool:
    """And for longer than a scan may take, had nobody looked."""
    return any(
        until > since and over - since > selling.SCANNED_WITHIN
        for _, _, since, until, over in selling.gaps_booked(history)
    )


def _left_without_an_answer(history: History) -> bool:
    """A message that may have left, and of which only that is known."""
    return any(
        (change.after or {}).get("status") == "unknown"
        for each in history.left
        for index, change in history.changes(_path(each.sending.reference))
        if index >= each.after
    )


def _a_claim_failed(history: History) -> bool:
    """Somebody else had made it, or whoever was about to died."""
    failed = [*history.cloud.beaten, *(writes for _, _, writes in history.cloud.died_before)]
    return any(
        kind(write.path) in ("outreach", "messages") and write.fields.get("status") == "sending"
        for writes in failed
        for write in writes
        if isinstance(write, Update)
    )


def _recorded_twice(history: History) -> bool:
    """The same fact, by two who both noticed it."""
    return any(all(_record(write) for write in writes) for writes in history.cloud.beaten)


def _never_written(history: History) -> bool:
    """What would have been announced: somebody died over the commit, or was beaten to it."""
    failed = [*history.cloud.beaten, *(writes for _, _, writes in history.cloud.died_before)]
    return any((_record(write) or {}).get("announces") for writes in failed for write in writes)


def _record(write: Write) -> dict[str, Any] | None:
    return write.data if isinstance(write, Create) and kind(write.path) == "audit_logs" else None


def _died_before_publishing(history: History) -> bool:
    return any(who == "relay_events" and what == "publish" for who, what, _ in history.cloud.died_before)


def _a_sender_never_came_back(history: History) -> bool:
    return any(record["details"].get("reason") == "whoever claimed it never came back" for record in history.records)


def _asked_as_approved(history: History) -> bool:
    return any(record["details"].get("result") == "done as it was asked" for record in history.records)


def _nothing_to_ask_about(history: History) -> bool:
    """The time was gone when the round was to go out, or when its approval came."""
    called_off = (record["details"].get("reason") == "the time is no longer free" for record in history.records)
    return met("a round about closed time")(history) or any(called_off)


def kept_out(why: str) -> Danger:
    """Whether somebody was considered and not asked for that reason."""
    return lambda history: _kept_out(history, why)


def _kept_out(history: History, why: str) -> bool:
    decisions = (change.after or {} for change in history.cloud.history if kind(change.path) == "autonomous_decisions")
    return any(each["excluded"] == why for made in decisions for each in made.get("considered", []))


def _counted_otherwise(history: History) -> bool:
    """Somebody counted between a plan and its commit, or it was another day in UTC than on the salon's wall."""
    made = ((history.town.place(path).zone, ask["created_at"]) for _, path, ask in history.created("outreach"))
    return met("counted since the plan")(history) or any(at.astimezone(zone).date() != at.date() for zone, at in made)


def _learnt_twice(history: History) -> bool:
    learnt = [c for c in history.cloud.history if c.path.endswith("/counters/learned")]
    return any(change.before and change.before["tallies"] for change in learnt)


def _rewritten(history: History) -> bool:
    return any(c.before and c.after and "revision" in c.after for c in history.cloud.history)


def _we_wrote_for_the_app(history: History) -> bool:
    return _sold(history) or _moved(history, "waitlist", "waiting", "offered")


def _moved(history: History, collection: str, was: str, is_now: str) -> bool:
    return any(
        kind(change.path) == collection
        and (change.before or {}).get("status") == was
        and (change.after or {}).get("status") == is_now
        for change in history.cloud.history
    )


def _woken(history: History) -> bool:
    """Something that waits was moved on because its time had come."""
    return any(
        change.before and change.before.get("due_at") and change.before["due_at"] <= change.update_time
        for change in history.cloud.history
    )


def _to_one_of_several(history: History) -> bool:
    return any(path.startswith("channel_routes/") for _, path, _ in history.created("inbound"))


DANGERS: dict[Rule, Danger] = {
    moving.nothing_broke: _moved_on_before_its_answer,
    selling.nothing_is_sold_twice: met("a time or a customer taken"),
    selling.no_room_is_sold_twice: met("a room taken"),
    selling.every_yes_has_an_end: _a_yes_was_refused,
    selling.nothing_is_given_up_untried: told("Worked on again"),
    selling.who_comes_sooner_gives_up_what_is_later: _came_sooner,
    selling.gaps_are_free: _booked_over_a_gap,
    selling.double_bookings_are_noticed: lambda history: any(selling.written_over(history)),
    asking.one_message_leaves_once: _left_without_an_answer,
    asking.nothing_goes_out_unclaimed: _a_claim_failed,
    asking.consent_and_hours_hold: told(
        "Closed: the customer has opted out",
        "Closed: the customer no longer consents",
        "Closed: quiet hours",
        "Held: quiet hours",
        of="outreach",
    ),
    asking.contact_limits_hold: met("asked often enough"),
    asking.salon_limits_hold: met("no ask left"),
    asking.recipients_stay_within_the_tier: met("no recipient left"),
    asking.promotion_keeps_its_pause: met("promotion paused"),
    asking.nobody_asks_while_stopped: told(
        "Held: the salon is paused",
        "Held: the circuit breaker is open",
        of="outreach",
    ),
    asking.what_leaves_was_looked_at_just_before: told("Held: it was looked at too long ago", of="outreach"),
    asking.asks_are_about_open_time: _nothing_to_ask_about,
    asking.nobody_is_asked_about_time_they_are_booked_in: kept_out("booked at that time"),
    asking.the_owner_allowed_it: told("Approval expired", of="approval"),
    hearing.nobody_is_asked_whose_message_waits: kept_out("what they wrote waits for an answer"),
    hearing.what_is_quoted_is_what_is_answered: hearing.quotes_something_else,
    hearing.no_bare_yes_books_while_a_question_waits: hearing.a_yes_was_doubted,
    hearing.messages_are_answered_in_turn: hearing.two_wait,
    counting.counters_equal_the_history: _counted_otherwise,
    counting.campaigns_count_their_asks: _asked_as_approved,
    counting.rounds_keep_their_pause: met("a round behind another"),
    counting.each_offer_teaches_once: _learnt_twice,
    recording.every_change_has_its_record: _rewritten,
    recording.what_we_write_for_the_app_has_its_record: _we_wrote_for_the_app,
    recording.records_are_never_rewritten: _recorded_twice,
    recording.trails_replay_to_what_is_stored: _rewritten,
    recording.everything_is_announced: _died_before_publishing,
    recording.nothing_is_announced_before_it_is_committed: _never_written,
    recording.only_allowed_steps: met("a late report"),
    moving.whatever_waits_has_a_wake_up: _woken,
    moving.what_is_due_is_done_soon: met("a third page of what is due"),
    moving.a_late_yes_is_answered_soon: told("Late yes announced again"),
    moving.nothing_is_stuck: _a_sender_never_came_back,
    moving.a_place_waits_again_with_the_end_of_its_offer: lambda h: _moved(h, "waitlist", "offered", "waiting"),
    tenancy.documents_are_of_one_tenant: _to_one_of_several,
    tenancy.messages_are_of_one_tenant: told("Held: the number it would go out from is not this salon's"),
    tenancy.announcements_know_nobody: told("Customer answered", of="outreach"),
    tenancy.logs_know_nobody: lambda history: bool(history.inbound),
}
"""What each rule guards against."""

if missing := [rule.__name__ for rule in RULES if rule not in DANGERS]:
    raise LookupError(f"expected a danger of every rule, found none of {', '.join(missing)}")
