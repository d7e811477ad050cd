"""What an agent of a salon is doing: its breaker, which decides, and figures for people to read, which decide nothing.

active <-> circuit_breaker;  any -> paused (the owner) -> active, or circuit_breaker while that is open
"""

from datetime import datetime
from typing import ClassVar, Literal

from shared.asking.agent_figures import AgentConfig, Counters, Figures, Health, RateLimit
from shared.asking.breaker import Breaker
from shared.asking.decision import Agent
from shared.asking.promotion_pause import PAUSE, PromotionPause
from shared.records.audit import Amended, amend
from shared.records.events import EventType
from shared.records.stored import Instant, StateDocument

Status = Literal["active", "paused", "error", "circuit_breaker"]


class AgentState(StateDocument):
    """`agent_states/{agent_name}`. Where there is none, the agent is active and its breaker closed. The fields that
    begin with `last_execution` or follow `marketing` are figures, refreshed hourly and part of no audit."""

    collection: ClassVar[str] = "agent_states"
    resource_type: ClassVar[str] = "agent_state"

    agent_name: str
    status: Status = "active"
    last_execution: Instant | None = None
    next_scheduled: Instant | None = None
    circuit_breaker: Breaker = Breaker()
    marketing: PromotionPause = PromotionPause()
    config: AgentConfig | None = None
    counters: Counters | None = None
    rate_limits: dict[str, RateLimit] = {}
    health: Health | None = None

    @property
    def agent(self) -> str | None:
        return self.agent_name

    @property
    def path(self) -> str:
        return state_path(self.agent_name)


def state_path(agent: str) -> str:
    return f"agent_states/{agent}"


def fresh(salon_id: str, agent: Agent | str, now: datetime) -> AgentState:
    """The state of an agent that has none stored."""
    return AgentState(
        id=f"state_{salon_id}_{agent}", salon_id=salon_id, created_at=now, updated_at=now, agent_name=agent
    )


def showing(state: AgentState, figures: Figures) -> AgentState:
    """The state of an agent with its figures as they are now."""
    return state.changed(**{name: getattr(figures, name) for name in Figures.model_fields})


def first_seen(state: AgentState, *, now: datetime) -> Amended[AgentState]:
    """Writes the state of an agent for the first time, because its figures are kept from here on."""
    return amend(
        state, now=now, actor=state.agent_name, event="agent_changed", action="Its figures are kept from here on"
    )


def broken(state: AgentState, breaker: Breaker, *, now: datetime, actor: str) -> Amended[AgentState]:
    """Moves the breaker of an agent on."""
    before, after = state.circuit_breaker.state, breaker.state
    announces: EventType | None = None
    payload = {"agent": state.agent_name}
    if after == "open" and before != "open":
        announces = "CIRCUIT_BREAKER_OPENED"
        payload["reason"] = f"nobody is asked at present, because messages cannot be sent (error {breaker.last_error})"
    elif after == "closed" and before != "closed":
        announces = "CIRCUIT_BREAKER_CLOSED"
    status: Status = "active" if after == "closed" else "circuit_breaker"
    return amend(
        state,
        now=now,
        actor=actor,
        event="agent_changed",
        action=f"Circuit breaker {before} -> {after}",
        details={"error_count": breaker.error_count, "last_error": breaker.last_error},
        announces=announces,
        payload=payload,
        severity="warning" if announces == "CIRCUIT_BREAKER_OPENED" else "info",
        circuit_breaker=breaker,
        status="paused" if state.status == "paused" else status,
    )


def paused(state: AgentState, *, now: datetime, actor: str) -> Amended[AgentState]:
    """Stops an agent, at its owner's word."""
    return amend(
        state,
        now=now,
        actor=actor,
        event="agent_changed",
        action="Paused by the owner",
        status="paused",
    )


def resumed(state: AgentState, *, now: datetime, actor: str) -> Amended[AgentState]:
    """Lets a paused agent go on, at its owner's word, as far as its breaker lets it."""
    closed = state.circuit_breaker.state == "closed"
    return amend(
        state,
        now=now,
        actor=actor,
        event="agent_changed",
        action="Resumed by the owner",
        status="active" if closed else "circuit_breaker",
    )


def marketing_paused(state: AgentState, reason: str, *, now: datetime, actor: str) -> Amended[AgentState]:
    """Pauses the promotional asks of an agent; they go on by themselves. Asks that answer a wish on the waitlist are
    none."""
    marketing = PromotionPause(paused_at=now, paused_until=now + PAUSE, reason=reason)
    told = f"Promotional offers are paused for {PAUSE.days} days: {reason}"
    return amend(
        state,
        now=now,
        actor=actor,
        event="agent_changed",
        action="Promotional asks paused",
        details={"reason": reason, "until": marketing.paused_until},
        announces="AGENT_ACTION_REQUIRED",
        payload={"agent": state.agent_name, "reason": told},
        severity="warning",
        marketing=marketing,
    )


def reset(state: AgentState, *, now: datetime, actor: str) -> Amended[AgentState]:
    """Ends every pause of an agent and closes its breaker, whatever had opened it. Reactions to what was sent before no
    longer count."""
    was_closed = state.circuit_breaker.state == "closed"
    return amend(
        state,
        now=now,
        actor=actor,
        event="agent_changed",
        action="Reset by the owner",
        announces=None if was_closed else "CIRCUIT_BREAKER_CLOSED",
        payload={"agent": state.agent_name},
        status="active",
        circuit_breaker=Breaker(auto_recovery=state.circuit_breaker.auto_recovery),
        marketing=PromotionPause(counted_from=now),
    )
