"""The purposes of the messages that ask an owner for an approval."""

ASKS = frozenset({"owner_approval", "owner_approval_link", "owner_reminder", "owner_reminder_link"})
