"""What an owner reads when nobody can be asked by some channel, because of how it is set up."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.notify_owner.spoken_stop import spoken_stop
from shared.asking.destination import SETUP_FAULTS, Destination
from shared.values.language import LANGUAGES

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def stopped(**fields: object) -> Destination:
    made = {"id": "sms-US", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "channel": "sms", "country": "US"}
    until = NOW + timedelta(minutes=30)
    return Destination.model_validate({**made, "faults": 2, "error": 30034, "stopped_until": until, **fields})


def test_the_owner_reads_what_does_not_arrive_why_and_who_can_mend_it() -> None:
    assert spoken_stop(stopped(), "en") == (
        "our SMS messages to numbers with +1 don't arrive, because your number isn't registered with the phone companies yet "
        "(Twilio error 30034). Whoever looks after your Twilio account can put that right. Until then we don't ask anybody there"
    )
    assert spoken_stop(stopped(channel="whatsapp", country=None, error=63016), "es") == (
        "nuestros mensajes de WhatsApp no llegan, porque WhatsApp no acepta nuestras palabras como plantilla aprobada (error "
        "63016 de Twilio). Quien lleva tu cuenta de Twilio puede arreglarlo. Hasta entonces no preguntamos a nadie por ahí"
    )
    hindi = spoken_stop(stopped(country="IN", error=21408), "hi")
    assert hindi.startswith("+91 वाले नंबरों पर हमारे SMS मैसेज नहीं पहुँच रहे, क्योंकि आपके Twilio अकाउंट में वह देश चालू नहीं है")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_said_in_every_language_within_what_an_alert_holds(language: str) -> None:
    for code in SETUP_FAULTS:
        for country in ("AE", None):
            assert str(code) in (said := spoken_stop(stopped(error=code, country=country), language))
            assert len(said) <= 500 and "{" not in said
