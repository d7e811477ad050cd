"""The words of every message, per purpose and language. There is no other place where we speak to people.

A text is written once with named variables. WhatsApp approves it as a template with numbered ones: the variables of a
purpose are numbered in the order declared here, which must not change while an approved template uses it. WhatsApp
refuses a template that starts or ends with a variable, has two side by side, or has too few words of its own; on SMS,
CANCEL, END, QUIT and YES mean something to the carrier, so nobody is told to answer with them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

Language = Literal["en", "hi", "es"]
Purpose = Literal[
    "slot_offer",
    "slot_offer_sms",
    "slot_offer_link",
    "booking_confirmed",
    "slot_taken",
    "slot_taken_another",
    "slot_taken_another_sms",
    "slot_taken_another_link",
    "slot_no_longer_free",
    "offer_declined",
    "which_one",
    "which_branch",
    "stop_confirmed",
    "start_confirmed",
    "help",
    "cancel_request_received",
    "booking_withdrawn",
    "holding_answer",
    "unknown_offer_forwarded",
    "owner_sold",
    "owner_alert",
    "owner_message",
    "owner_approval",
    "owner_approval_link",
    "owner_reminder",
    "owner_reminder_link",
    "owner_not_done",
    "owner_digest",
    "owner_digest_link",
    "owner_approved",
    "owner_rejected",
    "owner_already_decided",
    "owner_which_one",
]

_LONGEST_VALUE: Final = 60
_LONGEST_VALUES: Final = {
    "choices": 300,
    "problem": 500,
    "proposal": 300,
    "summary": 450,
    "reason": 200,
    "words": 300,
    "before": 200,
    "address": 120,
}
"""Longer values are cut, so that no message can grow past WhatsApp's 1024 characters."""


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Rendered:
    """`locale` is the language the words are in, `numbered` what a template of that purpose takes."""

    text: str
    purpose: str
    locale: str
    numbered: dict[str, str]
    buttons: list[Button]


@dataclass(frozen=True)
class _Wording:
    """`variables` in the order they are numbered; `buttons` as (variable of the payload, titles), the yes first."""

    variables: tuple[str, ...]
    words: dict[Language, str]
    buttons: tuple[tuple[str, dict[Language, str]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.variables, *(payload for payload, _ in self.buttons))


_BOOK_OR_SKIP: Final[tuple[tuple[str, dict[Language, str]], ...]] = (
    ("accept_token", {"en": "Book it", "hi": "बुक करें", "es": "Reservar"}),
    ("decline_token", {"en": "No, thanks", "hi": "नहीं, धन्यवाद", "es": "No, gracias"}),
)
_APPROVE_OR_REJECT: Final[tuple[tuple[str, dict[Language, str]], ...]] = (
    ("approve_token", {"en": "Approve", "hi": "मंज़ूर", "es": "Aprobar"}),
    ("reject_token", {"en": "Reject", "hi": "नामंज़ूर", "es": "Rechazar"}),
)
_OFFER: Final = ("name", "service", "staff", "salon", "when", "price", "until")
_ANOTHER: Final = ("name", "lost_when", "service", "staff", "when", "price", "until")

_WORDINGS: Final[dict[Purpose, _Wording]] = {
    "slot_offer": _Wording(
        _OFFER,
        {
            "en": "Hi {name}! We have {service} with {staff} at {salon} free {when} for {price}."
            " First come, first served until {until}. Reply STOP for no more offers.",
            "hi": "नमस्ते {name}! आपके लिए {service}, साथ में {staff}, जगह {salon}, समय {when}, क़ीमत {price}।"
            " पहले आएँ, पहले पाएँ, {until} तक। ऑफ़र न चाहिए तो STOP लिखें।",
            "es": "¡Hola {name}! Tenemos {service} con {staff} en {salon} libre {when} por {price}."
            " Para quien llegue primero, hasta {until}. Responde STOP para no recibir más.",
        },
        _BOOK_OR_SKIP,
    ),
    "slot_offer_sms": _Wording(
        (*_OFFER, "link"),
        {
            "en": "Hi {name}! We have {service} with {staff} at {salon} free {when} for {price}, until {until}."
            " Reply BOOK or SKIP, or tap {link} to choose. STOP ends offers.",
            "hi": "नमस्ते {name}! आपके लिए {service}, साथ में {staff}, जगह {salon}, समय {when}, क़ीमत {price},"
            " मान्य {until} तक। BOOK या SKIP लिखें, या {link} खोलें। ऑफ़र बंद: STOP",
            "es": "Hola {name}: tenemos {service} con {staff} en {salon} libre {when} por {price}, hasta {until}."
            " Responde BOOK o SKIP, o elige en {link} ahora. STOP: fin de ofertas.",
        },
    ),
    "slot_offer_link": _Wording(
        (*_OFFER, "link"),
        {
            "en": "Hi {name}! We have {service} with {staff} at {salon} free {when} for {price}, until {until}."
            " Open {link} to book it, to skip it or to end these offers.",
            "hi": "नमस्ते {name}! आपके लिए {service}, साथ में {staff}, जगह {salon}, समय {when}, क़ीमत {price},"
            " मान्य {until} तक। बुक करने, छोड़ने या ऑफ़र बंद करने के लिए {link} खोलें।",
            "es": "Hola {name}: tenemos {service} con {staff} en {salon} libre {when} por {price}, hasta {until}."
            " Abre {link} para reservar, para omitir o para no recibir más ofertas.",
        },
    ),
    "booking_confirmed": _Wording(
        ("name", "service", "staff", "when", "salon", "address", "price"),
        {
            "en": "Booked, {name}! You have {service} with {staff}, see you {when} at {salon} in {address}."
            " The price is {price}. If something comes up, just reply that you can't come and we will see to it.",
            "hi": "बुक हो गया, {name}! आपकी {service}, साथ में {staff}, समय {when}, जगह {salon}, पता {address}।"
            " क़ीमत {price} है। अगर किसी वजह से न आ सकें, तो बस लिख दें कि नहीं आ सकते, बाक़ी हम देख लेंगे।",
            "es": "¡Reservado, {name}! Tienes {service} con {staff}, ven {when} a {salon}, dirección {address}."
            " El precio es {price}. Si te surge algo, responde que no puedes venir y nos ocupamos nosotros.",
        },
    ),
    "slot_taken": _Wording(
        ("name", "when"),
        {
            "en": "Thank you {name}, but somebody was a moment faster: the place for {when} is taken."
            " You have not been booked, and there is nothing you need to do.",
            "hi": "धन्यवाद {name}, पर कोई और पल भर पहले आ गया: {when} वाली जगह भर गई है।"
            " आपकी बुकिंग नहीं हुई है, और आपको कुछ नहीं करना है।",
            "es": "Gracias {name}, pero alguien llegó un momento antes: el hueco de {when} ya está ocupado."
            " No se te ha reservado nada y no tienes que hacer nada.",
        },
    ),
    "slot_taken_another": _Wording(
        _ANOTHER,
        {
            "en": "Thank you {name}, but the place for {lost_when} is no longer free. We do have {service} with {staff}"
            " free {when} for {price}, until {until}. Would that suit you as well?",
            "hi": "धन्यवाद {name}, पर {lost_when} वाली जगह अब खाली नहीं है। {service} अब भी खाली है, साथ में {staff},"
            " समय {when}, क़ीमत {price}, मान्य {until} तक। क्या यह ठीक रहेगा?",
            "es": "Gracias {name}, pero el hueco de {lost_when} ya no está libre. Sí tenemos {service} con {staff}"
            " libre {when} por {price}, hasta {until}. ¿Te vendría bien?",
        },
        _BOOK_OR_SKIP,
    ),
    "slot_taken_another_sms": _Wording(
        (*_ANOTHER, "link"),
        {
            "en": "Thank you {name}, but the place for {lost_when} is no longer free. We do have {service} with {staff}"
            " free {when} for {price}, until {until}. Reply BOOK or SKIP, or tap {link} to choose.",
            "hi": "धन्यवाद {name}, पर {lost_when} वाली जगह अब खाली नहीं है। {service} अब भी खाली है, साथ में {staff},"
            " समय {when}, क़ीमत {price}, मान्य {until} तक। BOOK या SKIP लिखें, या {link} खोलें।",
            "es": "Gracias {name}, pero el hueco de {lost_when} ya no está libre. Sí tenemos {service} con {staff}"
            " libre {when} por {price}, hasta {until}. Responde BOOK o SKIP, o elige en {link} ahora.",
        },
    ),
    "slot_taken_another_link": _Wording(
        (*_ANOTHER, "link"),
        {
            "en": "Thank you {name}, but the place for {lost_when} is no longer free. We do have {service} with {staff}"
            " free {when} for {price}, until {until}. Open {link} to book it or to skip it.",
            "hi": "धन्यवाद {name}, पर {lost_when} वाली जगह अब खाली नहीं है। {service} अब भी खाली है, साथ में {staff},"
            " समय {when}, क़ीमत {price}, मान्य {until} तक। बुक करने या छोड़ने के लिए {link} खोलें।",
            "es": "Gracias {name}, pero el hueco de {lost_when} ya no está libre. Sí tenemos {service} con {staff}"
            " libre {when} por {price}, hasta {until}. Abre {link} para reservar o para omitir.",
        },
    ),
    "slot_no_longer_free": _Wording(
        ("name", "when"),
        {
            "en": "Thank you {name}, but the place for {when} is no longer free. Sorry about that!"
            " You have not been booked, and there is nothing you need to do.",
            "hi": "धन्यवाद {name}, पर {when} वाली जगह अब खाली नहीं है। इसके लिए माफ़ी!"
            " आपकी बुकिंग नहीं हुई है, और आपको कुछ नहीं करना है।",
            "es": "Gracias {name}, pero el hueco de {when} ya no está libre. ¡Lo sentimos!"
            " No se te ha reservado nada y no tienes que hacer nada.",
        },
    ),
    "offer_declined": _Wording(
        ("name",),
        {
            "en": "Thanks for telling us, {name}! Maybe another time.",
            "hi": "बताने के लिए धन्यवाद, {name}! फिर कभी सही।",
            "es": "Gracias por avisar, {name}. ¡Otra vez será!",
        },
    ),
    "which_one": _Wording(
        ("name", "choices"),
        {
            "en": "Hi {name}, you have more than one open offer from us: {choices}."
            " Please use the button or the link of the one you mean.",
            "hi": "नमस्ते {name}, आपके पास हमारे एक से ज़्यादा ऑफ़र हैं: {choices}। जो चाहिए, कृपया उसी संदेश का बटन या लिंक दबाएँ।",
            "es": "Hola {name}, tienes más de una oferta nuestra abierta: {choices}."
            " Por favor, usa el botón o el enlace de la que quieras.",
        },
    ),
    "which_branch": _Wording(
        ("choices",),
        {
            "en": "Hello! This number is shared by several places: {choices}. Which one is your message for?"
            " Please answer with its number or its name.",
            "hi": "नमस्ते! यह नंबर कई जगहों का है: {choices}। आपका संदेश किसके लिए है? कृपया उसका नंबर या नाम लिखें।",
            "es": "¡Hola! Este número es de varios locales: {choices}. ¿Para cuál es tu mensaje?"
            " Por favor, responde con su número o su nombre.",
        },
    ),
    "stop_confirmed": _Wording(
        ("salon",),
        {
            "en": "You will get no more offers from {salon}. Your bookings stay as they are."
            " Reply START to get offers again.",
            "hi": "अब आपको {salon} से कोई ऑफ़र नहीं आएगा। आपकी बुकिंग वैसी ही रहेंगी। फिर से पाने के लिए START लिखें।",
            "es": "Ya no recibirás ofertas de {salon}. Tus reservas siguen igual."
            " Responde START para volver a recibirlas.",
        },
    ),
    "start_confirmed": _Wording(
        ("salon",),
        {
            "en": "Welcome back! You will get offers from {salon} here again. Reply STOP at any time to end them.",
            "hi": "फिर से स्वागत है! अब यहाँ {salon} के ऑफ़र आएँगे। बंद करने के लिए कभी भी STOP लिखें।",
            "es": "¡Hola de nuevo! Volverás a recibir aquí ofertas de {salon}. Responde STOP cuando quieras dejarlas.",
        },
    ),
    "help": _Wording(
        ("salon",),
        {
            "en": "This is {salon}. Reply BOOK to take an offer, SKIP to let it pass, or STOP for no more offers."
            " Anything else you write is read by our team.",
            "hi": "यह {salon} है। ऑफ़र लेने के लिए BOOK, छोड़ने के लिए SKIP, और बंद करने के लिए STOP लिखें।"
            " बाक़ी जो भी आप लिखेंगे, हमारी टीम पढ़ेगी।",
            "es": "Somos {salon}. Responde BOOK para aceptar una oferta, SKIP para dejarla pasar"
            " o STOP para no recibir más. Todo lo demás lo lee nuestro equipo.",
        },
    ),
    "cancel_request_received": _Wording(
        ("name", "when"),
        {
            "en": "Thank you for telling us, {name}. We have passed on that you can't come {when}."
            " The salon will confirm the cancellation to you.",
            "hi": "बताने के लिए धन्यवाद, {name}। हमने सैलून को बता दिया है कि {when} आप नहीं आ सकते।"
            " सैलून आपको रद्द होने की पुष्टि कर देगा।",
            "es": "Gracias por avisar, {name}. Hemos comunicado que no puedes venir {when}."
            " El salón te confirmará la cancelación.",
        },
    ),
    "booking_withdrawn": _Wording(
        ("name", "service", "when"),
        {
            "en": "We are very sorry, {name}: the salon has to take back your booking of {service} for {when}."
            " Please don't come then. The salon will be in touch about another time.",
            "hi": "हमें बहुत खेद है, {name}: सैलून को आपकी {service} बुकिंग वापस लेनी पड़ रही है, समय {when}।"
            " कृपया उस समय न आएँ। दूसरे समय के लिए सैलून आपसे संपर्क करेगा।",
            "es": "Lo sentimos mucho, {name}: el salón tiene que anular tu reserva de {service}, prevista {when}."
            " Por favor, no vengas a esa hora. El salón te contactará para buscar otra.",
        },
    ),
    "holding_answer": _Wording(
        ("salon",),
        {
            "en": "Thank you, your message has reached {salon}. Somebody will answer you as soon as they can.",
            "hi": "धन्यवाद, आपका संदेश {salon} तक पहुँच गया है। कोई जल्द ही आपको जवाब देगा।",
            "es": "Gracias, tu mensaje ha llegado a {salon}. Alguien te responderá en cuanto pueda.",
        },
    ),
    "unknown_offer_forwarded": _Wording(
        ("salon",),
        {
            "en": "Hello! This offer from {salon} was made to somebody else, so we could not book it for you."
            " We have passed your wish on to the team, who will get in touch.",
            "hi": "नमस्ते! {salon} का यह ऑफ़र किसी और के लिए था, इसलिए हम इसे आपके लिए बुक नहीं कर सके।"
            " हमने आपकी इच्छा टीम को बता दी है, वे आपसे संपर्क करेंगे।",
            "es": "¡Hola! Esta oferta de {salon} era para otra persona, así que no hemos podido reservarla para ti."
            " Hemos pasado tu mensaje al equipo, que se pondrá en contacto contigo.",
        },
    ),
    "owner_sold": _Wording(
        ("customer", "service", "staff", "when", "price"),
        {
            "en": "Sold: {customer} takes {service} with {staff}, coming {when} for {price}."
            " The free place is filled again.",
            "hi": "बिक गया: {customer} ने ली {service}, साथ में {staff}, समय {when}, क़ीमत {price}। खाली जगह फिर भर गई है।",
            "es": "Vendido: {customer} reserva {service} con {staff}, viene {when} por {price}."
            " El hueco vuelve a estar lleno.",
        },
    ),
    "owner_alert": _Wording(
        ("salon", "problem"),
        {
            "en": "Something at {salon} needs you: {problem}. Please have a look in the console.",
            "hi": "आपका ध्यान {salon} में चाहिए: {problem}। कृपया कंसोल में देखें।",
            "es": "Algo en {salon} necesita tu atención: {problem}. Por favor, míralo en la consola.",
        },
    ),
    "owner_message": _Wording(
        ("salon", "customer", "reason", "words", "before"),
        {
            "en": "A message at {salon} waits for you. From: {customer}. About: {reason}. They write: {words}."
            " Before that we had written: {before}. Please answer them yourself.",
            "hi": "एक संदेश {salon} में आपका इंतज़ार कर रहा है। किससे: {customer}। किस बारे में: {reason}।"
            " उन्होंने लिखा: {words}। उससे पहले हमने लिखा था: {before}। कृपया उन्हें ख़ुद जवाब दें।",
            "es": "Un mensaje en {salon} espera tu respuesta. De: {customer}. Sobre: {reason}. Escribe: {words}."
            " Antes le habíamos escrito: {before}. Por favor, respóndele tú.",
        },
    ),
    "owner_approval": _Wording(
        ("salon", "proposal", "until"),
        {
            "en": "May we do this at {salon}? We propose: {proposal}."
            " Without your answer until {until} we will leave it.",
            "hi": "क्या हम {salon} में यह करें? हमारा सुझाव: {proposal}। अगर {until} तक जवाब न मिला, तो हम इसे छोड़ देंगे।",
            "es": "¿Podemos hacer esto en {salon}? Proponemos: {proposal}."
            " Sin tu respuesta hasta {until} no lo haremos.",
        },
        _APPROVE_OR_REJECT,
    ),
    "owner_approval_link": _Wording(
        ("salon", "proposal", "until", "link"),
        {
            "en": "May we do this at {salon}? We propose: {proposal}. Without your answer until {until} we will leave it."
            " Open {link} to approve or to reject it.",
            "hi": "क्या हम {salon} में यह करें? हमारा सुझाव: {proposal}। अगर {until} तक जवाब न मिला, तो हम इसे छोड़ देंगे।"
            " मंज़ूर या नामंज़ूर करने के लिए {link} खोलें।",
            "es": "¿Podemos hacer esto en {salon}? Proponemos: {proposal}. Sin tu respuesta hasta {until} no lo haremos."
            " Abre {link} para aprobarlo o rechazarlo.",
        },
    ),
    "owner_reminder": _Wording(
        ("salon", "proposal", "until"),
        {
            "en": "A reminder from {salon}: this still waits for your answer. We propose: {proposal}."
            " Without your answer until {until} we will leave it.",
            "hi": "याद दिलाने के लिए, {salon} से: इस पर आपका जवाब बाक़ी है। हमारा सुझाव: {proposal}।"
            " अगर {until} तक जवाब न मिला, तो हम इसे छोड़ देंगे।",
            "es": "Un recordatorio de {salon}: esto espera aún tu respuesta. Proponemos: {proposal}."
            " Sin tu respuesta hasta {until} no lo haremos.",
        },
        _APPROVE_OR_REJECT,
    ),
    "owner_reminder_link": _Wording(
        ("salon", "proposal", "until", "link"),
        {
            "en": "A reminder from {salon}: this still waits for your answer. We propose: {proposal}."
            " Without it until {until} we will leave it. Open {link} to approve or to reject it.",
            "hi": "याद दिलाने के लिए, {salon} से: इस पर आपका जवाब बाक़ी है। हमारा सुझाव: {proposal}।"
            " अगर {until} तक जवाब न मिला, तो हम इसे छोड़ देंगे। मंज़ूर या नामंज़ूर करने के लिए {link} खोलें।",
            "es": "Un recordatorio de {salon}: esto espera aún tu respuesta. Proponemos: {proposal}."
            " Sin ella hasta {until} no lo haremos. Abre {link} para aprobarlo o rechazarlo.",
        },
    ),
    "owner_not_done": _Wording(
        ("salon", "proposal", "reason"),
        {
            "en": "We have not done this at {salon}. We proposed: {proposal}. The reason is: {reason}. There is nothing you need to do.",
            "hi": "हमने {salon} में यह नहीं किया: {proposal}। इसकी वजह यह है: {reason}। आपको कुछ नहीं करना है।",
            "es": "No hemos hecho esto en {salon}. Propusimos: {proposal}. El motivo es este: {reason}. No tienes que hacer nada.",
        },
    ),
    "owner_digest": _Wording(
        ("salon", "summary"),
        {
            "en": "News from {salon}, all in one message: {summary}. You will find everything in the console.",
            "hi": "एक ही संदेश में {salon} की ख़बरें: {summary}। सब कुछ आपको कंसोल में मिलेगा।",
            "es": "Novedades de {salon} en un solo mensaje: {summary}. Lo encontrarás todo en la consola.",
        },
    ),
    "owner_digest_link": _Wording(
        ("salon", "summary", "link"),
        {
            "en": "News from {salon}, all in one message: {summary}. Open {link} to answer what waits for you.",
            "hi": "एक ही संदेश में {salon} की ख़बरें: {summary}। जिन पर आपका जवाब चाहिए, उनके लिए {link} खोलें।",
            "es": "Novedades de {salon} en un solo mensaje: {summary}. Abre {link} para responder a lo que te espera.",
        },
    ),
    "owner_approved": _Wording(
        ("proposal",),
        {
            "en": "Thank you, approved: {proposal}. We see to it now.",
            "hi": "धन्यवाद, मंज़ूर हुआ: {proposal}। हम अभी यह करते हैं।",
            "es": "Gracias, aprobado: {proposal}. Nos ponemos a ello.",
        },
    ),
    "owner_rejected": _Wording(
        ("proposal",),
        {
            "en": "Thank you, rejected: {proposal}. We leave it.",
            "hi": "धन्यवाद, नामंज़ूर हुआ: {proposal}। हम यह नहीं करेंगे।",
            "es": "Gracias, rechazado: {proposal}. No lo haremos.",
        },
    ),
    "owner_already_decided": _Wording(
        ("proposal", "outcome"),
        {
            "en": "Thank you, but this is settled already: {proposal}. It was {outcome} before your answer came.",
            "hi": "धन्यवाद, पर यह पहले ही तय हो चुका है: {proposal}। आपके जवाब से पहले यह {outcome} हो गया था।",
            "es": "Gracias, pero esto ya está resuelto: {proposal}. Quedó {outcome} antes de tu respuesta.",
        },
    ),
    "owner_which_one": _Wording(
        ("choices",),
        {
            "en": "More than one proposal waits for you: {choices}. Please use the buttons or the link of the one you mean.",
            "hi": "एक से ज़्यादा सुझाव आपके जवाब का इंतज़ार कर रहे हैं: {choices}। जो चाहिए, कृपया उसी के बटन या लिंक दबाएँ।",
            "es": "Te espera más de una propuesta: {choices}. Por favor, usa los botones o el enlace de la que quieras.",
        },
    ),
}

_WHEN_EMPTY: Final[dict[str, dict[Language, str]]] = {
    "name": {"en": "guest", "hi": "अतिथि", "es": "cliente"},
    "address": {"en": "the usual place", "hi": "हमेशा वाला", "es": "la de siempre"},
    "customer": {"en": "somebody unknown", "hi": "कोई अनजान", "es": "alguien desconocido"},
    "words": {
        "en": "a voice message or a picture",
        "hi": "आवाज़ या तस्वीर का संदेश",
        "es": "un mensaje de voz o una imagen",
    },
    "before": {"en": "nothing yet", "hi": "अभी कुछ नहीं", "es": "nada todavía"},
}
_NEVER_CUT: Final = {"link": 400, "accept_token": 200, "decline_token": 200, "approve_token": 200, "reject_token": 200}


def render(purpose: str, locale: str, variables: Mapping[str, str]) -> Rendered:
    """The message as its reader sees it. Variables the purpose does not use are ignored, so that the same offer can go
    by another channel. Raises ValueError for a purpose we have no words for and for a variable that is missing."""
    wording, language = _wording(purpose), language_of(locale)
    values = {name: _value(name, variables.get(name, ""), purpose, language) for name in wording.names}
    return Rendered(
        text=re.sub(r"\{(\w+)\}", lambda match: values[match[1]], wording.words[language]),
        purpose=purpose,
        locale=language,
        numbered={str(number): values[name] for number, name in enumerate(wording.names, 1)},
        buttons=[Button(titles[language], values[payload]) for payload, titles in wording.buttons],
    )


def templates() -> dict[str, dict[str, dict[str, Any]]]:
    """Purpose -> language -> what to submit for approval: `body`, `buttons` (title and payload), and `variables`, which
    names each number."""
    return {
        purpose: {language: _template(wording, language) for language in get_args(Language)}
        for purpose, wording in _WORDINGS.items()
    }


def language_of(locale: str) -> Language:
    """The language we have words in: "en-IN" is "en", and so is a language we do not speak."""
    language = re.split("[-_]", locale)[0].lower()
    return next((each for each in get_args(Language) if each == language), "en")


def spoken_time(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime | None) -> str:
    """Such as "today at 14:00" or "Sat 28 Nov at 14:00". What is today when a message is written may be yesterday when
    it is sent: whoever holds a message speaks its times anew, and what is read nobody knows when names the day (without
    `now`)."""
    language, local = language_of(locale), instant.astimezone(zone)
    day, hour = _spoken_day(local, now and now.astimezone(zone), language), f"{local:%H:%M}"
    return {"en": f"{day} at {hour}", "hi": f"{day} {hour} बजे", "es": f"{day} a las {hour}"}[language]


def spoken_deadline(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime) -> str:
    """Only the hour when it is today, as after "until"."""
    if instant.astimezone(zone).date() == now.astimezone(zone).date():
        return f"{instant.astimezone(zone):%H:%M}"
    return spoken_time(instant, zone, locale, now=now)


def spoken_proposal(service: str, when: str, customer: str, locale: str, *, discount_percent: float) -> str:
    """What the owner is asked to allow."""
    language = language_of(locale)
    discount = _DISCOUNT[language].format(percent=f"{discount_percent:g}") if discount_percent else ""
    return _PROPOSAL[language].format(service=service, when=when, customer=customer) + discount


def spoken_outcome(status: str, locale: str) -> str:
    """What became of an approval, as it is said within a sentence."""
    return _OUTCOMES[language_of(locale)].get(status, status)


def spoken_reason(reason: str, locale: str, *, when: str) -> str:
    """Why a message waits for a person, as it is said after "about"; `when` is the time it is about, if any."""
    return _REASONS[language_of(locale)][reason].replace("{when}", when).strip()


def unsigned_text(purpose: str, locale: str, variables: Mapping[str, str]) -> str:
    """As it is kept of what was said: without the signed buttons and links."""
    return render(purpose, locale, {**variables, **dict.fromkeys(_NEVER_CUT, "-")}).text


def spoken_digest(items: Mapping[str, list[str]], locale: str) -> str:
    """What there is of each kind (`sold`, `alert`, `waiting`, `over`): how many, and the first few of them."""
    words = _DIGEST[language_of(locale)]
    parts = []
    for kind, texts in items.items():
        if texts:
            shown = "; ".join([_shortened(text) for text in texts[:_SHOWN]] + ["..."] * (len(texts) > _SHOWN))
            parts.append(f"{len(texts)} {words[kind]} ({shown})")
    return ", ".join(parts)


_SHOWN: Final = 3
_PROPOSAL: Final[dict[Language, str]] = {
    "en": "{service} {when} for {customer}",
    "hi": "{service}, {when}, {customer} के लिए",
    "es": "{service} {when} para {customer}",
}
_DISCOUNT: Final[dict[Language, str]] = {
    "en": ", {percent} % off",
    "hi": ", {percent} % की छूट",
    "es": ", {percent} % de descuento",
}
_OUTCOMES: Final[dict[Language, dict[str, str]]] = {
    "en": {"approved": "approved", "rejected": "rejected", "expired": "out of time", "cancelled": "called off"},
    "hi": {"approved": "मंज़ूर", "rejected": "नामंज़ूर", "expired": "समय से बाहर", "cancelled": "रद्द"},
    "es": {"approved": "aprobado", "rejected": "rechazado", "expired": "fuera de plazo", "cancelled": "anulado"},
}
_REASONS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "needs_a_person": "something that needs a person",
        "other_words": "our offer for {when}, in other words than yes or no",
        "another_answer": "our offer for {when}: a yes after all",
        "cannot_come": "they cannot come {when}",
        "forwarded": "an offer that was made to somebody else",
        "not_theirs": "an approval that is not theirs to give",
        "no_such_approval": "an approval that we do not know",
        "given_up": "something that we could not work on",
    },
    "hi": {
        "needs_a_person": "कुछ ऐसा जिसके लिए किसी व्यक्ति की ज़रूरत है",
        "other_words": "{when} का हमारा ऑफ़र, हाँ या ना से अलग शब्दों में",
        "another_answer": "{when} का हमारा ऑफ़र, जिस पर अब हाँ कहा है",
        "cannot_come": "वे {when} नहीं आ सकते",
        "forwarded": "किसी और को दिया गया ऑफ़र",
        "not_theirs": "एक मंज़ूरी जो देना उनका काम नहीं",
        "no_such_approval": "एक मंज़ूरी जिसे हम नहीं जानते",
        "given_up": "कुछ ऐसा जिस पर हम काम नहीं कर सके",
    },
    "es": {
        "needs_a_person": "algo que necesita a una persona",
        "other_words": "nuestra oferta de {when}, con otras palabras que sí o no",
        "another_answer": "nuestra oferta de {when}: un sí después de todo",
        "cannot_come": "no puede venir {when}",
        "forwarded": "una oferta hecha a otra persona",
        "not_theirs": "una aprobación que no le corresponde",
        "no_such_approval": "una aprobación que no conocemos",
        "given_up": "algo que no pudimos procesar",
    },
}
_DIGEST: Final[dict[Language, dict[str, str]]] = {
    "en": {"waiting": "to answer", "sold": "sold", "alert": "to look at", "over": "settled meanwhile"},
    "hi": {"waiting": "पर जवाब चाहिए", "sold": "बिके", "alert": "देखने लायक़", "over": "इस बीच तय"},
    "es": {"waiting": "por responder", "sold": "vendidos", "alert": "por revisar", "over": "ya resueltos"},
}


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57].rstrip()}..."


_TODAY: Final[dict[Language, tuple[str, str]]] = {
    "en": ("today", "tomorrow"),
    "hi": ("आज", "कल"),
    "es": ("hoy", "mañana"),
}
_WEEKDAYS: Final[dict[Language, list[str]]] = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "hi": ["सोम", "मंगल", "बुध", "गुरु", "शुक्र", "शनि", "रवि"],
    "es": ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
}
_MONTHS: Final[dict[Language, str]] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
}


def _spoken_day(local: datetime, now: datetime | None, language: Language) -> str:
    days = (local.date() - now.date()).days if now else None
    if days == 0 or days == 1:
        return _TODAY[language][days]
    month = _MONTHS[language].split()[local.month - 1]
    return f"{_WEEKDAYS[language][local.weekday()]} {local.day} {month}"


def _wording(purpose: str) -> _Wording:
    for known, wording in _WORDINGS.items():
        if known == purpose:
            return wording
    raise ValueError(f"expected a purpose we have words for ({', '.join(_WORDINGS)}), found {purpose!r}")


def _value(name: str, value: str, purpose: str, language: Language) -> str:
    """One line, as WhatsApp wants it, of a length that fits every template."""
    value = " ".join(value.split()) or _WHEN_EMPTY.get(name, {}).get(language, "")
    if not value:
        raise ValueError(f"expected the variable {name} for a message of purpose {purpose}, found nothing")
    if name in _NEVER_CUT:
        if len(value) > _NEVER_CUT[name]:
            raise ValueError(f"expected {name} to have at most {_NEVER_CUT[name]} characters, found {len(value)}")
        return value
    longest = _LONGEST_VALUES.get(name, _LONGEST_VALUE)
    return value if len(value) <= longest else f"{value[: longest - 3].rstrip()}..."


def _template(wording: _Wording, language: Language) -> dict[str, Any]:
    numbers = {name: f"{{{{{number}}}}}" for number, name in enumerate(wording.names, 1)}
    return {
        "body": re.sub(r"\{(\w+)\}", lambda match: numbers[match[1]], wording.words[language]),
        "buttons": [{"title": titles[language], "payload": numbers[payload]} for payload, titles in wording.buttons],
        "variables": {str(number): name for number, name in enumerate(wording.names, 1)},
    }
