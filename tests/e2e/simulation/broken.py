"""The suite with one promise broken on purpose, each as a small patch: what a hurried change might do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """`edits` of one file, as (sound, broken); the sound text stands in it exactly once."""

    name: str
    rule: str
    """The one that has to notice it."""
    file: str
    edits: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str, str], ...] = ()
    """More edits, each of the file that it names first: where the promise is kept in two places."""

    def patched(self, root: Path) -> dict[str, str]:
        """The files as the mutant breaks them, by name."""
        files: dict[str, str] = {}
        for name, sound, broken in (*((self.file, *edit) for edit in self.edits), *self.elsewhere):
            text = files.get(name) or (root / name).read_text()
            if text.count(sound) != 1:
                raise LookupError(f"{self.name}: expected once in {name}, found otherwise: {sound!r}")
            files[name] = text.replace(sound, broken)
        return files


MUTANTS = (
    Mutant(
        "sent without a claim",
        "one_message_leaves_once",
        "functions/send_outreach/send_message.py",
        (
            (
                "if not documents.commit(*update(claimed, snapshot), *trial):",
                "if documents.commit(*update(claimed, snapshot), *trial) is None:",
            ),
        ),
    ),
    Mutant(
        "sent before the claim is committed",
        "nothing_goes_out_unclaimed",
        "functions/send_outreach/send_message.py",
        (
            (
                "    claimed = claim(spoken, now=now, actor=ACTOR)\n",
                "    claimed = claim(spoken, now=now, actor=ACTOR)\n    messenger.send(sending)  # type: ignore[arg-type]\n",
            ),
        ),
    ),
    Mutant(
        "sent again after a lost answer",
        "one_message_leaves_once",
        "functions/send_outreach/attempt.py",
        (
            (
                '        "unknown",\n        "failed",\n        now=now,\n        actor=actor,\n        action="The provider\'s answer was lost",\n',
                '        "pending",\n        "held",\n        now=now,\n        actor=actor,\n        action="Held: the answer was lost",\n',
            ),
        ),
    ),
    Mutant(
        "asked though what they wrote waits",
        "nobody_is_asked_whose_message_waits",
        "shared/asking/person.py",
        (("    if unanswered:\n", "    if unanswered and not customer.name:\n"),),
    ),
    Mutant(
        "somebody else's message taken for no message",
        "what_is_quoted_is_what_is_answered",
        "functions/answer_message/bind_reply.py",
        (("    if ours is None and (said.replied_to_sid or said.button_payload):", "    if False:"),),
    ),
    Mutant(
        "a yes believed whatever they asked",
        "no_bare_yes_books_while_a_question_waits",
        "functions/answer_message/find_doubt.py",
        ((" or _wrote_after(asked or outreach, said, documents)", ""),),
    ),
    Mutant(
        "the last message first",
        "messages_are_answered_in_turn",
        "functions/answer_message/answer_conversation.py",
        (('        order_by=("received_at",),', '        order_by=("-received_at",),'),),
    ),
    Mutant(
        "sold without looking at the bookings",
        "nothing_is_sold_twice",
        "shared/sales/acceptance.py",
        (("    if takes(staff_bookings, slot, services):", "    if False:"),),
    ),
    Mutant(
        "the customer's other bookings not looked at",
        "nothing_is_sold_twice",
        "shared/sales/acceptance.py",
        (
            (
                "    if any(booking.occupies and booking.stretch.overlaps(slot.stretch) for booking in customer_bookings):",
                "    if False:",
            ),
        ),
    ),
    Mutant(
        "bookings read outside the transaction",
        "nothing_is_sold_twice",
        "shared/sales/sell_slot.py",
        (
            (
                'staff_bookings=_bookings_around(reader, "staff_id"',
                'staff_bookings=_bookings_around(answer.documents, "staff_id"',
            ),
        ),
    ),
    Mutant(
        "handled before it is stored",
        "every_yes_has_an_end",
        "functions/receive_message/store_message.py",
        (
            (
                "            new = store_inbound(",
                "            new = said.received_at.second % 4 == 0 or store_inbound(",
            ),
        ),
    ),
    Mutant(
        "a yes not worked on again after a crash",
        "nothing_is_given_up_untried",
        "functions/answer_message/answer_conversation.py",
        (
            (
                "        _put_off(said, documents, clock)\n",
                '        _put_off(said, documents, clock)\n        return "handled before"\n',
            ),
        ),
    ),
    Mutant(
        "published once, if at all",
        "everything_is_announced",
        "functions/relay_events/announce.py",
        (
            (
                "    bus.publish(\n",
                "    documents.commit(Update(record.path, {'announced_at': clock.now(), 'due_at': None}))\n    bus.publish(\n",
            ),
        ),
    ),
    Mutant(
        "a dead sender's claim left standing",
        "what_is_due_is_done_soon",
        "functions/send_outreach/move_on.py",
        (
            (
                '''        return "answer lost" if documents.commit(*update(lost, snapshot)) else "moved by another"''',
                '''        return "answer lost" if lost.document.salon_id == "" else "moved by another"''',
            ),
        ),
    ),
    Mutant(
        "opt-outs not looked at",
        "consent_and_hours_hold",
        "functions/send_outreach/find_obstacle.py",
        (("in withdrawn(chain.from_iterable(ledger.values())):", "in ():"),),
    ),
    Mutant(
        "contact limits not looked at",
        "contact_limits_hold",
        "shared/asking/limits.py",
        (
            (
                '    return [PastAsk(ask.created_at, ask.consent_purpose == "marketing") for ask in recent if bothered(ask)]',
                "    return []",
            ),
        ),
    ),
    Mutant(
        "the sender's tier not looked at",
        "recipients_stay_within_the_tier",
        "shared/asking/sender_budget.py",
        (("        if left <= 0:", "        if False:"),),
    ),
    Mutant(
        "asks not counted",
        "counters_equal_the_history",
        "shared/asking/limits.py",
        (("        counts[agent] = counts.get(agent, 0) + count", "        counts[agent] = counts.get(agent, 0)"),),
    ),
    Mutant(
        "a late delivery report moves backward",
        "only_allowed_steps",
        "functions/track_delivery/delivery_report.py",
        (
            ("    if _RANK[reached] <= _RANK[message.status]:", "    if reached == message.status:"),
            ("import Amended\n", "import Amended, amend\n"),
            (
                """    return step(
        message,
        reached,
        "sent" if reached == "sent" else "delivered",
        now=now,
        actor=ACTOR,
        action=f"Reported {reached}",
""",
                """    return amend(
        message,
        event="outreach_delivered",
        payload={"path": message.path},
        status=reached,
        now=now,
        actor=ACTOR,
        action=f"Reported {reached}",
""",
            ),
        ),
    ),
    Mutant(
        "a refusal that says nothing",
        "every_yes_has_an_end",
        "shared/asking/answer_plainly.py",
        (
            (
                "    return (*update(told, read), *create(say(answer, now=now, actor=actor)))",
                "    return (*update(told, read),)",
            ),
        ),
    ),
    Mutant(
        "a late yes answered as often as it is heard of",
        "every_yes_has_an_end",
        "functions/fill_gap/answer_late_yes.py",
        (("if found is None or lost is None or not lost.response.owed:", "if found is None or lost is None:"),),
    ),
    Mutant(
        "a late yes whose event is lost never answered",
        "a_late_yes_is_answered_soon",
        "functions/send_outreach/move_on.py",
        (
            (
                "        done = documents.commit(*late_yes_due(message, snapshot, documents, now=now, actor=ACTOR))",
                "        done = False",
            ),
        ),
    ),
    Mutant(
        "a place on the waitlist kept after its offer",
        "a_place_waits_again_with_the_end_of_its_offer",
        "shared/asking/release_wish.py",
        (("    if outreach.waitlist_entry_id is None or not outreach.is_open:", "    if True:"),),
    ),
    Mutant(
        "asks counted outside the transaction",
        "counters_equal_the_history",
        "shared/asking/ask_people.py",
        (
            (
                "    def work(transaction: Transaction) -> Asked | NobodyAsked:\n",
                "    before, _ = counters_to_change(documents)\n\n    def work(transaction: Transaction) -> Asked | NobodyAsked:\n",
            ),
            (
                "        asked, writes = _ask(proposal, load, choose, transaction)\n",
                "        asked, writes = _ask(proposal, load, choose, transaction, before)\n",
            ),
            (
                "    transaction: Reader,\n) -> tuple[",
                "    transaction: Reader,\n    counters: AskCounters,\n) -> tuple[",
            ),
            (
                "    counters, counters_read = counters_to_change(transaction)\n",
                "    _, counters_read = counters_to_change(transaction)\n",
            ),
        ),
    ),
    Mutant(
        "a round not bound to where its campaign was",
        "rounds_keep_their_pause",
        "functions/fill_gap/ask_round.py",
        (
            (
                "        if gap is None or gap.campaign != context.gap.campaign:\n",
                "        if gap is None:\n",
            ),
        ),
    ),
    Mutant(
        "an approval not looked at again",
        "asks_are_about_open_time",
        "functions/fill_gap/ask_round.py",
        (
            (
                '    if gap is None or not gap.is_open:\n        return NobodyAsked("the time is no longer free")\n    salon,',
                '    if gap is None:\n        return NobodyAsked("the time is no longer free")\n    salon,',
            ),
            ("        if open_gap is None or not open_gap.is_open:", "        if open_gap is None:"),
        ),
        (
            (
                "functions/fill_gap/round_choice.py",
                '            campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": facts.decision.id}),\n',
                "            *([campaigned(gap, campaign, now=now, actor=AGENT)] if gap.is_open else []),\n",
            ),
            (
                "shared/asking/ask_people.py",
                "    reason = unmet(selected.guard, facts) or unwanted(person.customer, unanswered=person.unanswered)\n",
                "    reason = unwanted(person.customer, unanswered=person.unanswered)\n",
            ),
        ),
    ),
    Mutant(
        "an approval carried out without an answer",
        "the_owner_allowed_it",
        "functions/resolve_approval/hear_answer.py",
        (
            (
                '*settled(snapshot, "expired", documents',
                '*settled(snapshot, "approved", documents',
            ),
        ),
    ),
    Mutant(
        "a paused salon goes on asking",
        "nobody_asks_while_stopped",
        "functions/send_outreach/find_obstacle.py",
        (
            (
                '    if salon.status == "paused":\n        return Hold',
                '    if salon.status == "closed":\n        return Hold',
            ),
        ),
    ),
    Mutant(
        "sent by a machine that hung since the look",
        "what_leaves_was_looked_at_just_before",
        "functions/send_outreach/send_message.py",
        (("    if clock.now() - now > FRESH:", "    if False:"),),
    ),
    Mutant(
        "the breaker not looked at",
        "nobody_asks_while_stopped",
        "functions/send_outreach/send_message.py",
        (
            ("        if isinstance(admission, Stopped):\n", "        if isinstance(admission, Stopped) and False:\n"),
            (
                "        breaker = admission\n",
                "        breaker = admission if isinstance(admission, Breaker) else Breaker()\n",
            ),
        ),
    ),
    Mutant(
        "a change written without its record",
        "every_change_has_its_record",
        "shared/records/commit.py",
        (("    return changed, fact(amended.record)", "    return changed, changed"),),
    ),
    Mutant(
        "records that do not form a chain",
        "trails_replay_to_what_is_stored",
        "shared/records/audit.py",
        (("        previous_hash=document.audit_head,\n", "        previous_hash=None,\n"),),
    ),
    Mutant(
        "a status that its record does not tell",
        "trails_replay_to_what_is_stored",
        "functions/send_outreach/attempt.py",
        (('        "claimed",\n', '        "requested",\n'),),
    ),
    Mutant(
        "a wake-up forgotten",
        "whatever_waits_has_a_wake_up",
        "functions/send_outreach/attempt.py",
        (("        due_at=now + CLAIM_LEASE,\n", "        due_at=None,\n"),),
    ),
    Mutant(
        "a due document never cleared",
        "what_is_due_is_done_soon",
        "functions/send_outreach/attempt.py",
        (
            (
                'announces="OUTREACH_NOT_ARRIVED",\n        due_at=message.expires_at,',
                'announces="OUTREACH_NOT_ARRIVED",\n        due_at=message.due_at,',
            ),
        ),
    ),
    Mutant(
        "only the first page is woken",
        "what_is_due_is_done_soon",
        "functions/wake_due/publish_due.py",
        (
            (
                '            bus.publish(Published("ticks", {"at": at, "after": rest}, {"tick": "wake_due"}))\n',
                "            json.loads(rest)\n",
            ),
        ),
    ),
    Mutant(
        "a sale without its record",
        "what_we_write_for_the_app_has_its_record",
        "shared/sales/sell_slot.py",
        (("            fact(_announced(booking, outreach, salon.id, now)),\n", ""),),
    ),
    Mutant(
        "a sale without its confirmation",
        "every_yes_has_an_end",
        "shared/sales/sell_slot.py",
        (
            (
                "            *create(say(confirmation_of(outreach, salon, said_in=said, now=now), now=now, actor=actor)),\n",
                "",
            ),
        ),
    ),
    Mutant(
        "a later booking kept by who comes sooner",
        "who_comes_sooner_gives_up_what_is_later",
        "shared/sales/sell_slot.py",
        (("            *_moved_away(moved, booking, outreach, salon.id, now),\n", ""),),
    ),
    Mutant(
        "a message that was answered meanwhile is not known to be",
        "nothing_broke",
        "functions/send_outreach/attempt.py",
        (('    if message.status in ("sending", "unknown"):\n', '    if message.status != "sent":\n'),),
    ),
    Mutant(
        "rooms not looked at",
        "no_room_is_sold_twice",
        "shared/sales/sell_slot.py",
        ((" or room.free(slot, reader):\n", " or True:\n"),),
    ),
    Mutant(
        "given up at the second failure",
        "nothing_is_given_up_untried",
        "functions/answer_message/answer_conversation.py",
        (("said.revision > TRIES", "said.revision > 1"),),
    ),
    Mutant(
        "only where a booking was is looked at",
        "gaps_are_free",
        "shared/calendar/booking_changes.py",
        (("for booking in bookings if booking for staff_day", "for booking in bookings[:1] if booking for staff_day"),),
    ),
    Mutant(
        "a booking over our sale told to nobody",
        "double_bookings_are_noticed",
        "shared/calendar/booking_changes.py",
        (('        if sale.source == "smart_fill"\n    ]', '        if sale.source == "import"\n    ]'),),
    ),
    Mutant(
        "only the first batch of a query is made",
        "contact_limits_hold",
        "shared/records/split_query.py",
        (
            (
                '    return [Query(collection, where=((field, "in", part), *where)) for part in parts]',
                '    return [Query(collection, where=((field, "in", part), *where)) for part in parts[:1]]',
            ),
        ),
    ),
    Mutant(
        "the salon's hourly limit not looked at",
        "salon_limits_hold",
        "shared/asking/limits.py",
        (
            (
                "return max(0, min(limits.hourly_actions - hour, limits.daily_actions - today))",
                "return max(0, limits.daily_actions - today)",
            ),
        ),
    ),
    Mutant(
        "a pause of promotion not looked at again",
        "promotion_keeps_its_pause",
        "shared/asking/ask_people.py",
        (("        if stopped and selected.consent", "        if False and selected.consent"),),
    ),
    Mutant(
        "the day of the limits is that of UTC",
        "counters_equal_the_history",
        "shared/asking/limits.py",
        (
            (
                "return max(self.day, now.astimezone(zone).date().isoformat())",
                "return max(self.day, now.date().isoformat())",
            ),
        ),
    ),
    Mutant(
        "an approved ask not counted by its campaign",
        "campaigns_count_their_asks",
        "functions/fill_gap/round_choice.py",
        (("gap.campaign.having_asked(len(asked), now).changed(", "gap.campaign.changed("),),
    ),
    Mutant(
        "what was learnt is learnt again",
        "each_offer_teaches_once",
        "functions/clean_up/learn_acceptance.py",
        (("since = learned.counted_until or datetime", "since = datetime"),),
    ),
    Mutant(
        "a record written over the one that stands",
        "records_are_never_rewritten",
        "shared/records/commit.py",
        (
            (
                "from shared.ports import Clock, Contended, Create, Snapshot,",
                "from shared.ports import Clock, Contended, Create, Put, Snapshot,",
            ),
            ("    return Create(record.path, record.stored())", "    return Put(record.path, record.stored())"),
        ),
    ),
    Mutant(
        "announced while it is being written",
        "nothing_is_announced_before_it_is_committed",
        "shared/records/commit.py",
        (
            (
                "    return Create(record.path, record.stored())",
                '    if (event := record.event()) is not None:\n        from shared.adapters import pubsub\n        from shared.ports import Published\n\n        about = {"event_type": event.event_type, "salon_id": event.salon_id, "event_id": event.event_id}\n        about["schema_version"] = "1"\n        pubsub.bus().publish(Published("salon-events", event.model_dump(mode="json"), about))\n    return Create(record.path, record.stored())',
            ),
        ),
    ),
    Mutant(
        "a message to several branches given to the first",
        "documents_are_of_one_tenant",
        "functions/receive_message/store_message.py",
        (("        case [salon_id]:\n", "        case [salon_id, *_]:\n"),),
    ),
    Mutant(
        "sent from a number that others hold",
        "messages_are_of_one_tenant",
        "functions/send_outreach/send_message.py",
        (("    return route is not None and salon_id in", "    return route is not None or salon_id in"),),
    ),
    Mutant(
        "a phone number announced",
        "announcements_know_nobody",
        "shared/asking/outreach.py",
        (
            (
                "        payload=details,\n        response=Response(received=True, action=result, responded_at=now, booking_id=booking_id, said_in=said_in),",
                '        payload={**details, "phone": outreach.customer_phone},\n        response=Response(received=True, action=result, responded_at=now, booking_id=booking_id, said_in=said_in),',
            ),
        ),
    ),
    Mutant(
        "a phone number logged",
        "logs_know_nobody",
        "functions/receive_message/main.py",
        (
            (
                "    return Answered(taken, outcome, event_id=event_id)",
                '    return Answered(taken, outcome, reason=form.get("From"), event_id=event_id)',
            ),
        ),
    ),
    Mutant(
        "messages of which nobody says that they are due",
        "nothing_is_stuck",
        "functions/wake_due/groups.py",
        (('    "messages",\n', ""),),
    ),
    Mutant(
        "a customer's own bookings not looked at",
        "nobody_is_asked_about_time_they_are_booked_in",
        "functions/fill_gap/find_prospects.py",
        (
            (
                "bookings=tuple(booking for booking in bookings if booking.customer_id == customer_id),",
                "bookings=(),",
            ),
        ),
    ),
    Mutant(
        "only the first thirty of a query's values are asked for",
        "nobody_is_asked_about_time_they_are_booked_in",
        "shared/records/split_query.py",
        (("range(0, len(values), IN_LIMIT)", "range(0, min(len(values), 30), IN_LIMIT)"),),
    ),
)
