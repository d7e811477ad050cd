"""The words of every message, per purpose and language. What is put into them in words is in `spoken`.

A text is written once with named variables. WhatsApp approves it as a template with numbered ones: the variables of a
purpose are numbered in the order declared here, which must not change while an approved template uses it. WhatsApp
refuses a template that starts or ends with a variable, has two side by side, or has too few words of its own; on SMS,
CANCEL, END, QUIT and YES mean something to the carrier, so nobody is told to answer with them.
"""

from dataclasses import dataclass
from typing import Final, Literal

from shared.values.language import Language

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


@dataclass(frozen=True)
class Text:
    """What is said for one purpose. `variables` are in the order they are numbered; `buttons` are pairs of the variable
    that is the payload and its titles, the yes first."""

    variables: tuple[str, ...]
    words: dict[Language, str]
    buttons: tuple[tuple[str, dict[Language, str]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that is numbered in the template: the variables, then the payloads of the buttons."""
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

TEXTS: Final[dict[Purpose, Text]] = {
    "slot_offer": Text(
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
    "slot_offer_sms": Text(
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
    "slot_offer_link": Text(
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
    "booking_confirmed": Text(
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
    "slot_taken": Text(
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
    "slot_taken_another": Text(
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
    "slot_taken_another_sms": Text(
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
    "slot_taken_another_link": Text(
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
    "slot_no_longer_free": Text(
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
    "offer_declined": Text(
        ("name",),
        {
            "en": "Thanks for telling us, {name}! Maybe another time.",
            "hi": "बताने के लिए धन्यवाद, {name}! फिर कभी सही।",
            "es": "Gracias por avisar, {name}. ¡Otra vez será!",
        },
    ),
    "which_one": Text(
        ("name", "choices"),
        {
            "en": "Hi {name}, you have more than one open offer from us: {choices}."
            " Please use the button or the link of the one you mean.",
            "hi": "नमस्ते {name}, आपके पास हमारे एक से ज़्यादा ऑफ़र हैं: {choices}। जो चाहिए, कृपया उसी संदेश का बटन या लिंक दबाएँ।",
            "es": "Hola {name}, tienes más de una oferta nuestra abierta: {choices}."
            " Por favor, usa el botón o el enlace de la que quieras.",
        },
    ),
    "which_branch": Text(
        ("choices",),
        {
            "en": "Hello! This number is shared by several places: {choices}. Which one is your message for?"
            " Please answer with its number or its name.",
            "hi": "नमस्ते! यह नंबर कई जगहों का है: {choices}। आपका संदेश किसके लिए है? कृपया उसका नंबर या नाम लिखें।",
            "es": "¡Hola! Este número es de varios locales: {choices}. ¿Para cuál es tu mensaje?"
            " Por favor, responde con su número o su nombre.",
        },
    ),
    "stop_confirmed": Text(
        ("salon",),
        {
            "en": "You will get no more offers from {salon}. Your bookings stay as they are."
            " Reply START to get offers again.",
            "hi": "अब आपको {salon} से कोई ऑफ़र नहीं आएगा। आपकी बुकिंग वैसी ही रहेंगी। फिर से पाने के लिए START लिखें।",
            "es": "Ya no recibirás ofertas de {salon}. Tus reservas siguen igual."
            " Responde START para volver a recibirlas.",
        },
    ),
    "start_confirmed": Text(
        ("salon",),
        {
            "en": "Welcome back! You will get offers from {salon} here again. Reply STOP at any time to end them.",
            "hi": "फिर से स्वागत है! अब यहाँ {salon} के ऑफ़र आएँगे। बंद करने के लिए कभी भी STOP लिखें।",
            "es": "¡Hola de nuevo! Volverás a recibir aquí ofertas de {salon}. Responde STOP cuando quieras dejarlas.",
        },
    ),
    "help": Text(
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
    "cancel_request_received": Text(
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
    "booking_withdrawn": Text(
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
    "holding_answer": Text(
        ("salon",),
        {
            "en": "Thank you, your message has reached {salon}. Somebody will answer you as soon as they can.",
            "hi": "धन्यवाद, आपका संदेश {salon} तक पहुँच गया है। कोई जल्द ही आपको जवाब देगा।",
            "es": "Gracias, tu mensaje ha llegado a {salon}. Alguien te responderá en cuanto pueda.",
        },
    ),
    "unknown_offer_forwarded": Text(
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
    "owner_sold": Text(
        ("customer", "service", "staff", "when", "price"),
        {
            "en": "Sold: {customer} takes {service} with {staff}, coming {when} for {price}."
            " The free place is filled again.",
            "hi": "बिक गया: {customer} ने ली {service}, साथ में {staff}, समय {when}, क़ीमत {price}। खाली जगह फिर भर गई है।",
            "es": "Vendido: {customer} reserva {service} con {staff}, viene {when} por {price}."
            " El hueco vuelve a estar lleno.",
        },
    ),
    "owner_alert": Text(
        ("salon", "problem"),
        {
            "en": "Something at {salon} needs you: {problem}. Please have a look in the console.",
            "hi": "आपका ध्यान {salon} में चाहिए: {problem}। कृपया कंसोल में देखें।",
            "es": "Algo en {salon} necesita tu atención: {problem}. Por favor, míralo en la consola.",
        },
    ),
    "owner_message": Text(
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
    "owner_approval": Text(
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
    "owner_approval_link": Text(
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
    "owner_reminder": Text(
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
    "owner_reminder_link": Text(
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
    "owner_not_done": Text(
        ("salon", "proposal", "reason"),
        {
            "en": "We have not done this at {salon}. We proposed: {proposal}. The reason is: {reason}. There is nothing you need to do.",
            "hi": "हमने {salon} में यह नहीं किया: {proposal}। इसकी वजह यह है: {reason}। आपको कुछ नहीं करना है।",
            "es": "No hemos hecho esto en {salon}. Propusimos: {proposal}. El motivo es este: {reason}. No tienes que hacer nada.",
        },
    ),
    "owner_digest": Text(
        ("salon", "summary"),
        {
            "en": "News from {salon}, all in one message: {summary}. You will find everything in the console.",
            "hi": "एक ही संदेश में {salon} की ख़बरें: {summary}। सब कुछ आपको कंसोल में मिलेगा।",
            "es": "Novedades de {salon} en un solo mensaje: {summary}. Lo encontrarás todo en la consola.",
        },
    ),
    "owner_digest_link": Text(
        ("salon", "summary", "link"),
        {
            "en": "News from {salon}, all in one message: {summary}. Open {link} to answer what waits for you.",
            "hi": "एक ही संदेश में {salon} की ख़बरें: {summary}। जिन पर आपका जवाब चाहिए, उनके लिए {link} खोलें।",
            "es": "Novedades de {salon} en un solo mensaje: {summary}. Abre {link} para responder a lo que te espera.",
        },
    ),
    "owner_approved": Text(
        ("proposal",),
        {
            "en": "Thank you, approved: {proposal}. We see to it now.",
            "hi": "धन्यवाद, मंज़ूर हुआ: {proposal}। हम अभी यह करते हैं।",
            "es": "Gracias, aprobado: {proposal}. Nos ponemos a ello.",
        },
    ),
    "owner_rejected": Text(
        ("proposal",),
        {
            "en": "Thank you, rejected: {proposal}. We leave it.",
            "hi": "धन्यवाद, नामंज़ूर हुआ: {proposal}। हम यह नहीं करेंगे।",
            "es": "Gracias, rechazado: {proposal}. No lo haremos.",
        },
    ),
    "owner_already_decided": Text(
        ("proposal", "outcome"),
        {
            "en": "Thank you, but this is settled already: {proposal}. It was {outcome} before your answer came.",
            "hi": "धन्यवाद, पर यह पहले ही तय हो चुका है: {proposal}। आपके जवाब से पहले यह {outcome} हो गया था।",
            "es": "Gracias, pero esto ya está resuelto: {proposal}. Quedó {outcome} antes de tu respuesta.",
        },
    ),
    "owner_which_one": Text(
        ("choices",),
        {
            "en": "More than one proposal waits for you: {choices}. Please use the buttons or the link of the one you mean.",
            "hi": "एक से ज़्यादा सुझाव आपके जवाब का इंतज़ार कर रहे हैं: {choices}। जो चाहिए, कृपया उसी के बटन या लिंक दबाएँ।",
            "es": "Te espera más de una propuesta: {choices}. Por favor, usa los botones o el enlace de la que quieras.",
        },
    ),
}

WHEN_EMPTY: Final[dict[str, dict[Language, str]]] = {
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
"""What is said in place of a variable that is empty. Any other variable must have a value."""
