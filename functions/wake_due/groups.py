"""The collection groups that some function is woken for, from every function.json. Written by `make pages`."""

GROUPS: tuple[str, ...] = (
    "outreach",
    "messages",
    "inbound",
    "gaps",
    "audit_logs",
    "approvals",
)
