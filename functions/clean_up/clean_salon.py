"""Cleans up a salon, hourly: learns from the offers that have had their time, deletes what has been kept long enough, brings the
figures of the agents up to date, and looks at what people said when the offers of an agent were over.

Bounded work: what a run does not reach is still there for the next. Only what is due is read.
"""

from dataclasses import dataclass

from functions.clean_up.delete_expired import delete_expired
from functions.clean_up.learn_acceptance import learn_acceptance
from functions.clean_up.refresh_agent_states import refresh_agent_states
from functions.clean_up.watch_late_opt_outs import watch_late_opt_outs
from shared.ports import Clock, Store


@dataclass(frozen=True)
class CleanedUp:
    learned: int
    deleted: int


def clean_up(salon_id: str, *, store: Store, clock: Clock) -> CleanedUp:
    documents = store.salon(salon_id)
    learned = learn_acceptance(documents, clock.now())
    deleted = delete_expired(documents, store=store, clock=clock)
    refresh_agent_states(documents=documents, clock=clock)
    watch_late_opt_outs(documents, clock=clock)
    return CleanedUp(learned, deleted)
