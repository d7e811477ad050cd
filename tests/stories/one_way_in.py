"""Functions that are woken in one way only: whatever else would have made up for it is lost."""

from local.functions import Function
from local.in_process import Suite
from local.routes import DocumentTrigger, Subscription, document_triggers, subscriptions


def way_in(found: Subscription | DocumentTrigger) -> str:
    """The one word for a trigger: an event's type, a job's name, `due` with the collection, `tick`, or a document that was
    written."""
    match found:
        case DocumentTrigger():
            return f"{found.pattern} {found.event}"
        case Subscription(topic="salon-events" | "salon-jobs"):
            return str(found.value)
        case Subscription(topic="salon-due"):
            return f"due {found.value}"
    return "tick" if found.value else "ticks of jobs"


def ways_in(function: Function) -> set[str]:
    """All of them, but for a path of HTTP, which nothing else can stand in for."""
    return {way_in(found) for found in (*subscriptions([function]), *document_triggers([function]))}


def only_way_in(suite: Suite, function: str, way: str) -> None:
    """From here on nothing else wakes that function, and nothing that it was sent before."""

    def stays(found: Subscription | DocumentTrigger) -> bool:
        return found.function.name != function or way_in(found) == way

    suite._subscriptions = [found for found in suite._subscriptions if stays(found)]
    suite._triggers = [found for found in suite._triggers if stays(found)]
    suite.waiting = [delivery for delivery in suite.waiting if delivery.function.name != function]


def never_woken(suite: Suite, *functions: str) -> None:
    """What the clock would bring them to mend stays as it is."""
    for function in functions:
        only_way_in(suite, function, "none")
