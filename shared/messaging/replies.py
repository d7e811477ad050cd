"""What a short answer means. Only what says one thing and nothing else is understood; the rest goes to a person.

A yes books and a stop silences, so a guess is worse than "unclear": "no problem, but is Priya free?" is not a no.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Literal

Meaning = Literal["accept", "decline", "stop", "start", "help", "cancel_request", "unclear"]

_CARRIER_OPT_OUT: Final = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
"""The words that on SMS, each alone, have already opted the person out with the carrier: we must believe the same."""

_WORDS: Final[dict[str, dict[Meaning, str]]] = {
    "": {
        "accept": "1 | 👍 | ✅ | ✔ | ☑ | 👌",
        "decline": "2 | 👎 | ❌ | ✖ | 🚫 | 🙅",
        "stop": "🛑",
    },
    "en": {
        "accept": """book | book it | book me | book me in | book this | book now | yes | yes book | yes book it | y | yep
            | yeah | yup | yea | ok | okay | sure | yes sure | yes ok | i want it | i take it | ill take it | i accept
            | i will take it | accept | confirm | confirmed | yes i want it | yes ill take it | sounds good | perfect
            | works for me | that works | that works for me | sounds great | of course | absolutely | definitely
            | sure thing | yes i can | i can come | ill be there | i will be there | count me in | im in | i am in
            | go ahead | please do | do it | lets do it | id love to | i would love to | take it | deal | kk | yess
            | yesss""",
        "decline": """skip | skip it | skip this | no | n | nope | nah | not interested | no longer interested | decline
            | pass | no i cant | not this time | cant this time | not today | next time | another time
            | maybe next time | not now | no way | cant do it | cant do that | busy | im busy
            | i am busy | too busy | im away | i am away | not for me | doesnt work for me | that doesnt work for me""",
        "stop": """stop | stop all | stopall | unsubscribe | unsubscribe me | revoke | optout | opt out | opt me out | end
            | quit | leave me alone | stop it | stop this | stop now | stop stop | wrong number | wrong person | remove me
            | remove my number | delete my number | lose my number""",
        "start": "start | unstop | subscribe | resume | opt in | optin",
        "help": "help | info | help me | who is this | who are you | what is this",
        "cancel_request": """cancel | cancel it | cancel this | cancel booking | cancel appointment | i want to cancel
            | need to cancel | i need to cancel | have to cancel | i have to cancel""",
    },
    "hi": {
        "accept": """हाँ | हा | जी | जी हाँ | हाँ जी | ठीक है | ठीक | बुक | बुक करो | बुक करें | बुक कर दो
            | बुक कर दीजिए | चलेगा | बिल्कुल | ज़रूर | जरूर | पक्का | कर दो | कर दीजिए | हाँ बुक करो | हाँ बुक कर दो
            | हाँ ठीक है | जी ठीक है | मुझे चाहिए | चाहिए | आ जाऊँगा | आ जाऊँगी | haan | han | haanji | haan ji | ji | ji haan | theek hai | thik hai | book karo
            | book kar do | chalega | haa | hanji | theek | thik | haan theek hai | haan thik hai | bilkul | zaroor
            | zarur | jarur | pakka | kar do | kardo | book kardo | mujhe chahiye | chahiye | aa jaunga | aa jaungi""",
        "decline": """नहीं | नही | ना | जी नहीं | नहीं चाहिए | रहने दो | अभी नहीं | छोड़ो | छोड़ें | nahi | nahin | nai | na
            | ji nahi | nahi chahiye | rehne do | abhi nahi | मत करो | आज नहीं | फिर कभी | nhi | nahi ji | mat karo
            | aaj nahi | phir kabhi""",
        "stop": """बंद | बंद करो | बंद करें | बंद कर दो | रोको | रोकें | मैसेज मत भेजो | संदेश मत भेजो
            | मैसेज बंद करो | मैसेज मत भेजिए | मैसेज मत भेजें | मुझे मैसेज मत भेजो | मुझे मैसेज मत भेजिए
            | संदेश मत भेजिए | मैसेज बंद करें | ऑफ़र बंद | ऑफ़र बंद करो | ऑफ़र बंद करें | ऑफ़र मत भेजो
            | ऑफ़र मत भेजिए | band karo | band kar do | bandh karo | roko | message mat bhejo | msg mat bhejo
            | message mat bhejiye | mujhe message mat bhejo | mujhe message mat bhejiye | message band karo
            | offer band | offer band karo | offers band karo | offer mat bhejo""",
        "start": "शुरू | शुरू करो | शुरू करें | चालू | चालू करो | shuru | shuru karo | chalu karo",
        "help": "मदद | सहायता | जानकारी | madad | kaun hai | आप कौन हैं",
        "cancel_request": """रद्द | रद्द करो | रद्द करें | रद्द कर दो | कैंसल | कैंसल करो | कैंसल कर दो | नहीं आ सकता
            | नहीं आ सकती | नहीं आ सकते | नहीं आ पाऊँगा | नहीं आ पाऊँगी | नहीं आ पाएँगे | cancel karo
            | cancel kar do | nahi aa sakta | nahi aa sakti | nahi aa paunga | nahi aa paungi""",
    },
    "es": {
        "accept": """sí | sí quiero | sí claro | claro | vale | dale | reservar | reserva | resérvalo | resérvame
            | lo quiero | de acuerdo | perfecto | acepto | me interesa | confirmo | claro que sí | por supuesto | okey
            | está bien | adelante | me lo quedo | lo tomo | resérvamelo | me apunto | me sirve | me va bien
            | me viene bien | quiero""",
        "decline": """no puedo | no me interesa | ahora no | paso | omitir | no quiero | otro día | otra vez será
            | esta vez no | hoy no | no puedo hoy | en otro momento | no me viene bien | no me va bien | pero no
            | estoy ocupado | estoy ocupada""",
        "stop": """baja | darme de baja | dame de baja | darse de baja | alto | parar | para ya | basta | detener
            | cancelar suscripción | no más mensajes | no me escriban | no me escribas | no me escriban más
            | no me escribas más | número equivocado""",
        "start": "alta | darme de alta | empezar | reanudar",
        "help": "ayuda | información | quién eres | quién es",
        "cancel_request": """cancelar | cancela | cancelar cita | cancelar mi cita | cancelar la cita | anular
            | anular cita | anular mi cita | no puedo ir | no podré ir | no puedo asistir | no voy a poder ir
            | no puedo venir""",
    },
}

_TALK = (
    "text(?:ing)?|messag(?:e|ing)|msg|send(?:ing)?|contact(?:ing)?|spam(?:ming)?|bother(?:ing)? (?:me|us)|writ(?:e|ing)"
)
_MESSAGES = "texts?|messages?|msgs?|sms|offers?|spam|ads?"
_WITH_IT = f"me|us|these|this|those|any|more|again|anymore|ever|here|to|on|whatsapp|my|your|the|stuff|number|phone|from|you|{_MESSAGES}"
_MENSAJES = "mensajes?|ofertas?|sms|whatsapps?|publicidad"
_WHEN = "today|tomorrow|tonight|now|then|anymore|any more|this time|after all|on time"
_CANNOT = "cant|cannot|can not|wont|will not|(?:am |im )?(?:not able|unable) to|wont be able to|will not be able to"
_BOOKING = "booking|appointment|visit|slot|reservation"
_SENTENCES: Final[tuple[tuple[Meaning, re.Pattern[str]], ...]] = (
    # Any reasonable wording is an opt-out in the US, not only the carriers' words.
    ("stop", re.compile(rf"(?:stop|quit) (?:{_TALK})(?: (?:{_WITH_IT}|now))*")),
    # "Don't text me now" is about now.
    ("stop", re.compile(rf"(?:dont|do not|never)(?: ever)? (?:{_TALK})(?: (?:{_WITH_IT}))*")),
    (
        "stop",
        re.compile(rf"(?:stop|end|quit|no)(?: (?:the|all|these|those|your|any|more))* (?:{_MESSAGES})(?: from you)?"),
    ),
    (
        "stop",
        re.compile(rf"i (?:do not|dont) want(?: (?:the|these|those|your|any|more))* (?:{_MESSAGES})(?: from you)?"),
    ),
    ("stop", re.compile(rf"no (?:quiero|deseo)(?: recibir)?(?: (?:mas|sus|estas|estos))* (?:{_MENSAJES})")),
    ("stop", re.compile(rf"no me (?:mand|envi)\w+(?: (?:mas|sus|estas|estos))* (?:{_MENSAJES})")),
    (
        "stop",
        re.compile(rf"(?:deja|dejen|dejad) de (?:escribirme|molestarme|(?:mandarme|enviarme)(?: (?:{_MENSAJES}))?)"),
    ),
    (
        "stop",
        re.compile(
            r"(?:take|remove|delete|get) (?:me|my number) (?:off|from) (?:your|this|the)(?: \w+)? (?:list|database)"
        ),
    ),
    (
        "cancel_request",
        re.compile(
            rf"(?:i )?(?:{_CANNOT}) (?:come|make it|attend|be there|make (?:the|my) appointment)(?: (?:{_WHEN}))?"
        ),
    ),
    ("cancel_request", re.compile(rf"(?:i am |im )?not coming(?: (?:{_WHEN}))?")),
    (
        "cancel_request",
        re.compile(
            r"(?:i (?:want|need|have|would like) to )?cancel (?:my|the|this|our)"
            rf" (?:{_BOOKING})(?: (?:{_WHEN}))?"
        ),
    ),
)

_POLITE: Final = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|thx|ty|kindly|sorry|gracias|por favor|lo siento|dhanyavaad|shukriya)\b"
    r"|धन्यवाद|शुक्रिया|कृपया|माफ़ कीजिए"
)


def understand(body: str, *, locale: str, channel: Literal["whatsapp", "sms"] = "whatsapp") -> Meaning:
    """What the whole message means. The words of the person's own language count first, then all others: people mix them.
    Which offer or booking it is about is for the caller to find; a `cancel_request` may also answer an offer."""
    text = folded(body)
    if channel == "sms" and text in _CARRIER_OPT_OUT:
        return "stop"
    meanings = {_meaning_of(part, locale) for part in _parts(text)}
    # "STOP 👎" is a stop, and says so twice.
    if "stop" in meanings and meanings <= {"stop", "decline"}:
        return "stop"
    meaning: Meaning = meanings.pop() if len(meanings) == 1 else "unclear"
    # "Yes?" asks something; who asks for help or to be left alone means it with a question mark too.
    if re.search("[?？؟]", body) and meaning in ("accept", "decline", "cancel_request", "start"):
        return "unclear"
    return meaning


def acknowledges(body: str) -> bool:
    """Whether what `understand` takes for a yes may just as well only say "heard": true of "ok thanks", not of "yes" or
    "book"."""
    return all(part in _ACKNOWLEDGES for part in _parts(folded(body)))


def day_named(body: str) -> int | None:
    """In how many days the day is that the words name, 0 for "today"; None where they name none, or several."""
    days = {days for word, days in (("today", 0), ("tonight", 0), ("tomorrow", 1)) if word in folded(body).split()}
    return days.pop() if len(days) == 1 else None


def _meaning_of(text: str, locale: str) -> Meaning:
    own = locale.replace("_", "-").split("-")[0].lower()
    for language in sorted(_PHRASES, key=lambda each: each != own):
        if text in _PHRASES[language]:
            return _PHRASES[language][text]
    return next((meaning for meaning, pattern in _SENTENCES if pattern.fullmatch(text)), "unclear")


def _parts(text: str) -> Iterable[str]:
    """What of a message has a meaning of its own: all words together, and each pictogram. Politeness and smiles say
    nothing."""
    words = " ".join("".join(" " if _is_pictogram(letter) else letter for letter in text).split())
    pictograms = {letter for letter in text if _is_pictogram(letter)}
    polite = " ".join(_POLITE.sub(" ", words).split())
    return [*([polite] if polite else []), *(pictograms & _PHRASES[""].keys())]


def _is_pictogram(letter: str) -> bool:
    return unicodedata.category(letter) == "So"


def folded(text: str) -> str:
    """The text without what does not change its meaning: case, accents, punctuation, skin tones, kinds of digits."""
    letters = []
    # Taken apart, "´" would be a space and an accent: "can´t" is one word.
    for letter in unicodedata.normalize("NFKD", text.casefold().replace("´", "'")).replace("ँ", "ं"):
        kind = unicodedata.category(letter)
        if (
            "\u0300" <= letter <= "\u036f"
            or letter in "'’ʼ`"
            or kind in ("Cf", "Me", "Sk")
            or "\ufe00" <= letter <= "\ufe0f"
        ):
            continue
        if kind == "Nd":
            letters.append(str(unicodedata.digit(letter)))
        elif kind[0] in "PZC" or kind in ("Sm", "Sc"):
            letters.append(" ")
        else:
            letters.append(letter)
    return " ".join("".join(letters).split())


_PHRASES: Final[dict[str, dict[str, Meaning]]] = {
    language: {folded(phrase): meaning for meaning, phrases in meanings.items() for phrase in phrases.split("|")}
    for language, meanings in _WORDS.items()
}
_HEARD: Final = """👍 | 👌 | ✅ | ✔ | ok | okay | kk | sure | sure thing | perfect | sounds good | sounds great | of course
    | works for me | that works | that works for me | जी | जी हाँ | हाँ जी | ठीक है | ठीक | जी ठीक है | हाँ ठीक है | बिल्कुल
    | ji | haanji | hanji | theek hai | thik hai | theek | thik | haan theek hai | haan thik hai | bilkul | vale | claro
    | dale | okey | perfecto | de acuerdo | por supuesto | está bien"""
_ACKNOWLEDGES: Final = frozenset(folded(phrase) for phrase in _HEARD.split("|"))
