"""Headers are read as the library reads them, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from shared.messaging.headers import HeaderReadingClient

_PIECES = st.sampled_from(
    [
        b"ce-id",
        b"a b",
        b"\xc3\xa9",
        b":",
        b": ",
        b"\r\n",
        b"\t",
        b" ",
        b"",
        b"x",
        b"\xff",
        b"\n",
        b"\x1c",
        b"\xc2\xa0",
        b"\xc2",
        b"\xe2\x80\xa8",
    ]
)


@given(st.lists(_PIECES, max_size=30).map(b"".join))
def test_the_same_as_the_library(raw: bytes) -> None:
    assert HeaderReadingClient._parse_header_lines(raw) == Client._parse_header_lines(raw)


def test_names_with_a_space_are_no_headers() -> None:
    read = HeaderReadingClient._parse_header_lines(b"ce-id: 1\r\nce id: 2\r\n\r\n")
    assert read == {"ce-id": "1"}


def test_the_library_still_asks_what_is_replaced() -> None:
    """The name is the library's own: a new release that drops it has to be noticed."""
    assert "_parse_header_lines" in Client._process_headers.__code__.co_names
    assert HeaderReadingClient._parse_header_lines is not Client._parse_header_lines
