"""Whether the simulation notices: the suite with one promise broken on purpose must break a rule within so many runs.

`python -m tests.e2e.simulation.mutants [--runs N] [name ...]`, on copies in a temporary folder.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).parents[3]
COPIED = ("shared", "functions", "local", "tests")


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    sound: str
    broken: str


MUTANTS = (
    Mutant(
        "sent without a claim",
        "shared/use_cases/send_outreach.py",
        "if not documents.commit(*replace(claimed, snapshot)):",
        "if documents.commit(*replace(claimed, snapshot)) is None:",
    ),
    Mutant(
        "sent before the claim is committed",
        "shared/use_cases/send_outreach.py",
        "    claimed = claim(message, now=now, actor=ACTOR)\n",
        "    claimed = claim(message, now=now, actor=ACTOR)\n    messenger.send(sending)  # type: ignore[arg-type]\n",
    ),
    Mutant(
        "sent again after a lost answer",
        "shared/domain/outgoing.py",
        'message, "unknown", "failed", now=now',
        'message, "pending", "failed", now=now',
    ),
    Mutant(
        "sold without looking at the bookings",
        "shared/domain/acceptance.py",
        "    if occupies(staff_bookings, slot):",
        "    if False:",
    ),
    Mutant(
        "the customer's other bookings not looked at",
        "shared/domain/acceptance.py",
        "    if occupies(customer_bookings, slot):",
        "    if False:",
    ),
    Mutant(
        "bookings read outside the transaction",
        "shared/use_cases/sell_slot.py",
        'staff_bookings=_bookings_around(transaction, "staff_id", slot.staff_id, slot)',
        'staff_bookings=_bookings_around(documents, "staff_id", slot.staff_id, slot)',
    ),
    Mutant(
        "handled before it is stored",
        "shared/use_cases/receive_message.py",
        "    documents.commit(*create(received(inbound, now=clock.now())))\n",
        "    if clock.now().second % 4:\n        documents.commit(*create(received(inbound, now=clock.now())))\n"
        '    else:\n        return "handled before"\n',
    ),
    Mutant(
        "a yes not worked on again after a crash",
        "shared/use_cases/expire_outreach.py",
        "    return answer_message(found.path, documents=documents, clock=clock, deployment=deployment)"
        ' != "handled before"',
        "    return True",
    ),
    Mutant(
        "published once, if at all",
        "shared/use_cases/relay_events.py",
        "    bus.publish(\n",
        "    documents.commit(Update(record.path, {'announced_at': clock.now(), 'due_at': None}))\n    bus.publish(\n",
    ),
    Mutant(
        "a dead sender's claim left standing",
        "shared/use_cases/expire_outreach.py",
        '    if message.status == "sending":',
        "    if False:",
    ),
    Mutant(
        "opt-outs not looked at",
        "shared/use_cases/send_outreach.py",
        "in withdrawn(chain.from_iterable(ledger.values())):",
        "in ():",
    ),
    Mutant(
        "contact limits not looked at",
        "shared/domain/limits.py",
        "    asks = [outreach for outreach in recent if bothered(outreach)]",
        "    asks: list[Outreach] = []",
    ),
    Mutant(
        "asks not counted",
        "shared/domain/limits.py",
        "        counts[agent] = counts.get(agent, 0) + count",
        "        counts[agent] = counts.get(agent, 0)",
    ),
    Mutant(
        "a late delivery report moves backward",
        "shared/domain/outgoing.py",
        "    if _RANK[reached] <= _RANK[message.status]:",
        "    if reached == message.status:",
    ),
    Mutant(
        "a refusal that says nothing",
        "shared/use_cases/sell_slot.py",
        "            *create(say(answer, now=now, actor=ACTOR)),\n            *said_handled(said, refusal, now),",
        "            *said_handled(said, refusal, now),",
    ),
    Mutant(
        "written over what others wrote",
        "shared/use_cases/writing.py",
        "unchanged_since=read.version if read else None",
        "unchanged_since=None",
    ),
    Mutant(
        "a place on the waitlist kept after its offer",
        "shared/use_cases/waitlist.py",
        "    if outreach.waitlist_entry_id is None or not outreach.is_open:",
        "    if True:",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.simulation.mutants", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    survived = 0
    for mutant in MUTANTS:
        if asked.names and mutant.name not in asked.names:
            continue
        caught = _caught(mutant, asked.runs)
        survived += caught is None
        print(f"{mutant.name}: {caught or f'SURVIVED {asked.runs} runs'}", flush=True)
    return int(survived > 0)


def _caught(mutant: Mutant, runs: int) -> str | None:
    """The first line that tells of it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            copytree(ROOT / name, Path(folder) / name, ignore=ignore_patterns("__pycache__"))
        broken = Path(folder) / mutant.file
        text = broken.read_text()
        if text.count(mutant.sound) != 1:
            raise LookupError(
                f"{mutant.name}: expected its line once in {mutant.file}, found {mutant.sound!r} otherwise"
            )
        broken.write_text(text.replace(mutant.sound, mutant.broken))
        command = [sys.executable, "-m", "tests.e2e.simulation", "--runs", str(runs), "--stop", "--jobs", "1"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        return next(iter(ended.stderr.splitlines()), "no rule named") if ended.returncode else None


if __name__ == "__main__":
    sys.exit(main())
