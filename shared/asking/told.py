"""What a customer hears whose yes is refused, by reason."""

TOLD: dict[str, str] = {
    "slot_taken": "slot_taken",
    "gap_closed": "slot_no_longer_free",
    "too_late": "slot_no_longer_free",
    "customer_busy": "slot_no_longer_free",
}
"""Which words a refusal is told in."""
