"""The functions that make the way from a cancelled booking to a sold slot. Others may come; none of these may vanish."""

from local.functions import load

WAY = {
    "accept_offer",
    "apply_settings",
    "connect_salon",
    "detect_gaps",
    "wake_due",
    "fill_gap",
    "notify_owner",
    "receive_message",
    "relay_events",
    "send_outreach",
    "track_delivery",
}


def test_every_function_on_the_way_to_a_sale_is_there() -> None:
    assert WAY - {function.name for function in load()} == set()
