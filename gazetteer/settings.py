"""The settings of an installation: environment variables QUMING_..., each listed in .env.example."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_SECRET_KEY = "quming development key: never use it in production"
SECRET_KEY_CHARACTERS = 32


class UnsafeSettings(ValueError):
    """A production start with settings that only a demo may have."""


def default_home() -> Path:
    """Return the folder of a running system: QUMING_HOME, else /var/lib/quming for root, else in the home."""
    named = os.environ.get("QUMING_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/quming")
    return Path.home() / ".local" / "share" / "quming"


class Settings(BaseSettings):
    """One value a variable; `Settings()` reads the environment, `read_settings()` the files below it too."""

    model_config = SettingsConfigDict(
        env_prefix="QUMING_", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    env: Literal["development", "production"] = "development"
    database_url: str = "postgresql://quming@127.0.0.1:5439/quming"
    secret_key: str = DEFAULT_SECRET_KEY
    home: Path = Field(default_factory=default_home)
    bind: str = "127.0.0.1:8000"
    public_url: str | None = None
    """The address people type, when it is not the one that the server sees (behind a proxy)."""
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Further origins whose pages may write, comma separated (a development server of the web app)."""
    proxies: int = Field(default=0, ge=0, le=5)
    """How many trusted proxies stand in front and set X-Forwarded-For, -Proto and -Host."""
    pool_size: int = Field(default=10, ge=1, le=200)
    workers: int = Field(default=1, ge=1, le=64)
    """Server processes."""
    threads: int = Field(default_factory=lambda: min(2 * (os.cpu_count() or 1) + 1, 16), ge=1, le=64)
    """Requests that one server process answers at a time; twice the processors and one, 16 at most."""
    upload_limit_mb: int = Field(default=512, ge=1)
    photo_limit_mb: int = Field(default=20, ge=1, le=200)
    """The largest photo of a marker."""
    inspection_years: int = Field(default=5, ge=1, le=50)
    """Years from one joint inspection 联合检查 of a line to the next (行政区域界线管理条例 Art. 12: five)."""
    review_number: str | None = None
    """审图号: the number under which a public map was examined; shown on every public map."""
    villages_from_zoom: int = Field(default=9, ge=6, le=14)
    """First zoom of the released tiles that holds villages; a later one makes the archive smaller."""

    @field_validator("origins", mode="before")
    @classmethod
    def split_origins(cls, value: object) -> object:
        """Accept a comma separated text."""
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("bind")
    @classmethod
    def require_host_and_port(cls, value: str) -> str:
        """Refuse what is not HOST:PORT."""
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("it looks like 127.0.0.1:8000 格式为 主机:端口")
        return value

    @property
    def production(self) -> bool:
        """Tell whether demo accounts and default secrets are refused."""
        return self.env == "production"

    @property
    def host(self) -> str:
        """Return the host to listen on."""
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """Return the port to listen on."""
        return int(self.bind.rpartition(":")[2])


def require_safe(settings: Settings) -> None:
    """Raise UnsafeSettings when a production start has a secret that is known, or short."""
    known = settings.secret_key == DEFAULT_SECRET_KEY
    if settings.production and (known or len(settings.secret_key) < SECRET_KEY_CHARACTERS):
        raise UnsafeSettings(
            f"QUMING_SECRET_KEY must be a secret of at least {SECRET_KEY_CHARACTERS} characters "
            f"in production 生产环境必须设置至少 {SECRET_KEY_CHARACTERS} 个字符的密钥"
        )


def read_settings() -> Settings:
    """Read the settings: the environment, then `.env` here, then `quming.env` in the home.

    The set-up writes `quming.env`, with the address of the private database and a secret of its own.
    """
    return Settings(_env_file=(default_home() / "quming.env", ".env"))  # type: ignore[call-arg]


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return read_settings()
