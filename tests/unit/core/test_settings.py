"""A wrong setting stops the start; shortcuts belong to demonstration and test instances only."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from cooperation.core.settings import Mode, Settings

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"


def test_defaults_serve_on_loopback_with_a_sqlite_file(tmp_path):
    settings = Settings(instance_path=tmp_path)

    assert settings.mode is Mode.PRODUCTION
    assert settings.database_address == f"sqlite:///{tmp_path / 'cooperation.db'}"
    assert settings.hosts == {"localhost"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://platform.example.org"},
        {"base_url": "ftp://localhost"},
        {"base_url": "https://example.org/path"},
        {"light_passwords": True},
        {"totp_step_up": True},
        {"clock_offset_file": "offset"},
        {"pseudo_locale": True},
        {"failpoint": "save.stored"},
        {"mode": "demonstration", "base_url": "https://platform.example.org"},
        {"bind_address": "0.0.0.0"},  # noqa: S104 - what is refused
        {"bind_address": "192.0.2.1", "base_url": "http://localhost:8000"},
        {"mode": "demonstration", "bind_address": "0.0.0.0"},  # noqa: S104
        {"bind_address": "::1:8000"},
        {"bind_address": "[::zz]"},
        {"smtp_host": "mail.example.org", "smtp_starttls": False},
        {"smtp_port": 0},
        {"database_url": "mysql://host/cooperation"},
        {"database_url": "garbage"},
        {"base_url": "https://platform.example.org"},
        {"base_url": "https://platform.example.org", "mail_from": "asp@example.org"},
        {"smtp_host": "mail.example.org"},
        {"unknown_setting": 1},
    ],
)
def test_wrong_setting_is_refused(tmp_path, wrong):
    with pytest.raises(ValidationError):
        Settings(instance_path=tmp_path, **wrong)


@pytest.mark.parametrize(
    ("written", "listens_at"),
    [
        ("127.0.0.1", "127.0.0.1:8000"),
        ("localhost", "localhost:8000"),
        ("::1", "[::1]:8000"),
        ("[::1]", "[::1]:8000"),
    ],
)
def test_an_address_is_bound_with_its_port(tmp_path, written, listens_at):
    assert Settings(instance_path=tmp_path, bind_address=written).listens_at == listens_at


def test_every_address_may_be_bound_behind_https(tmp_path):
    settings = Settings(
        instance_path=tmp_path,
        base_url="https://platform.example.org",
        mail_from="asp@example.org",
        contact_email="asp@example.org",
        bind_address="0.0.0.0",  # noqa: S104 - behind a proxy in another container
    )

    assert settings.is_https


def test_settings_come_from_environment_file_and_secrets(tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_text('mail_from = "asp@example.org"\nsmtp_port = 25\n')
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "smtp_password").write_text("hidden")
    monkeypatch.setenv("COOPERATION_SMTP_PORT", "2525")

    settings = Settings(instance_path=tmp_path)

    assert settings.mail_from == "asp@example.org"
    assert settings.smtp_port == 2525
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "hidden"
    assert "hidden" not in repr(settings)


def test_every_setting_is_documented():
    documented = set(re.findall(r"`COOPERATION_([A-Z_]+)`", OPERATIONS.read_text()))

    assert documented == {name.upper() for name in Settings.model_fields}
