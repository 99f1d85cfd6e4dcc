from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from bot.config import ConfigProblem, Settings, SettingsHolder, load_environment, load_settings
from bot.settings import WeeklyMoment
from storage.database import Warehouse

SHIPPED = Path(__file__).parents[2] / "config.toml"


@pytest.fixture
def config(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before + 1_000_000, before + 1_000_000))
        return path

    return write


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        nested = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        found |= keys_of(field.annotation, f"{prefix}{name}.") if nested else {prefix + name}
    return found


def documented(text: str) -> dict[str, str]:
    """Key → the comment above it, keys without a default (commented out) too."""
    comments: dict[str, str] = {}
    table, comment = "", ""
    for line in text.splitlines():
        bare = line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        if line.startswith("["):
            table = line.strip("[]")
        elif " = " in bare and not bare.startswith("#"):
            comments[f"{table}.{bare.split(' = ')[0]}"] = comment
            comment = ""
        else:
            comment = comment + line if line.startswith("#") else ""
    return comments


def test_the_shipped_file_is_the_default():
    assert load_settings(SHIPPED) == Settings()


def test_an_empty_file_is_the_default(config):
    assert load_settings(config("")) == Settings()


def test_every_key_is_documented_with_what_is_allowed_and_its_default():
    comments = documented(SHIPPED.read_text(encoding="utf-8"))
    assert set(comments) == keys_of(Settings)
    assert [key for key, text in comments.items() if "Allowed: " not in text or "Default: " not in text] == []


def test_a_whole_file_is_read(config):
    settings = load_settings(
        config(
            """
            [community]
            guild_id = "81384788765712384"
            zone = "Europe/Berlin"
            [voice]
            ignored_channels = [7, "5", 7]
            min_voice_minutes = 10
            [commands]
            tracked = ["team join", "show_profile"]
            [digest.weekly]
            at = "Friday 18:30"
            channel_id = 9
            """
        )
    )
    assert settings.community.guild_id == 81384788765712384
    assert settings.digest.weekly.at == WeeklyMoment(weekday=4, hour=18, minute=30)
    rules = settings.rules()
    assert (rules.zone, rules.min_voice_minutes) == ("Europe/Berlin", 10)
    assert rules.ignored_channels == (5, 7)
    assert rules.tracked_commands == ("show_profile", "team join")


def test_the_order_in_a_list_does_not_change_the_rules(config):
    one = load_settings(config("[voice]\nignored_channels = [1, 2]")).rules()
    other = load_settings(config("[voice]\nignored_channels = [2, 1]")).rules()
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("[voice]\nmin_voice_minutes = 0", "voice.min_voice_minutes", "from 1 to 1440, not 0"),
        ("[voice]\nmin_voice_minutes = 5.5", "voice.min_voice_minutes", "a whole number of minutes"),
        ("[voice]\nneeds_company = 1", "voice.needs_company", "true or false, not 1"),
        ('[voice]\nneeds_company = "yes"', "voice.needs_company", 'true or false, not "yes"'),
        (
            '[voice]\nignored_channels = [1, "general", "x"]',
            "voice.ignored_channels",
            "a list of channel ids",
        ),
        ('[community]\nguild_id = "my guild"', "community.guild_id", "the id of your server"),
        ("[community]\nguild_id = -1", "community.guild_id", "the id of your server"),
        ("[community]\nguild_id = 9223372036854775808", "community.guild_id", "the id of your server"),
        ('[community]\nzone = "Europe/Berln"', "community.zone", "did you mean Europe/Berlin?"),
        ('[community]\nzone = "../../etc/passwd"', "community.zone", "an IANA time zone"),
        ("[community]\nzone = 1", "community.zone", "an IANA time zone"),
        ('[community]\nweek_start = "mon"', "community.week_start", "monday, tuesday"),
        ('[digest.weekly]\nat = "monday 9:00"', "digest.weekly.at", 'such as "monday 09:00"'),
        ('[digest.weekly]\nat = "monday 24:00"', "digest.weekly.at", 'such as "monday 09:00"'),
        ("[digest]\nweekly = true", "digest.weekly", "enabled, channel_id, at"),
        ("voice = 5", "voice", "min_voice_minutes"),
        ("[voice]\nmin_voice_minuts = 5", "voice.min_voice_minuts", "did you mean min_voice_minutes?"),
        ("[voise]\nmin_voice_minutes = 5", "voise", "did you mean voice?"),
        ("zzz = 1", "zzz", "allowed: community, access"),
        ("[activity]\nqualifying = []", "activity.qualifying", "at least one activity"),
        ('[commands]\ntracked = [""]', "commands.tracked", "a list of command names"),
    ],
)
def test_a_wrong_value_is_one_line_naming_key_file_and_what_is_allowed(config, text, key, allowed):
    with pytest.raises(ConfigProblem) as caught:
        load_settings(config(text))
    (problem,) = caught.value.problems
    assert problem.key == key
    line = str(caught.value)
    assert line.startswith(f"config.toml: {key} ")
    assert allowed in line
    assert "\n" not in line


def test_several_problems_are_the_first_few_one_line_each(config):
    with pytest.raises(ConfigProblem) as caught:
        load_settings(config("[voice]\n" + "\n".join(f"wrong_{number} = 1" for number in range(9))))
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    assert lines[-1] == "… and 4 more"


def test_an_endless_value_is_shown_short(config):
    with pytest.raises(ConfigProblem) as caught:
        load_settings(config(f'[community]\nzone = "{"x" * 10_000}"'))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"[voice", "is not valid TOML"), (b'a = "\xff"', "is not UTF-8"), (None, "does not exist")],
)
def test_a_file_that_cannot_be_read_says_why_in_one_line(tmp_path, content, said):
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigProblem, match=said) as caught:
        load_settings(path)
    assert "\n" not in str(caught.value)


def test_a_changed_file_is_taken_up(config):
    holder = SettingsHolder(config("[privacy]\nmin_group = 5"))
    heard = []
    holder.on_change(heard.append)
    assert not holder.refresh()
    config("[privacy]\nmin_group = 8")
    assert holder.refresh()
    assert holder.current.privacy.min_group == 8
    assert heard == [holder.current]


def test_a_wrong_change_is_refused_once_with_one_line_and_the_old_settings_stay(config):
    holder = SettingsHolder(config("[privacy]\nmin_group = 8"))
    config("[privacy]\nmin_group = 0")
    with capture_logs() as logs:
        assert not holder.refresh()
        assert not holder.refresh()
    assert holder.current.privacy.min_group == 8
    assert [entry["event"] for entry in logs] == ["settings_refused"]
    assert "privacy.min_group must be" in logs[0]["problem"]


def test_a_mended_file_is_taken_up_after_a_refusal(config):
    holder = SettingsHolder(config(""))
    config("[privacy]\nmin_group = 0")
    holder.refresh()
    config("[privacy]\nmin_group = 9")
    assert holder.refresh()
    assert holder.current.privacy.min_group == 9


def test_a_file_that_is_away_for_a_moment_keeps_the_settings(config):
    path = config("[privacy]\nmin_group = 8")
    holder = SettingsHolder(path)
    path.unlink()
    assert not holder.refresh()
    assert holder.current.privacy.min_group == 8


def test_the_default_data_folder_holds_the_warehouse(monkeypatch):
    for name in ("DISCORD_TOKEN", "DATABASE_URL", "INSIGHTS_DATA"):
        monkeypatch.delenv(name, raising=False)
    environment = load_environment()
    assert environment.discord_token is None
    assert environment.warehouse_url == "sqlite+aiosqlite:///data/warehouse.db"


def test_a_wrong_database_url_is_refused_without_showing_it(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://root:secret@db/insights")
    with pytest.raises(ConfigProblem) as caught:
        load_environment()
    assert "DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_environment_never_shows_its_secrets(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://insights:hidden@db/insights")
    shown = repr(load_environment())
    assert "very-secret" not in shown
    assert "hidden" not in shown


def test_the_shipped_file_is_valid_toml_with_every_optional_key_taken_in():
    text = (
        SHIPPED.read_text(encoding="utf-8")
        .replace("# guild_id", "guild_id")
        .replace("# channel_id", "channel_id")
    )
    settings = Settings.model_validate(tomllib.loads(text))
    assert settings.community.guild_id
    assert settings.digest.weekly.channel_id


def test_a_mark_that_some_editors_write_first_is_no_fault(config):
    path = config("")
    path.write_bytes(b"\xef\xbb\xbf[voice]\nmin_voice_minutes = 7\n")
    assert load_settings(path).voice.min_voice_minutes == 7


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000])
def test_what_python_cannot_take_is_refused_and_does_not_end_a_running_bot(config, value):
    path = config("")
    holder = SettingsHolder(path)
    path.write_text(f"[access]\nstaff_roles = {value}\n", encoding="utf-8")
    assert not holder.refresh()
    with pytest.raises(ConfigProblem, match="holds a number that is too long"):
        load_settings(path)


def test_an_id_of_thousands_of_digits_is_a_wrong_value(config):
    path = config(f'[community]\nguild_id = "{"9" * 5000}"\n')
    with pytest.raises(ConfigProblem) as caught:
        load_settings(path)
    assert "int_max_str_digits" not in str(caught.value)


@pytest.mark.parametrize("folder", ["what?x=1", "per%20cent", "ha#sh", "a:b"])
async def test_the_warehouse_lies_in_the_data_folder_whatever_its_name(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("INSIGHTS_DATA", folder)
    warehouse = await Warehouse.open(load_environment().warehouse_url)
    await warehouse.close()
    assert [path.name for path in tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hun@secret:x@127.0.0.1/db",
        "postgresql://u:secret@127.0.0.1:notaport/db",
        "postgresql://u:secret@127.0.0.1:99999/db",
        "postgresql://u@127.0.0.1/db?password=secret",
        "postgresql://u:secret@127.0.0.1/db?sslrootcert=secret",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_database_url_that_no_driver_takes_is_refused_without_quoting_it(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ConfigProblem) as caught:
        load_environment()
    assert str(caught.value).startswith("DATABASE_URL in the environment ")
    assert "secret" not in str(caught.value)
    assert "x@127" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["not a url", "ftp://x", "http://", "//x", "http://[::1", "http://a:1@b/", "http://a:99999"]
)
def test_an_api_address_that_is_none_is_refused(monkeypatch, url):
    monkeypatch.setenv("DISCORD_API_URL", url)
    with pytest.raises(ConfigProblem, match=r"^DISCORD_API_URL in the environment must be") as caught:
        load_environment()
    assert caught.value.problems[0].key == "DISCORD_API_URL"
