"""What went wrong, in one line that says what to do."""


class Trouble(Exception):  # noqa: N818 - it is shown to people by this name
    """The thing that was asked for failed; the text is the whole message."""

    exit_code = 1


class Misuse(Trouble):
    """The thing that was asked for makes no sense as worded."""

    exit_code = 2


class Fading(Trouble):
    """Trouble that goes away by itself within seconds: worth another try."""
