import pytest

from functions.send_outreach.spoken_digest import spoken_digest

CUT_AT_60 = 56 * "x"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({}, ""),
        ({"sold": []}, ""),
        ({"sold": ["Cut"], "alert": [], "waiting": ["Wash"]}, "1 sold (Cut), 1 to answer (Wash)"),
        ({"alert": ["a", "b", "c"]}, "3 to look at (a; b; c)"),
        ({"alert": ["a", "b", "c", "d"]}, "4 to look at (a; b; c; ...)"),
        ({"over": ["a", "b", "c", "d", "e"]}, "5 settled meanwhile (a; b; c; ...)"),
        ({"written": [""]}, "1 message from customers"),
        ({"written": ["", "", "", ""], "alert": ["a"]}, "4 messages from customers, 1 to look at (a)"),
        ({"sold": [" Cut\n for\t Ana "]}, "1 sold (Cut for Ana)"),
        ({"sold": [60 * "x"]}, f"1 sold ({60 * 'x'})"),
        ({"sold": [61 * "x"]}, f"1 sold ({57 * 'x'}...)"),
        ({"sold": [f"{CUT_AT_60} yyyy"]}, f"1 sold ({CUT_AT_60}...)"),
    ],
)
def test_a_digest_counts_each_kind_and_names_the_first_three_in_60_characters(items: dict[str, list[str]], said: str):
    assert spoken_digest(items, "en") == said


def test_a_digest_is_in_the_readers_language():
    assert (
        spoken_digest({"sold": ["Corte"], "waiting": ["Tinte"]}, "es-MX")
        == "1 vendido (Corte), 1 por responder (Tinte)"
    )
    assert spoken_digest({"sold": ["कट"]}, "hi-IN") == "1 बिका (कट)"
