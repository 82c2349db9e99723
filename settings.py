"""Every setting of Motcua in one typed place; values come from the environment, then from `.env`, then from here.

`.env.example` lists all of them for operators, and a test keeps the two the same.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=3650)]


class MissingKeyError(ValueError):
    """Several replicas are possible, and nothing says which key they share."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL or REDIS_URL names a server that replicas share, but SECRET_KEY is not set: give every "
            "replica the same SECRET_KEY of at least 32 characters (the key of a replica until now: var/secret_key)."
        )


class Settings(BaseSettings):
    """What an operator can change. An empty value in the environment means "not set".

    Paths that are not absolute start at the root of the repository.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    port: Port = 8000
    public_base_url: str | None = None
    allowed_origins: CommaSeparated = ()
    trusted_proxies: CommaSeparated = ("127.0.0.1",)

    database_url: str | None = None
    tracker_database_url: str | None = None
    redis_url: str | None = None
    secret_key: Annotated[SecretStr, Field(min_length=32)] | None = None
    var_dir: Path = Path("var")

    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_api_base: str = "https://api.twilio.com"
    sms_from: str | None = None
    operator_numbers: CommaSeparated = ()
    voice_name: str = "Google.vi-VN-Standard-A"
    voice_carrier: Literal["twilio", "somleng"] = "twilio"
    voice_speech: Literal["carrier", "own"] = "carrier"
    espeak_voice: Literal["vi", "vi-vn-x-central", "vi-vn-x-south"] = "vi"

    zalo_app_id: str | None = None
    zalo_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    zalo_refresh_token: SecretStr | None = None
    zalo_api_base: str = "https://openapi.zalo.me"
    zalo_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_zns_base: str = "https://business.openapi.zalo.me"
    zalo_zns_news_template: str | None = None
    zalo_zns_code_template: str | None = None

    dossier_api_base: str | None = None
    integration_token: SecretStr | None = None

    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None

    province: str = "tinh-mau"
    encoder: str = "models/encoder"
    speech_model: Path | None = None
    rate_limits: Literal["on", "off"] = "on"

    retention_days_conversations: Days = 90
    retention_days_sealed_values: Days = 7
    retention_days_tickets: Days = 365
    retention_days_attempts: Days = 30
    retention_days_dossiers: Days = 90
    retention_days_audit: Days = 730

    rasa_port: Port = 5005
    rasa_memory_mb: int = 2000
    actions_port: Port = 5055
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    tz: str = "Asia/Ho_Chi_Minh"

    @property
    def var(self) -> Path:
        """The folder of everything that changes at run time: database, logs, key."""
        return ROOT / self.var_dir

    @property
    def base_url(self) -> str:
        """The address that citizens and carriers use, without a slash at the end."""
        return (self.public_base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database: SQLite under `var` unless DATABASE_URL names another."""
        return self.database_url or f"sqlite:///{self.var / 'motcua.db'}"

    @property
    def tracker_database(self) -> str:
        """The SQLAlchemy URL of Rasa's trackers: TRACKER_DATABASE_URL, DATABASE_URL, or a SQLite file of their own."""
        return self.tracker_database_url or self.database_url or f"sqlite:///{self.var / 'trackers.db'}"

    @property
    def encoder_path(self) -> str:
        """The folder of the encoder when it is one on this machine, else the model id as it was given."""
        folder = ROOT / self.encoder
        return str(folder) if folder.is_dir() else self.encoder

    @property
    def dialogue_encoder(self) -> Path:
        """The folder of the bundled encoder, which Rasa is trained with whatever ENCODER names."""
        return ROOT / "models" / "encoder"

    @property
    def speech_folder(self) -> Path | None:
        """The folder of the speech model: SPEECH_MODEL, else the one that `make speech` put in place, else none."""
        folder = ROOT / (self.speech_model or "models/speech")
        return folder if self.speech_model or folder.is_dir() else None

    def key(self) -> str:
        """The secret that encrypts and peppers: SECRET_KEY, or one made at the first start in `var/secret_key`.

        Raises MissingKeyError where a server is set up that replicas share, for each would make a key of its own.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        if self.redis_url or not self.database.startswith("sqlite"):
            raise MissingKeyError
        return _kept_secret(self.var / "secret_key")

    @property
    def rasa_token(self) -> str:
        """The token of Rasa's HTTP interface, computed from `key` so that gateway and Rasa agree without a file."""
        return hmac.new(self.key().encode(), b"rasa-token", hashlib.sha256).hexdigest()


def vectors_file(var: Path) -> Path:
    """The SQLite file of passage vectors: one for all clones where set-up made room we may write to, else in `var`."""
    shared = ROOT / "models" / "vectors"
    return (shared if os.access(shared, os.W_OK) else var / "cache") / "vectors.db"


def _kept_secret(path: Path) -> str:
    """The secret in the file; made first when there is none. Two processes starting together get the same one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
