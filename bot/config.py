"""Reading config.toml and the environment.

What is wrong is said in one line a problem, and nothing half-read is ever used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL

from bot.config_problems import Problem, one_line, problems
from bot.paths import DataPaths
from bot.settings import Community, Settings, WeeklyMoment
from storage.database import WarehouseUnavailable, address_of

__all__ = [
    "ConfigProblem",
    "Environment",
    "Problem",
    "Settings",
    "SettingsHolder",
    "WeeklyMoment",
    "load_environment",
    "load_settings",
    "read_content",
    "required_guild_id",
    "settings_of",
]

SHOWN_PROBLEMS = 5  # more would scroll the first one away

log = structlog.get_logger(__name__)


class ConfigProblem(Exception):
    """The configuration cannot be used. `str()` is what people read: one line a problem, the first few."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        lines = [problem.sentence for problem in self.problems[:SHOWN_PROBLEMS]]
        hidden = len(self.problems) - len(lines)
        return "\n".join([*lines, *([f"… and {hidden} more"] if hidden else [])])


def load_settings(path: Path) -> Settings:
    """Read and check the whole file.

    Raises ConfigProblem: not readable, not TOML, an unknown key or an impossible value.
    """
    return settings_of(read_content(path), path.name)


def settings_of(content: dict[str, Any], file: str) -> Settings:
    """The settings that a file of this content makes. Raises ConfigProblem."""
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise ConfigProblem(*problems(error, content, file)) from None


def read_content(path: Path) -> dict[str, Any]:
    """What stands in the file, unchecked. Raises ConfigProblem."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin it with a mark
    except tomllib.TOMLDecodeError as error:
        raise _unusable(path, f"is not valid TOML: {one_line(str(error))}") from None
    except UnicodeDecodeError as error:
        raise _unusable(path, f"is not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except (ValueError, RecursionError):  # beyond what TOML forbids: Python's own limits
        raise _unusable(path, "holds a number that is too long, or lists that lie too deep") from None
    except FileNotFoundError:
        raise _unusable(path, "does not exist: create it, or name another one with --config") from None
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from None


def _unusable(path: Path, what: str) -> ConfigProblem:
    return ConfigProblem(Problem(key="", file=path.name, sentence=f"{path} {what}"))


class Environment(BaseSettings):
    """What differs from machine to machine and must not stand in a file that is shared."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    discord_token: SecretStr | None = None
    database_url: SecretStr | None = None  # may hold a password
    insights_data: Path = Path("data")
    discord_api_url: str | None = None  # another address than Discord's own: a proxy, a local stand-in

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and (problem := _no_database(url.get_secret_value())):
            raise ValueError(f"DATABASE_URL in the environment {problem}")
        return url

    @field_validator("discord_api_url")
    @classmethod
    def web_address(cls, url: str | None) -> str | None:
        if url is not None and not _is_web_address(url):
            raise ValueError(
                "DISCORD_API_URL in the environment must be an address such as https://discord.com/api/v10, "
                "without user and password"
            )
        return url

    @property
    def warehouse_url(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        path = str(DataPaths(self.insights_data).warehouse)  # may hold what means something in a URL
        return URL.create("sqlite+aiosqlite", database=path).render_as_string()

    @property
    def warehouse_file(self) -> Path | None:
        """None where it is no file of this machine."""
        address = address_of(self.warehouse_url)
        return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def _no_database(url: str) -> str | None:
    """What is wrong with the address of a database, without quoting it."""
    if not url.startswith(("postgres", "sqlite")):
        return "must be postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:///PATH"
    try:
        address_of(url)
    except WarehouseUnavailable as unavailable:
        return str(unavailable).removeprefix("DATABASE_URL ").rstrip(".")
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0  # raises for one that is no port
            and parts.username is None
        )
    except ValueError:
        return False


def load_environment() -> Environment:
    """Read DISCORD_TOKEN, DATABASE_URL and INSIGHTS_DATA. The first two are secrets: never shown."""
    try:
        return Environment()
    except ValidationError as error:
        raise ConfigProblem(
            *(
                Problem(
                    str(detail["loc"][0]).upper(),
                    "environment",
                    str(detail.get("ctx", {}).get("error", detail["msg"])),
                )
                for detail in error.errors()
            )
        ) from None


def required_guild_id(settings: Settings, path: Path) -> int:
    """The server to run in. Raises ConfigProblem where none is named."""
    guild_id = settings.community.guild_id
    if guild_id is None:
        allowed = Community.model_fields["guild_id"].description
        sentence = f"{path.name}: community.guild_id is not set: it must be {allowed}"
        raise ConfigProblem(Problem("community.guild_id", path.name, sentence))
    return guild_id


class SettingsHolder:
    """The settings in force. `refresh` takes up a changed file, or refuses it and keeps the old settings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = self._stamp()
        self._current = load_settings(path)
        self._listeners: list[Callable[[Settings], None]] = []

    @property
    def current(self) -> Settings:
        return self._current

    def on_change(self, listener: Callable[[Settings], None]) -> None:
        self._listeners.append(listener)

    def refresh(self) -> bool:
        """Take up the file if it changed since the last look. True if other settings are in force now."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            settings = load_settings(self.path)
            self._check_same_guild(settings)
        except ConfigProblem as problem:
            log.warning(
                "settings_refused", file=self.path.name, problem=str(problem), kept="the settings before"
            )
            return False
        return self._take_up(settings)

    def _take_up(self, settings: Settings) -> bool:
        if settings == self._current:
            return False
        self._current = settings
        log.info("settings_taken_up", file=self.path.name)
        for listener in self._listeners:
            listener(settings)
        return True

    def _check_same_guild(self, settings: Settings) -> None:
        if settings.community.guild_id != self._current.community.guild_id:
            sentence = f"{self.path.name}: community.guild_id can change only while the bot is stopped"
            raise ConfigProblem(Problem("community.guild_id", self.path.name, sentence))

    def _stamp(self) -> tuple[int, int, int] | None:
        """What tells one state of the file from the next; None while it is away (an editor may swap it)."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
