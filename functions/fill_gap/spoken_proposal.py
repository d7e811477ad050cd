"""An offer that the owner is asked to allow, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.lists import format_list
from babel.numbers import format_percent

from functions.fill_gap.prospect import Source
from functions.fill_gap.spoken_names import spoken_names
from shared.messaging.phrases import in_form, phrases
from shared.values.cldr import cldr_locale, plainly_spaced


@dataclass(frozen=True)
class Offered:
    """What the same people would be asked about. `price` is what they would pay, `discount_percent` is taken off already."""

    service: str
    staff: str
    when: str
    price: str
    discount_percent: float


def spoken_proposal(names: Sequence[str], offered: Offered, why: Sequence[Source], locale: str) -> str:
    """Says who would be asked about what, for how much, and why they: so that every text can name it after a colon. `why` is how
    they came to mind."""
    words = phrases(__file__, locale)
    said = str(words["proposal"]).format(
        customer=spoken_names(names, locale),
        service=offered.service,
        staff=offered.staff,
        when=offered.when,
        price=offered.price,
    )
    if offered.discount_percent:
        percent = format_percent(offered.discount_percent / 100, locale=cldr_locale(locale), decimal_quantization=False)
        said += str(words["discount"]).format(percent=plainly_spaced(percent))
    reasons = [in_form(words["why"][source], len(names), locale) for source in dict.fromkeys(why)]
    because = in_form(words["because"], len(names), locale)
    return said + because.format(
        why=format_list(reasons, style="or", locale=cldr_locale(locale)).format(staff=offered.staff)
    )
