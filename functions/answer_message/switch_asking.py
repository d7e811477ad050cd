"""Stops and resumes all asking of a salon, at the word of one of its own people."""

from datetime import datetime
from typing import get_args

from shared.asking.agent_state import AgentState, fresh, paused, resumed, state_path
from shared.asking.decision import Agent
from shared.ports import Documents, Write
from shared.records.commit import create, update

AGENTS: tuple[Agent, ...] = get_args(Agent)


def pausing(documents: Documents, *, now: datetime, actor: str) -> tuple[Write, ...]:
    """The writes that pause every agent, those too that have never asked anybody yet. What is paused already stays as it is.
    The commit fails when somebody wrote one of them meanwhile."""
    found = {snapshot.path: snapshot for snapshot in documents.get_all([state_path(agent) for agent in AGENTS])}
    writes: list[Write] = []
    for agent in AGENTS:
        read = found.get(state_path(agent))
        state = AgentState.model_validate(read.data) if read else fresh(documents.salon_id, agent, now)
        if state.status != "paused":
            moved = paused(state, now=now, actor=actor)
            writes += update(moved, read) if read else create(moved)
    return tuple(writes)


def resuming(documents: Documents, *, now: datetime, actor: str) -> tuple[Write, ...]:
    """The writes that let every paused agent go on, as far as nothing else stops it."""
    writes: list[Write] = []
    for read in documents.get_all([state_path(agent) for agent in AGENTS]):
        state = AgentState.model_validate(read.data)
        if state.status == "paused":
            writes += update(resumed(state, now=now, actor=actor), read)
    return tuple(writes)


def is_paused(documents: Documents) -> bool:
    """Whether all asking is stopped."""
    found = documents.get_all([state_path(agent) for agent in AGENTS])
    return len(found) == len(AGENTS) and all(snapshot.data["status"] == "paused" for snapshot in found)
