"""The settings of agents that some function goes by, from every function.json. Written by `make pages`."""

HEEDED: tuple[str, ...] = (
    "agent_modes.gap_fill_agent",
    "autonomy.gap_fill",
    "autonomy.vip_offers",
    "measurement.holdout_percent.gap_fill",
)
