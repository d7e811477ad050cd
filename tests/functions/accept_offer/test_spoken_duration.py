from datetime import timedelta

from functions.accept_offer.spoken_duration import spoken_duration


def test_how_long_something_takes_is_said_in_minutes():
    assert spoken_duration(timedelta(minutes=45), "en-CA") == "45 minutes"
    assert spoken_duration(timedelta(hours=1, minutes=30), "es-MX") == "90 minutos"
    assert spoken_duration(timedelta(minutes=45), "hi") == "45 मिनट"
    assert spoken_duration(timedelta(minutes=45), "fr-CA") == "45 minutes"
