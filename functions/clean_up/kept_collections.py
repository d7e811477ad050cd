"""The collections whose documents say when they may go, from every function.json. Written by `make pages`."""

OF_SALONS: tuple[str, ...] = (
    "approvals",
    "audit_logs",
    "autonomous_decisions",
    "conversations",
    "gaps",
    "identities",
    "outreach",
    "strangers",
)
BELOW_OTHERS: tuple[str, ...] = (
    "inbound",
    "messages",
)
"""Of a salon as well, below documents of other collections."""

OF_ROUTES: tuple[str, ...] = (
    "inbound",
    "senders",
)
"""Below the route of a number, above the salons."""
