"""The one error that a retry cannot help."""


class InvalidEvent(Exception):
    """What came in can never be handled: it says what was expected, of which object, and what was found. It is logged
    and acknowledged; every other exception escapes, and the platform delivers again."""
