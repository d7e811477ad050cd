"""Looks at how people react to promotional asks when somebody opted out after their offer was over."""

from datetime import timedelta

from shared.asking.watch_reactions import watch_reactions
from shared.ports import Clock, Documents, Query

SAID_WITHIN = timedelta(hours=2)
"""How far back each run looks for opt-outs: further than the run before, so that a late or lost run misses none."""


def watch_late_opt_outs(documents: Documents, *, clock: Clock) -> None:
    """Looks only when there was such a STOP of late, and then at every agent that has a state: whoever has asked. It announces
    nothing, because no open offer ends with it, so nobody else would look."""
    query = Query("consents", where=(("at", ">", clock.now() - SAID_WITHIN),), order_by=("-at",), limit=1)
    if not documents.query(query):
        return
    for state in documents.query(Query("agent_states")):
        watch_reactions(state.id, documents=documents, clock=clock)
