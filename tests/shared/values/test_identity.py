import pytest

from shared.values.identity import NATIONAL_FORMS, address_key, canonical, dialled, spellings

KEY = b"0123456789abcdef"


@pytest.mark.parametrize("spelling", ["whatsapp:+919876543210", "+91 98765 43210", " +91 (987) 654-3210 "])
def test_one_number_has_one_key_however_it_is_spelt(spelling):
    assert address_key(KEY, "whatsapp", spelling) == address_key(KEY, "whatsapp", "+919876543210")


def test_a_key_reveals_no_address_and_depends_on_channel_and_deployment():
    key = address_key(KEY, "whatsapp", "+919876543210")
    assert "98765" not in key and "/" not in key
    assert key != address_key(KEY, "sms", "+919876543210")
    assert key != address_key(b"another", "whatsapp", "+919876543210")


IN_TWO_FORMS = {
    "+52": ("+525512345678", "+5215512345678"),
    "+54": ("+541123456789", "+5491123456789"),
    "+55": ("+551187654321", "+5511987654321"),
}


@pytest.mark.parametrize("form", NATIONAL_FORMS, ids=lambda form: form.before)
def test_a_number_has_one_key_in_both_its_national_forms(form):
    short, longer = IN_TWO_FORMS[form.before.replace("\\", "")[:3]]
    assert canonical(short) == canonical(longer) == short
    assert {short, longer} <= set(spellings(short)) & set(spellings(longer))
    assert (dialled(short), dialled(longer)) == (short, longer), "they are written to as the salon knows them"


@pytest.mark.parametrize("landline", ["+551131234567", "+551151234567"])
def test_a_landline_of_brazil_is_nobodys_mobile(landline):
    assert canonical(landline) != canonical(f"{landline[:5]}9{landline[5:]}")


@pytest.mark.parametrize(
    ("spelt", "country", "number"),
    [
        ("07700 900100", "GB", "+447700900100"),
        ("(07700) 900-100", "GB", "+447700900100"),
        ("00447700900100", "GB", "+447700900100"),
        ("00447700900100", "US", "+447700900100"),
        ("447700900100", None, "+447700900100"),
        ("+44 (0)7700 900100", None, "+447700900100"),
        ("9812345678", "IN", "+919812345678"),
        ("919812345678", "GB", "+919812345678"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("5215512345678", "GB", "+5215512345678"),
        ("(416) 555-0123", "CA", "+14165550123"),
        ("tel:+44-7700-900100", None, "+447700900100"),
        ("\u202a+44\u00a07700\u00a0900100\u202c", None, "+447700900100"),
        ("०९८१२३४५६७८", "IN", "+919812345678"),
        ("07700900100", None, None),
        ("ask her sister", "GB", None),
        ("07700 900100 (mum)", "GB", None),
        ("07700900100 / 07700900101", "GB", None),
        ("12345", "GB", None),
        ("+14155550199/..", "GB", None),
        ("+14155550199 #7", "GB", None),
        ("IN.4566130246840223", "IN", None),
        ("olga@glow.example", "GB", None),
        ("", "GB", None),
    ],
)
def test_a_number_that_can_be_read_is_dialled_and_no_other(spelt, country, number):
    assert dialled(spelt, country) == number
    if number is not None:
        assert canonical(spelt, country) == canonical(number)


@pytest.mark.parametrize("stored", ["07700900100", "07700 900100", "00447700900100", "+44 7700 900100", "7700900100"])
def test_the_usual_spellings_of_a_number_are_looked_for(stored):
    assert stored in spellings("+447700900100", "GB")
    assert len(spellings("+5491123456789", "AR")) <= 30


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
    assert canonical(spelt) == plain


def test_a_key_is_the_same_in_every_process_and_release():
    assert address_key(KEY, "sms", "+919876543210") == "idn_415476f286b784164ce1bcfde88ca3918012f258"
