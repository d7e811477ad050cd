"""Looks on where a guard decides and writes nothing: counts in `cloud.met` how often one stopped what a suite without it would
have done. Each watch calls what it watches and returns what that returned."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any
from unittest.mock import patch

from functions.fill_gap import ask_round, candidates
from functions.track_delivery import delivery_report, track_report
from shared.asking import ask_people, limits
from shared.asking.limits import AskCounters
from shared.asking.proposal import Allowed, Choice, NobodyAsked
from shared.sales import acceptance, sell_slot
from tests.e2e.simulation.cloud import Cloud, Machine

EXCLUDED = {
    "no recipient left": "different people were asked",
    "promotion paused": "promotional asks are paused",
}
"""By what is counted: the words by which somebody is kept out."""


def _asked(choice: Choice | NobodyAsked) -> object:
    """Whom it asks, at once or after the owner."""
    if isinstance(choice, NobodyAsked):
        return None
    return choice.alone and choice.alone.people, choice.question and choice.question.approval.document.people


@contextmanager
def watching(cloud: Cloud) -> Iterator[None]:
    counters: dict[int, tuple[Machine, AskCounters]] = {}
    limits_said: list[str | None] = []
    blind: list[bool] = []

    def judge(sound: Callable[..., Any]) -> Callable[..., Any]:
        def judged(outreach: Any, **known: Any) -> Any:
            verdict = sound(outreach, **known)
            if isinstance(verdict, acceptance.NotHonoured):
                blind = sound(outreach, **known | {"staff_bookings": [], "customer_bookings": []})
                cloud.met["a time or a customer taken"] += isinstance(blind, acceptance.Honoured)
            return verdict

        return judged

    def free(sound: Callable[..., bool]) -> Callable[..., bool]:
        def is_free(*about: Any) -> bool:
            is_so = sound(*about)
            cloud.met["a room taken"] += not is_so
            return is_so

        return is_free

    def limit(sound: Callable[..., str | None]) -> Callable[..., str | None]:
        def limited(*asks: Any, **by: Any) -> str | None:
            limits_said.append(None if blind else sound(*asks, **by))
            return limits_said[-1]

        return limited

    def judge_candidate(sound: Callable[..., Any]) -> Callable[..., Any]:
        def judged(*about: Any) -> Any:
            candidate = sound(*about)
            if limits_said and limits_said[-1] is not None and candidate.excluded == limits_said[-1]:
                blind.append(True)
                cloud.met["asked often enough"] += sound(*about).excluded is None
                blind.clear()
            limits_said.clear()
            return candidate

        return judged

    def left(sound: Callable[..., int]) -> Callable[..., int]:
        def left_now(*about: Any, **by: Any) -> int:
            number = sound(*about, **by)
            cloud.met["no ask left"] += number == 0 and cloud.works("fill_gap")
            return number

        return left_now

    def round_of(sound: Callable[..., Any]) -> Callable[..., Any]:
        def made(proposal: Any, load: Any, choose: Any, *about: Any) -> Any:
            def chosen(facts: Any, allowed: Allowed) -> Choice | NobodyAsked:
                choice: Choice | NobodyAsked = choose(facts, allowed)
                for name, reason in EXCLUDED.items():
                    others = {id: why for id, why in allowed.excluded.items() if reason not in why.reason}
                    if len(others) < len(allowed.excluded):
                        cloud.met[name] += _asked(choice) != _asked(choose(facts, replace(allowed, excluded=others)))
                return choice

            outcome, writes = sound(proposal, load, chosen, *about)
            gap = cloud.get(f"salons/{proposal.salon.id}/gaps/{proposal.trigger_id}") or {}
            closed = gap.get("status") != "open"
            if isinstance(outcome, NobodyAsked) and outcome.reason in (
                "another run was faster",
                "the time is no longer free",
            ):
                cloud.met["a round about closed time" if closed else "a round behind another"] += 1
            return outcome, writes

        return made

    def counters_of(sound: Callable[..., AskCounters]) -> Callable[..., AskCounters]:
        def seen(*about: Any) -> AskCounters:
            found = sound(*about)
            if machine := cloud.machine:
                counters[id(machine)] = machine, found
            return found

        return seen

    def to_change(sound: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*about: Any) -> Any:
            found = sound(*about)
            before = counters.get(id(cloud.machine))
            cloud.met["counted since the plan"] += before is not None and before[1] != found[0]
            return found

        return changed

    def reported(sound: Callable[..., Any]) -> Callable[..., Any]:
        ranks, reports = delivery_report._RANK, delivery_report._REPORTED

        def moved(message: Any, *, status: str, **report: Any) -> Any:
            outcome = sound(message, status=status, **report)
            reached = ranks.get(reports.get(status, ""), 9)
            cloud.met["a late report"] += outcome is None and reached < ranks.get(message.status, 0)
            return outcome

        return moved

    watched: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
        (acceptance, "judge", judge),
        (sell_slot._Room, "free", free),
        (limits, "contact_limit", limit),
        (candidates, "_judge", judge_candidate),
        (AskCounters, "left", left),
        (ask_people, "_ask", round_of),
        (ask_round, "counters_of", counters_of),
        (ask_people, "counters_to_change", to_change),
        (track_report, "reported", reported),
    )
    with ExitStack() as watches:
        for where, name, watch in watched:
            sound = getattr(where, name)
            watches.enter_context(patch.object(where, name, wraps(sound)(watch(sound))))
        yield
