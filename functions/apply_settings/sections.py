"""The settings that a salon may have: those of all functions, from every settings.py. Written by `make pages`."""

from functions.fill_gap import settings as fill_gap
from shared.salon.settings import SalonSettings


class AllSettings(
    fill_gap.Settings,
    SalonSettings,
):
    """All sections, as the owner may write them."""
