import pytest

from shared.values.identity import address_key, normalized

KEY = b"0123456789abcdef"


@pytest.mark.parametrize("spelling", ["whatsapp:+919876543210", "+91 98765 43210", " +91 (987) 654-3210 "])
def test_one_number_has_one_key_however_it_is_spelt(spelling):
    assert address_key(KEY, "whatsapp", spelling) == address_key(KEY, "whatsapp", "+919876543210")


def test_a_key_reveals_no_address_and_depends_on_channel_and_deployment():
    key = address_key(KEY, "whatsapp", "+919876543210")
    assert "98765" not in key and "/" not in key
    assert key != address_key(KEY, "sms", "+919876543210")
    assert key != address_key(b"another", "whatsapp", "+919876543210")


def test_a_sender_without_a_number_has_a_key_too():
    assert address_key(KEY, "whatsapp", "whatsapp:IN.4566") == address_key(KEY, "whatsapp", "IN.4566")
    assert address_key(KEY, "whatsapp", "IN.4566") != address_key(KEY, "whatsapp", "US.4566")


@pytest.mark.parametrize(
    ("spelt", "plain"),
    [
        ("+91 98765-43210", "+919876543210"),
        (" WhatsApp:+1 (415) 523.8886 ", "+14155238886"),
        ("whatsapp:US.1349", "US.1349"),
        ("Olga@Glow.Example ", "olga@glow.example"),
        ("Device-Token", "Device-Token"),
        ("12345", "12345"),
    ],
)
def test_an_address_has_one_spelling(spelt, plain):
    assert normalized(spelt) == plain


def test_a_key_is_the_same_in_every_process_and_release():
    assert address_key(KEY, "sms", "+919876543210") == "idn_415476f286b784164ce1bcfde88ca3918012f258"
