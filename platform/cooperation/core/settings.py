"""Settings by environment (prefix COOPERATION_), by `settings.toml` or `secrets/` of the instance.

A wrong or missing setting stops the start with one clear line. Each field's description is what
docs/operations.md lists; a test keeps both the same.
"""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DATABASES = frozenset({"sqlite", "postgresql"})
EXAMPLE_CONTACT = "secretariat@example.org"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Mode(StrEnum):
    """What an instance is for; decides which shortcuts are allowed."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"
    TEST = "test"


class Settings(BaseSettings):
    """All settings of one instance."""

    model_config = SettingsConfigDict(env_prefix="COOPERATION_", extra="forbid")

    instance_path: Path = Field(description="Folder of the database, keyring and outbox.")
    mode: Mode = Field(default=Mode.PRODUCTION, description="production, demonstration or test.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    bind_address: str = Field(
        default="127.0.0.1",
        description="Address that the server listens on, behind its proxy; IPv6 with or without "
        "brackets.",
    )
    base_url: str = Field(
        default="",
        description="Address under which people reach the platform; https outside loopback; "
        "default: http://localhost with the port.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy address of the database; default: SQLite in the instance folder.",
    )
    database_owner_url: SecretStr | None = Field(
        default=None,
        description="Address for the owner of the tables, for `init` alone; PostgreSQL.",
    )
    keyring_file: Path | None = Field(
        default=None, description="File of the root key; default: keyring.json of the instance."
    )
    root_key: SecretStr | None = Field(
        default=None,
        description="Root key as 'version:base64[,version:base64]' instead of the keyring file.",
    )
    signer_folder: Path | None = Field(
        default=None,
        description="Folder of the log's signing key and of what it signed; default: signer of the "
        "instance.",
    )
    journal_folder: Path | None = Field(
        default=None,
        description="Folder of the journal of the log, best on another disk; default: journal of "
        "the instance.",
    )
    postgresql_tools: Path | None = Field(
        default=None,
        description="Folder of pg_dump and pg_restore, at least as new as the server; default: "
        "found by the PATH.",
    )
    witnesses: str = Field(
        default="",
        description="Keys of the witnesses of the log (name+id+key), separated by commas.",
    )
    seal_certificate: Path | None = Field(
        default=None,
        description="PEM file of the certificate that documents are sealed with, its chain after "
        "it; default: one that init makes.",
    )
    seal_key: Path | None = Field(
        default=None,
        description="PEM file of its key, without passphrase, mode 0600; RSA or ECDSA.",
    )
    boot_key_folder: Path | None = Field(
        default=None,
        description="Folder (tmpfs) of the boot key that session rows need; default: /dev/shm.",
    )
    temporary_folder: Path | None = Field(
        default=None,
        description="Private folder on tmpfs for temporary files; default: beside the boot key.",
    )
    smtp_host: str | None = Field(
        default=None, description="Mail server; without it mails are written to the outbox folder."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str | None = Field(default=None, description="User at the mail server.")
    smtp_password: SecretStr | None = Field(
        default=None, description="Password at the mail server."
    )
    smtp_starttls: bool = Field(
        default=True, description="Require STARTTLS; off is allowed on loopback only."
    )
    mail_from: str = Field(
        default="cooperation@localhost", description="Sender's address of the platform's mail."
    )
    contact_email: str = Field(
        default=EXAMPLE_CONTACT, description="Address for questions, printed in notes."
    )
    organisation_place: str = Field(
        default="The Hague", description="Place printed in notes verbales."
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Number of reverse proxies in front of the platform."
    )
    allowed_hosts: str = Field(
        default="", description="Further host names, separated by commas, besides the base URL's."
    )
    clamav_socket: Path | None = Field(
        default=None,
        description="Socket of ClamAV's daemon; with it, no file is kept that it does not call "
        "clean.",
    )
    free_space_floor_mb: int = Field(
        default=256,
        ge=0,
        description="Megabytes below which nothing is written that can wait; 0 for no floor.",
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port on 127.0.0.1 for figures without content (Prometheus); 0 for none.",
    )
    clock_offset_file: Path | None = Field(
        default=None, description="File with seconds to move the clock by; test instances only."
    )
    light_passwords: bool = Field(
        default=False,
        description="Cheap password hashing; demonstration and test instances only.",
    )
    totp_step_up: bool = Field(
        default=False,
        description="Take a code of an authenticator where a passkey is asked for; refused in "
        "production, always on in demonstrations.",
    )
    pseudo_locale: bool = Field(
        default=False, description="Offer the pseudo-Arabic locale; test instances only."
    )
    failpoint: str | None = Field(
        default=None,
        description="Step at which the process kills itself, for crash tests; test instances only.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the instance's files."""
        del dotenv_settings, file_secret_settings
        folder = Path(init_settings().get("instance_path", "instance"))
        sources: tuple[PydanticBaseSettingsSource, ...] = (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, folder / "settings.toml"),
        )
        if (folder / "secrets").is_dir():
            secrets = SecretsSettingsSource(settings_cls, folder / "secrets", env_prefix="")
            return (*sources, secrets)
        return sources

    @field_validator("bind_address")
    @classmethod
    def _without_brackets(cls, value: str) -> str:
        """Take an IPv6 address with the brackets that addresses with a port need, or without."""
        bare = value.strip().removeprefix("[").removesuffix("]")
        if ":" in bare:
            try:
                ip_address(bare)
            except ValueError:
                raise ValueError("must be an address such as 127.0.0.1 or ::1") from None
        return bare

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be http(s)://host[:port] without a path")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must be https outside loopback")
        return value.rstrip("/")

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _is_known_database(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what is no address of one of the two engines; the address is never repeated."""
        if value is None:
            return value
        try:
            engine = make_url(value.get_secret_value()).get_backend_name()
        except ArgumentError:
            raise ValueError("is not a database address") from None
        if engine not in DATABASES:
            raise ValueError("must be a sqlite:// or postgresql:// address")
        return value

    @model_validator(mode="after")
    def _has_base_url(self) -> "Settings":
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        return self

    @model_validator(mode="after")
    def _demonstrations_take_codes(self) -> "Settings":
        if self.mode is Mode.DEMONSTRATION:
            self.totp_step_up = True
        return self

    @model_validator(mode="after")
    def _shortcuts_only_where_allowed(self) -> "Settings":
        only_tests = (self.clock_offset_file, self.pseudo_locale, self.failpoint)
        if self.mode is not Mode.TEST and any(only_tests):
            raise ValueError(
                "clock_offset_file, pseudo_locale and failpoint belong to test instances only"
            )
        if self.mode is Mode.PRODUCTION and self.light_passwords:
            raise ValueError("light_passwords is refused in production")
        if self.mode is Mode.PRODUCTION and self.totp_step_up:
            raise ValueError("totp_step_up is refused in production")
        if (self.seal_certificate is None) != (self.seal_key is None):
            raise ValueError("seal_certificate and seal_key belong together")
        if self.smtp_host and not self.smtp_starttls and self.smtp_host not in LOOPBACK:
            raise ValueError("smtp_starttls may be off for a mail server on loopback only")
        if self.mode is Mode.DEMONSTRATION and self.host not in LOOPBACK:
            raise ValueError("a demonstration instance is served on loopback only")
        if self.mode is Mode.PRODUCTION and (self.is_https or self.smtp_host):
            missing = {"contact_email", "mail_from"} - self.model_fields_set
            if missing:
                raise ValueError(f"{min(missing)} is needed: States are written to")
        if not self.is_https and self.bind_address not in LOOPBACK:
            raise ValueError("bind_address must be loopback unless base_url is https")
        return self

    @property
    def listens_at(self) -> str:
        """Address and port that the server listens on, as one text."""
        address = self.bind_address
        return f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"

    def link(self, path: str, **query: str) -> str:
        """Return the whole address of a page, such as mails give."""
        return f"{self.base_url}{path}{'?' if query else ''}{urlencode(query)}"

    @property
    def host(self) -> str:
        """Host name of the base URL."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether people reach the platform by https."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that the platform answers to."""
        extra = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        return frozenset({self.host.lower()} | extra)

    @property
    def database_address(self) -> str:
        """Address of the database, with its default."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.instance_path / 'cooperation.db'}"

    @property
    def database_file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        url = make_url(self.database_address)
        is_file = url.get_backend_name() == "sqlite" and url.database
        return Path(url.database).absolute() if is_file and url.database else None

    @property
    def owner_address(self) -> str:
        """Address at which the schema is brought up to date: the owner's, else the only one."""
        if self.database_owner_url is not None:
            return self.database_owner_url.get_secret_value()
        return self.database_address

    @property
    def keyring_path(self) -> Path:
        """Path of the keyring file, with its default."""
        return self.keyring_file or self.instance_path / "keyring.json"

    @property
    def journal_path(self) -> Path:
        """Path of the journal's folder, with its default."""
        return self.journal_folder or self.instance_path / "journal"

    @property
    def signer_path(self) -> Path:
        """Path of the signer's folder, with its default."""
        return self.signer_folder or self.instance_path / "signer"
