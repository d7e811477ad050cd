"""Finds whom no message would reach at present, because the destination where they would be asked is stopped."""

from collections.abc import Sequence

from shared.asking.destination import Destination, destination_path
from shared.asking.person import Excluded
from shared.asking.proposal import Proposal, Selected
from shared.ports import Reader


def unreachable(people: Sequence[Selected], proposal: Proposal, documents: Reader) -> dict[str, Excluded]:
    """Those of the people, best first, who would be asked in vain, by customer. Where a stop is over, the first of them is the
    trial. Whoever may be asked by SMS instead goes on: what cannot leave by WhatsApp is sent so."""
    paths = {each.id: destination_path(each.channel, each.person.customer.phone or "") for each in people}
    found = documents.get_all(list(dict.fromkeys(paths.values()))) if people else []
    states = {each.path: Destination.model_validate(each.data) for each in found}
    excluded: dict[str, Excluded] = {}
    tried: set[str] = set()
    for each in people:
        state = states.get(paths[each.id])
        if state is None or not (state.is_stopped(proposal.now) or state.needs_trial(proposal.now)):
            continue
        if _has_another_way(each, proposal, documents):
            continue
        if state.is_stopped(proposal.now):
            excluded[each.id] = Excluded(f"{state.channel} reaches nobody there at present", state.stopped_until)
        elif state.path in tried:
            excluded[each.id] = Excluded(f"{state.channel} is tried with one person first")
        tried.add(state.path)
    return excluded


def _has_another_way(selected: Selected, proposal: Proposal, documents: Reader) -> bool:
    """Whether they may be asked by SMS where WhatsApp reaches nobody."""
    person = selected.person
    if selected.channel != "whatsapp" or selected.sms_purpose is None or not proposal.salon.messaging.sms_from:
        return False
    if ("sms", selected.consent) in person.opted_out or not person.customer.consents.allows("sms", selected.consent):
        return False
    found = documents.get(destination_path("sms", person.customer.phone or ""))
    return found is None or not Destination.model_validate(found.data).is_stopped(proposal.now)
