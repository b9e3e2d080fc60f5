"""The settings: one frozen object, read once at the edge and passed down.

The only reader of the environment. Every variable begins with `ISNAD_`; no other program's variable
is ever read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

PREFIX = "ISNAD_"


class Settings(BaseSettings):
    """What an operator can set; the defaults need no account, no key and no download."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("isnad"), description="Folder of the store and the index."
    )
    lang: Literal["ar", "en"] = Field(default="ar", description="Language of everything Isnad itself says.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the store; SQLite in the home folder where it is not set."
    )
    chroma_url: str | None = Field(
        default=None, description="A Chroma server; an embedded Chroma in the home folder where it is not set."
    )
    embed_model: str | None = Field(
        default=None,
        description="A sentence-transformers model: a folder or a name; feature hashing where it is not set.",
    )
    embed_weight: float = Field(
        default=0.5, ge=0, le=1, description="Share of the dense score in the ranking when ISNAD_EMBED_MODEL is set."
    )
    llm_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible server that writes the answers."
    )
    llm_model: str | None = Field(default=None, description="Its model's name; answers are quoted where it is not set.")
    llm_api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    llm_timeout_s: float = Field(default=25.0, gt=0, le=600, description="Seconds an answer may take to be written.")

    @field_validator("home")
    @classmethod
    def _a_folder(cls, value: Path) -> Path:
        try:
            home = value.expanduser()
            if home.exists() and not home.is_dir():
                raise ValueError("it has to be a folder, and this is none")
        except (OSError, RuntimeError) as error:  # a name that is too long, a person who is not there
            raise ValueError(f"it has to be a folder: {error}") from error
        return home

    @field_validator("chroma_url", "llm_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)  # raises ValueError itself where even the form is broken
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
                raise ValueError("it has to be an address like http://127.0.0.1:8000")
        return value

    @property
    def index_folder(self) -> Path:
        """The folder that holds the generations of the index."""
        return self.home / "index"

    @property
    def models_folder(self) -> Path:
        """Where `isnad model pull` puts models."""
        return self.home / "models"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`; `overrides` win over both.

    Raises:
        SettingsError: a value is not allowed; the message names the variable, the value and what is.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "?"
        variable = PREFIX + field.upper()
        value = "…" if field == "llm_api_key" else first.get("input")
        allowed = first["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"{variable} is {str(value)!r}: {allowed}.", variable=variable, value=str(value), allowed=allowed
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f".env cannot be read as UTF-8 text: {error}.", variable=".env", value="…", allowed="UTF-8"
        ) from error
