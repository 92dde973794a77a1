"""Codes: those of RFC 6238, for half a minute and the ones beside it, each once."""

import base64

import pytest

from cli.issuer.second_factors import address, secret_of, step_of, typed_in

SECRET = b"12345678901234567890"
"""Of the test vectors in RFC 6238, appendix B; with six digits their last six count."""


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert step_of(SECRET, code, at, after=0) == at // 30
    assert step_of(SECRET, f"{code[:3]} {code[3:]} ", at, after=0) == at // 30


@pytest.mark.parametrize(
    ("away", "taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_a_clock_may_be_half_a_minute_wrong_and_no_more(away: int, taken: bool) -> None:
    now = 1111111109
    assert (step_of(SECRET, "081804", now + away, after=0) is not None) is taken


def test_a_code_that_was_used_is_used_no_more_nor_an_older_one() -> None:
    now = 1111111109
    step = step_of(SECRET, "081804", now, after=0)
    assert step is not None
    assert step_of(SECRET, "081804", now, after=step) is None
    assert step_of(SECRET, "081804", now, after=step + 1) is None
    assert step_of(SECRET, "081804", now, after=step - 1) == step


@pytest.mark.parametrize("code", ["", "000000", "81804", "081805", "0818041", "٠٨١٨٠٤", "081804 1"])
def test_anything_else_is_no_code(code: str) -> None:
    assert step_of(SECRET, code, 1111111109, after=0) is None


def test_the_secret_follows_from_what_is_in_the_database_and_what_is_not() -> None:
    made = {secret_of(key, salt) for key in (b"one", b"two") for salt in (b"a" * 32, b"b" * 32)}
    assert len(made) == 4
    secret = secret_of(b"one", b"a" * 32)
    assert len(secret) == 20
    assert base64.b32decode(typed_in(secret).replace(" ", "")) == secret
    assert address(secret, "mara.lindqvist").startswith("otpauth://totp/careteam:mara.lindqvist?")
