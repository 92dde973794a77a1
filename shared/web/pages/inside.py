"""Where a page may send a browser: to a path of this service, whatever was asked for."""

from urllib.parse import urlsplit


def inside(then: str) -> str:
    """The path, or the start page where it would lead elsewhere."""
    try:
        parts = urlsplit(then)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and then.startswith("/")
    plain = not any(ord(letter) < 32 for letter in then) and "\\" not in then
    return then if ours and plain and not then.startswith("//") else "/"
