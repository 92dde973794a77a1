"""Which channels a clinic has is said in settings; a wrong one is a sentence that helps."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.notifications.app import equipped
from services.notifications.domain.vocabulary import Channel
from services.notifications.settings import ChannelSettings

MAIL = {
    "email_channel": "smtp",
    "smtp_host": "mail.example.org",
    "smtp_sender": "hello@appointments.example",
}
PHONE = {
    "sms_channel": "telephone",
    "telephone_account": "AC0",
    "telephone_token_file": Path("/run/secrets/telephone"),
    "telephone_number": "+15550100",
}


def told(**settings: Any) -> ChannelSettings:
    return ChannelSettings.model_validate(settings)


def test_by_default_everything_is_simulated() -> None:
    equipment = equipped(told())
    assert equipment.simulated == set(equipment.carriers) == set(Channel)


def test_real_channels_stand_beside_simulated_ones(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret")
    equipment = equipped(told(**MAIL, **{**PHONE, "telephone_token_file": token}))
    assert set(equipment.carriers) == set(Channel)
    assert equipment.simulated == {Channel.VOICE}


def test_a_channel_that_is_off_carries_nothing() -> None:
    equipment = equipped(told(sms_channel="off", voice_channel="off"))
    assert set(equipment.carriers) == equipment.simulated == {Channel.EMAIL}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"env": "production"}, "nothing is simulated in production"),
        ({**MAIL, "smtp_host": None}, "CARETEAM_SMTP_HOST is needed"),
        ({**MAIL, "smtp_sender": None}, "CARETEAM_SMTP_SENDER is needed"),
        ({**MAIL, "smtp_sender": "hello@ketamine-clinic.example"}, "says too much"),
        ({**MAIL, "smtp_username": "clinic"}, "go together"),
        ({**MAIL, "smtp_security": "none"}, "on this machine only"),
        ({**PHONE, "telephone_number": None}, "CARETEAM_TELEPHONE_NUMBER is needed"),
        ({**PHONE, "telephone_token_file": None}, "CARETEAM_TELEPHONE_TOKEN_FILE is needed"),
        ({**PHONE, "telephone_url": "http://provider.example"}, "on this machine only"),
        ({**PHONE, "telephone_number": "555 0100"}, "pattern"),
        ({**PHONE, "sandbox": True}, "rings no real phone"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        told(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"env": "production", **MAIL, "sms_channel": "off", "voice_channel": "off"},
        {**MAIL, "smtp_host": "127.0.0.1", "smtp_security": "none"},
        {**PHONE, "telephone_url": "http://localhost:8099"},
    ],
)
def test_the_twin_what_can_be_meant_is_taken(settings: dict[str, Any]) -> None:
    told(**settings)


def test_a_wrong_setting_ends_the_start_with_one_line() -> None:
    started = subprocess.run(
        [sys.executable, "-m", "services.notifications", "openapi"],
        env={
            "CARETEAM_DATABASE_URL": "postgresql://x@localhost/z",
            "CARETEAM_EMAIL_CHANNEL": "smtp",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 2
    assert "CARETEAM_SMTP_HOST is needed" in started.stderr
    assert "Traceback" not in started.stderr


def test_no_secret_shows_in_a_repr(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("quokka-secret")
    settings = told(**{**PHONE, "telephone_token_file": token})
    assert "quokka" not in repr(settings.telephone()._account)
