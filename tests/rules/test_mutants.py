"""The rules broken on purpose, one way at a time: what is tried against them must notice each."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.rules.attempts import ATTEMPTS
from tests.rules.cases import Emulated
from tests.rules.documents import APPROVALS, BOOKINGS, CUSTOMERS, SALON, SERVICES, SETTINGS, STAFF

AUDIT_LOGS, IDENTITIES = "salons/{salon}/audit_logs/{id}", "salons/{salon}/identities/{id}"
GAPS, REGISTRY = "salons/{salon}/gaps/{id}", "registry/{id}"


@dataclass(frozen=True)
class Mutant:
    """`part` of what is tried, about `path`, is what notices it."""

    name: str
    part: str
    path: str
    old: str
    new: str


MUTANTS = [
    Mutant("any salon's token", "matrix", BOOKINGS, " && request.auth.token.get('salon_id', null) == salon_id", ""),
    Mutant("any salon in the token", "matrix", BOOKINGS, "get('salon_id', null) == salon_id", "get('salon_id', null) != null"),
    Mutant("any role", "matrix", BOOKINGS, " && request.auth.token.get('role', null) in roles;", ";"),
    Mutant("salon or role", "matrix", BOOKINGS, "== salon_id && request.auth.token", "== salon_id || request.auth.token"),
    Mutant("anybody lists salons", "matrix", SALON, "allow delete: if by(['platform']);", "allow delete: if by(['platform']); allow list: if request.auth != null;"),
    Mutant("staff list customers", "matrix", CUSTOMERS, "allow list: if by(['owner', 'manager', 'app']);", "allow list: if by(['owner', 'manager', 'staff', 'app']);"),
    Mutant("viewers get customers", "matrix", CUSTOMERS, "allow get: if by(['owner', 'manager', 'staff', 'app']);", "allow get: if by(['owner', 'manager', 'staff', 'viewer', 'app']);"),
    Mutant("managers set", "settings", SETTINGS, "allow create, update: if by(['owner']) && are_settings", "allow create, update: if by(['manager']) && are_settings"),
    Mutant("the app sets", "matrix", SETTINGS, "allow create, update: if by(['owner']) && are_settings", "allow create, update: if by(['owner', 'app']) && are_settings"),
    Mutant("owners delete settings", "matrix", SETTINGS, "allow create, update: if by(['owner']) && are_settings", "allow delete: if by(['owner']); allow create, update: if by(['owner']) && are_settings"),
    Mutant("the app writes gaps", "matrix", GAPS, "match /gaps/{gap_id} {", "match /gaps/{gap_id} { allow write: if by(['app']);"),
    Mutant("managers audit", "matrix", AUDIT_LOGS, "match /audit_logs/{log_id} {", "match /audit_logs/{log_id} { allow get: if by(['manager']);"),
    Mutant("owners rewrite the trail", "matrix", AUDIT_LOGS, "match /audit_logs/{log_id} {", "match /audit_logs/{log_id} { allow update: if by(['owner']);"),
    Mutant("identities are read", "matrix", IDENTITIES, "match /audit_logs/{log_id} {", "match /identities/{key} { allow get: if by(['staff']); } match /audit_logs/{log_id} {"),
    Mutant("all below a salon", "matrix", "salons/{salon}/anything_else/{id}", "match /audit_logs/{log_id} {", "match /{all=**} { allow get: if by(['viewer']); } match /audit_logs/{log_id} {"),
    Mutant("the platform's collections", "matrix", REGISTRY, "match /salons/{salon_id} {", "match /registry/{shard} { allow list: if request.auth.token.role == 'platform'; } match /salons/{salon_id} {"),
    Mutant("everything to who signed in", "matrix", REGISTRY, "match /salons/{salon_id} {", "match /{all=**} { allow read: if request.auth != null; } match /salons/{salon_id} {"),
    Mutant("a booking of nobody's", "fields", BOOKINGS, " && must_id(d, 'staff_id')", ""),
    Mutant("a booking backwards", "fields", BOOKINGS, " && d.start_time < d.end_time", ""),
    Mutant("a booking's own status", "fields", BOOKINGS, "must_word(d, 'status', ['pending'", "must_word(d, 'status', ['booked', 'pending'"),
    Mutant("the app's smart fill", "bookings", BOOKINGS, " && !is_ours(now_stored())", ""),
    Mutant("a sale disowned", "bookings", BOOKINGS, "is_ours(now_stored()) == is_ours(stored_before()) && ", ""),
    Mutant("another gap", "bookings", BOOKINGS, "hasAny(['outreach_id', 'gap_id', 'chain_depth'])", "hasAny(['outreach_id', 'chain_depth'])"),
    Mutant("an endless margin", "fields", SERVICES, "may_number(d, 'margin', 0, 1)", "may_number(d, 'margin', 0, 2)"),
    Mutant("halves of minutes", "fields", SERVICES, " && v == int(v)", ""),
    Mutant("new staff unchecked", "fields", STAFF, "allow create, update: if by(['app']) && is_staff_member(now_stored());", "allow create: if by(['app']); allow update: if by(['app']) && is_staff_member(now_stored());"),
    Mutant("numbers for ids", "fields", STAFF, "v.join('/').split('/') == v && ", ""),
    Mutant("hours past midnight", "fields", STAFF, "2[0-3]):[0-5][0-9]|24:00)-(", "2[0-9]):[0-5][0-9]|24:00)-("),
    Mutant("endless names", "fields", CUSTOMERS, "return must_text(d, 'name', 200) && may_match(d, 'phone'", "return must_text(d, 'name', 20000) && may_match(d, 'phone'"),
    Mutant("any phone", "fields", CUSTOMERS, " && may_match(d, 'phone', '[+][1-9][0-9]{6,14}')", ""),
    Mutant("voice for nothing", "consents", CUSTOMERS, " || adds(before, after, 'voice', 'service')", ""),
    Mutant("consent without a source", "consents", CUSTOMERS, " && (!widens(stored_before(), now_stored()) || names_source(now_stored()))", ""),
    Mutant("consent said before", "consents", CUSTOMERS, " && d.get(['consent_source', 'at'], null) == request.time", ""),
    Mutant("staff grant", "consents", CUSTOMERS, " && are_consents(now_stored()) && !widens(stored_before(), now_stored())", " && are_consents(now_stored())"),
    Mutant("staff invent a channel", "consents", CUSTOMERS, "['whatsapp', 'sms', 'voice']) && writes", "['whatsapp', 'sms', 'voice', 'email']) && writes"),
    Mutant("staff invent a purpose", "consents", CUSTOMERS, " && writes_purposes(before, after, 'sms')", ""),
    Mutant("staff rename", "consents", CUSTOMERS, " && changed().hasOnly(['consents', 'updated_at'])", ""),
    Mutant("an owner's other organization", "salons", SALON, "by(['owner']) && !changed().hasAny(['organization_id', ", "by(['owner']) && !changed().hasAny(["),
    Mutant("an owner's other number", "salons", SALON, "hasAny(['organization_id', 'messaging', 'created_at', 'contacts'])", "hasAny(['organization_id', 'created_at', 'contacts'])"),
    Mutant("the owner's contacts", "salons", SALON, "'created_at', 'contacts']", "'created_at']"),
    Mutant("a contact's number", "fields", SALON, "c is map && may_match(c, 'phone', '[+][1-9][0-9]{6,14}')", "c is map"),
    Mutant("answered twice", "approvals", APPROVALS, "stored_before().status == 'pending' && ", ""),
    Mutant("in another's name", "approvals", APPROVALS, " && answer().get('responded_by', null) == request.auth.uid", ""),
    Mutant("by their own clock", "approvals", APPROVALS, "answer().get('responded_at', null) == request.time", "answer().get('responded_at', null) is timestamp"),
    Mutant("another action", "approvals", APPROVALS, "changed().hasOnly(['status', 'response', 'updated_at'])", "changed().hasOnly(['status', 'response', 'updated_at', 'action_summary'])"),
    Mutant("yes means no", "approvals", APPROVALS, "[['approved', 'approve'], ['rejected', 'reject']]", "[['approved', 'reject'], ['rejected', 'approve']]"),
    Mutant("staff answer", "matrix", APPROVALS, "allow update: if by(['owner', 'manager']) && answers();", "allow update: if by(['owner', 'manager', 'staff']) && answers();"),
]  # fmt: skip


def words(text: str) -> str:
    """On one line, with single spaces: a mutant does not depend on where the rules break theirs. Comments end at the
    line's end, so they go first."""
    return " ".join(" ".join(line for line in text.splitlines() if not line.lstrip().startswith("//")).split())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_broken_rules_are_noticed(emulated: Callable[[str], Emulated], rules: str, mutant: Mutant) -> None:
    source = words(rules)
    assert source.count(mutant.old) == 1, f"expected the rules to say {mutant.old!r} once"
    cases = [case for case in ATTEMPTS[mutant.part] if case.path == mutant.path]
    assert emulated(source.replace(mutant.old, mutant.new)).surprises(cases, at_most=1) != []


def test_what_notices_broken_rules_does_not_cry_over_whole_ones(
    emulated: Callable[[str], Emulated], rules: str
) -> None:
    cases = [case for case in ATTEMPTS["matrix"] if case.path == BOOKINGS]
    assert emulated(words(rules)).surprises(cases) == []
