"""The suite with one promise broken on purpose, each as a small patch: what a hurried change might do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`edits` of one file, as (sound, broken); the sound text stands in it exactly once."""

    name: str
    file: str
    edits: tuple[tuple[str, str], ...]


MUTANTS = (
    Mutant(
        "sent without a claim",
        "functions/send_outreach/send_message.py",
        (
            (
                "if not documents.commit(*update(claimed, snapshot)):",
                "if documents.commit(*update(claimed, snapshot)) is None:",
            ),
        ),
    ),
    Mutant(
        "sent before the claim is committed",
        "functions/send_outreach/send_message.py",
        (
            (
                "    claimed = claim(message, now=now, actor=ACTOR)\n",
                "    claimed = claim(message, now=now, actor=ACTOR)\n    messenger.send(sending)  # type: ignore[arg-type]\n",
            ),
        ),
    ),
    Mutant(
        "sent again after a lost answer",
        "shared/messaging/sending.py",
        (('        "unknown",\n        "failed",\n', '        "pending",\n        "failed",\n'),),
    ),
    Mutant(
        "sold without looking at the bookings",
        "shared/sales/acceptance.py",
        (("    if takes(staff_bookings, slot, services):", "    if False:"),),
    ),
    Mutant(
        "the customer's other bookings not looked at",
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
        "shared/sales/sell_slot.py",
        (
            (
                'staff_bookings=_bookings_around(transaction, "staff_id"',
                'staff_bookings=_bookings_around(answer.documents, "staff_id"',
            ),
        ),
    ),
    Mutant(
        "handled before it is stored",
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
        "functions/send_outreach/find_obstacle.py",
        (("in withdrawn(chain.from_iterable(ledger.values())):", "in ():"),),
    ),
    Mutant(
        "contact limits not looked at",
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
        "functions/fill_gap/sender_budget.py",
        (("        elif left <= 0:", "        elif False:"),),
    ),
    Mutant(
        "asks not counted",
        "shared/asking/limits.py",
        (("        counts[agent] = counts.get(agent, 0) + count", "        counts[agent] = counts.get(agent, 0)"),),
    ),
    Mutant(
        "a late delivery report moves backward",
        "functions/track_delivery/delivery_report.py",
        (("    if _RANK[reached] <= _RANK[message.status]:", "    if reached == message.status:"),),
    ),
    Mutant(
        "a refusal that says nothing",
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
        "functions/fill_gap/answer_late_yes.py",
        (("if found is None or lost is None or not lost.response.owed:", "if found is None or lost is None:"),),
    ),
    Mutant(
        "a late yes whose event is lost never answered",
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
        "shared/asking/release_wish.py",
        (("    if outreach.waitlist_entry_id is None or not outreach.is_open:", "    if True:"),),
    ),
    Mutant(
        "asks counted outside the transaction",
        "functions/fill_gap/ask_round.py",
        (
            (
                "        return _round(transaction, context, candidates, due, step, load_staff_name(context.gap, documents))\n",
                "        return _round(transaction, context, candidates, due, step, load_staff_name(context.gap, documents), counters)\n",
            ),
            (
                "    staff_name: str,\n) -> Asked | NobodyAsked:\n    settings, now",
                "    staff_name: str,\n    counters: AskCounters,\n) -> Asked | NobodyAsked:\n    settings, now",
            ),
            (
                "    counters, counters_read = counters_to_change(transaction)\n    candidates = checked_again(",
                "    _, counters_read = counters_to_change(transaction)\n    candidates = checked_again(",
            ),
        ),
    ),
    Mutant(
        "a round not bound to where its campaign was",
        "functions/fill_gap/ask_round.py",
        (
            (
                "    if gap is None or gap.campaign != context.gap.campaign:\n        transaction.write",
                "    if gap is None:\n        transaction.write",
            ),
        ),
    ),
    Mutant(
        "an approval not looked at again",
        "functions/fill_gap/ask_round.py",
        (
            (
                '    if gap is None or not gap.is_open:\n        return NobodyAsked("the time is no longer free")\n    salon,',
                '    if gap is None:\n        return NobodyAsked("the time is no longer free")\n    salon,',
            ),
            ("    elif gap is None or not gap.is_open:", "    elif gap is None:"),
            ("    elif again[0].excluded:", "    elif False:"),
            (
                "    if candidate.excluded is not None:\n        return NobodyAsked",
                "    if not (candidate.slot and candidate.channel and candidate.deadline):\n        return NobodyAsked",
            ),
        ),
    ),
    Mutant(
        "an approval carried out without an answer",
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
        "functions/send_outreach/send_message.py",
        (("    if clock.now() - now > FRESH:", "    if False:"),),
    ),
    Mutant(
        "the breaker not looked at",
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
        "shared/records/commit.py",
        (("    return changed, fact(amended.record)", "    return changed, changed"),),
    ),
    Mutant(
        "records that do not form a chain",
        "shared/records/audit.py",
        (("        previous_hash=document.audit_head,\n", "        previous_hash=None,\n"),),
    ),
    Mutant(
        "a status that its record does not tell",
        "shared/messaging/sending.py",
        (('        "claimed",\n', '        "requested",\n'),),
    ),
    Mutant(
        "a wake-up forgotten",
        "shared/messaging/sending.py",
        (("        due_at=now + CLAIM_LEASE,\n", "        due_at=None,\n"),),
    ),
    Mutant(
        "a due document never cleared",
        "shared/messaging/sending.py",
        (
            (
                'announces="OUTREACH_NOT_ARRIVED",\n        due_at=message.expires_at,',
                'announces="OUTREACH_NOT_ARRIVED",\n        due_at=message.due_at,',
            ),
        ),
    ),
    Mutant(
        "only the first page is woken",
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
        "shared/sales/sell_slot.py",
        (("            fact(_announced(booking, outreach, salon.id, now)),\n", ""),),
    ),
    Mutant(
        "a sale without its confirmation",
        "shared/sales/sell_slot.py",
        (
            (
                "            *create(say(confirmation_of(booking, outreach, salon, said_in=said, now=now), now=now, actor=actor)),\n",
                "",
            ),
        ),
    ),
    Mutant(
        "a later booking kept by who comes sooner",
        "shared/sales/sell_slot.py",
        (("            *_moved_away(moved, booking, outreach, salon.id, now),\n", ""),),
    ),
)
