from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from bot.config import ConfigProblem, Settings, SettingsHolder, load_environment, load_settings
from bot.intake import IntakeOptions
from bot.recording_options import intake_options
from bot.settings import WeeklyMoment
from reports.settings import AlertRule, CoreRule, ReportSettings, SegmentSettings
from storage.database import Warehouse
from storage.rules import EventRules, EventTypeRule, Rules, TierRule

SHIPPED = Path(__file__).parents[2] / "config.toml"
TYPE = '[[event_type]]\nname = "x"\nchannels = [1]\n'
ALERT = '[[alert]]\nkpi = "weekly_active_members"\n'


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
        kinds = (field.annotation, *get_args(field.annotation))
        nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        found |= keys_of(nested[0], f"{prefix}{name}.") if nested else {prefix + name}
    return found


def documented(text: str) -> dict[str, str]:
    """Key → the comment above it, keys without a default (commented out) too."""
    comments: dict[str, str] = {}
    table, comment = "", ""
    for line in text.splitlines():
        out = line.startswith("# ") and (" = " in line or line.startswith("# ["))
        bare = line.removeprefix("# ") if out else line
        if bare.startswith("["):
            table, comment = bare.strip("[]"), ""
        elif " = " in bare and not bare.startswith("#"):
            comments.setdefault(
                f"{table}.{bare.split(' = ')[0]}", comment
            )  # of several such tables the first
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
            [recording]
            text = false
            excluded_channels = ["301"]
            command_options = ["/show_profile.name", "team join.who"]
            [voice]
            ignored_channels = [7, "5", 7]
            min_voice_minutes = 10
            [commands]
            tracked = ["team join", "/show_profile"]
            profile = ["/show_profile"]
            [events]
            usual_minutes = 90
            held_people = 4
            [[event_type]]
            name = "Inhouse"
            titles = ["*inhouse*", "*in-house*", "*inhouse*"]
            channels = [12, "11"]
            usual_minutes = 150
            host_roles = [22, 21]
            [[event_type]]
            name = "Arena"
            channels = [9]
            [activity]
            funnel_days = 14
            qualifying = ["voice", "event", "dota_match"]
            [segments]
            new_days = 40
            promoted_roles = [7, 6, 7]
            [segments.core]
            min_voice_hours = 6
            min_counts = { dota_match = 8, chess_game = 20 }
            [[alert]]
            kpi = "voice_activity_rate"
            below = 0.3
            only_when_clear = true
            [[alert]]
            kpi = "weekly_active_members"
            above = 200
            min_coverage = 0.5
            [digest.weekly]
            at = "Friday 18:30"
            channel_id = 9
            """
        )
    )
    assert settings.community.guild_id == 81384788765712384
    assert settings.digest.weekly.at == WeeklyMoment(weekday=4, hour=18, minute=30)
    assert intake_options(5, settings) == IntakeOptions(
        5,
        excluded_channels=frozenset([301]),
        command_options=frozenset(["show_profile.name", "team join.who"]),
        records_text=False,
        tracked_commands=frozenset(["team join", "show_profile"]),
    )
    rules = settings.rules()
    assert (rules.zone, rules.min_voice_minutes) == ("Europe/Berlin", 10)
    assert rules.ignored_channels == (5, 7)
    assert rules.tracked_commands == ("show_profile", "team join")
    assert rules.events == EventRules(
        types=(
            EventTypeRule("Inhouse", ("*in-house*", "*inhouse*"), (11, 12), 150, (21, 22)),
            EventTypeRule("Arena", (), (9,), 90, ()),
        ),
        usual_minutes=90,
        held_people=4,
    )
    report = settings.report_settings()
    assert (report.funnel_days, report.zone) == (14, "Europe/Berlin")
    assert report.qualifying == ("voice", "event", "dota_match")
    assert report.profile_commands == ("show_profile",)
    counts = (("chess_game", 20), ("dota_match", 8))
    assert report.segments == SegmentSettings(
        new_days=40, promoted_roles=(6, 7), core=CoreRule(min_voice_hours=6, min_counts=counts)
    )
    assert report.alerts == (
        AlertRule("voice_activity_rate", below=0.3, only_when_clear=True),
        AlertRule("weekly_active_members", above=200, min_coverage=0.5),
    )


def test_without_a_file_rules_and_reports_have_their_own_defaults():
    assert Settings().rules() == Rules(tracked_commands=("show_my_profile", "show_profile"))
    assert replace(Settings().report_settings(), alerts=()) == ReportSettings()


def test_what_every_community_wants_to_hear_of_is_watched_unless_the_file_says_otherwise(config):
    assert [alert.kpi for alert in Settings().alert] == ["weekly_active_members", "recording_coverage"]
    assert load_settings(config("alert=[]")).alert == ()
    own = load_settings(config('[[alert]]\nkpi = "came_in"\nfalls_by = 0.5'))
    assert own.report_settings().alerts == (AlertRule("came_in", falls_by=0.5),)


@pytest.mark.parametrize(
    "commands", ['tracked = ["team"]\nprofile = ["team show"]', 'tracked = ["team show"]\nprofile = ["team"]']
)
def test_a_profile_command_is_tracked_by_its_first_word_too(config, commands):
    assert load_settings(config(f"[commands]\n{commands}")).report_settings().profile_commands


def test_without_the_usual_profile_commands_nobody_has_to_name_others(config):
    assert load_settings(config('[commands]\ntracked = ["team"]')).commands.tracked == ("team",)


def test_the_order_of_event_types_is_kept(config):
    types = [f'[[event_type]]\nname = "{name}"\ntitles = ["*"]\n' for name in ("B", "A")]
    rules = load_settings(config("".join(types))).rules()
    assert [kind.name for kind in rules.events.types] == ["B", "A"]


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
        ('[community]\nzone = "localtime"', "community.zone", "an IANA time zone"),
        ('[community]\nzone = "Factory"', "community.zone", "an IANA time zone"),
        ("[community]\nzone = 1", "community.zone", "an IANA time zone"),
        ('[community]\nweek_start = "mon"', "community.week_start", "monday, tuesday"),
        ('[digest.weekly]\nat = "monday 9:00"', "digest.weekly.at", 'such as "monday 09:00"'),
        ('[digest.weekly]\nat = "monday 24:00"', "digest.weekly.at", 'such as "monday 09:00"'),
        ("[digest]\nweekly = true", "digest.weekly", "enabled, channel_id, at"),
        ('[digest.monthly]\nat = "15 09:00"', "digest.monthly.at", 'such as "1 09:00"'),
        ('[digest.monthly]\nat = "1 9:00"', "digest.monthly.at", 'such as "1 09:00"'),
        ("voice = 5", "voice", "min_voice_minutes"),
        ("[voice]\nmin_voice_minuts = 5", "voice.min_voice_minuts", "did you mean min_voice_minutes?"),
        ("[voise]\nmin_voice_minutes = 5", "voise", "did you mean voice?"),
        ("zzz = 1", "zzz", "allowed: community, access"),
        ("[activity]\nqualifying = []", "activity.qualifying", "at least one activity"),
        ("[recording]\ntext = 1", "recording.text", "true or false"),
        ('[activity]\nqualifying = ["voices"]', "activity.qualifying", "(did you mean voice?)"),
        ('[activity]\nqualifying = ["present"]', "activity.qualifying", "(a name has up to 32 of a-z"),
        ('[activity]\nqualifying = ["Dota match"]', "activity.qualifying", "(a name has up to 32 of a-z"),
        ("[activity]\nqualifying = [1]", "activity.qualifying", "at least one activity"),
        ('[commands]\ntracked = [""]', "commands.tracked", "a list of command names"),
        (
            '[commands]\ntracked = ["me"]\nprofile = ["me", "card"]',
            "commands.profile[2]",
            'must be a tracked command, not "card": name it in commands.tracked, too',
        ),
        *(
            (f'[commands]\ntracked = ["{name}"]', "commands.tracked", "(Discord’s names have no capitals:")
            for name in ("Show Profile", "show  profile", "//show", "a b c d", "a" * 33, "show.profile")
        ),
        *(
            (f'[recording]\ncommand_options = ["{path}"]', "recording.command_options", hint)
            for path, hint in (
                ("x", "not ['x'] (each is a command, a dot and one of its options)"),
                ("show_profile.", "(each is a command, a dot and one of its options)"),
                (".name", "(Discord’s names have no capitals:"),
                ("show_profile.Name", "(each is a command, a dot and one of its options)"),
                ("show profile name.a b", "(each is a command, a dot and one of its options)"),
                ("Show.name", "(Discord’s names have no capitals:"),
                ("a.b.c", "(Discord’s names have no capitals:"),
            )
        ),
        ("[recording]\ncommand_options = [1]", "recording.command_options", 'such as ["show_profile.name"]'),
        (
            '[recording]\ntext = false\n[activity]\nqualifying = ["voice", "text"]',
            "activity.qualifying",
            'must not name "text", of which nothing is recorded: take it out here, or set recording.text = ',
        ),
        (
            "[recording]\ntext = false\n[segments.core]\nmin_counts = { text = 20 }",
            "segments.core.min_counts",
            "take it out here, or set recording.text = true",
        ),
        *(
            (f"[segments]\nfresh_days = {fresh}", "segments.fresh_days", "must be below segments.new_days")
            for fresh in (56, 60)
        ),
        ("[events]\nheld_people = 1", "events.held_people", "from 2 to 100, not 1"),
        ("[events]\nbreak_minute = 1", "events.break_minute", "did you mean break_minutes?"),
        ("[event_type]\nname = 1", "event_type", "must be tables, each under [[event_type]], with the keys"),
        ("event_type = [1]", "event_type", "must be tables, each under [[event_type]], with the keys name"),
        ('[[tier]]\nname = "host"', "tier[1].roles", "is not set: it must be a list of at least one role id"),
        ('[[tier]]\nname = "host"\nroles = []', "tier[1].roles", "a list of at least one role id such as"),
        ('[[tier]]\nname = "Member"\nroles = [1]', "tier[1].name", 'must be another name than "member"'),
        ("[[tier]]\nroles = [1]", "tier[1].name", 'is not set: it must be a name such as "captain"'),
        (f"{TYPE}titles = 5", "event_type[1].titles", 'a list of patterns such as ["*inhouse*"], not 5'),
        (f"{TYPE}{TYPE}titles = [5]", "event_type[2].titles", 'such as ["*inhouse*"], not [5]'),
        (f"{TYPE}usual_minutes = 0", "event_type[1].usual_minutes", "from 1 to 1440, not 0"),
        (f"{TYPE}title = ['x']", "event_type[1].title", "did you mean titles?"),
        ('[[event_type]]\nname = "x"', "event_type[1]", "must have titles or channels"),
        (
            '[[event_type]]\nname = "A\\u0000b"\nchannels = [1]',
            "event_type[1].name",
            'must be a name such as "Inhouse", not "A�b" (it holds a control character)',
        ),
        (f'{TYPE}titles = ["a\\u007f*"]', "event_type[1].titles", "(it holds a control character)"),
        ("[[event_type]]\nchannels = [1]", "event_type[1].name", "is not set: it must be a name"),
        ("[[alert]]\nbelow = 1", "alert[1].kpi", "is not set: it must be the name of a KPI"),
        ("[segments.core]\nmin_blocks = 5", "segments.core.min_blocks", "from 1 to 4, not 5"),
        ("[segments.core]\nmin_voice_hours = nan", "segments.core.min_voice_hours", "not nan"),
        (
            "[segments.core]\nmin_counts = { dota_match = 0 }",
            "segments.core.min_counts",
            "must be a table of activities and whole numbers such as { dota_match = 8 }",
        ),
        (
            '[segments.core]\nmin_counts = { "a b" = 1 }',
            "segments.core.min_counts",
            "(a name has up to 32 of a-z, 0-9 and _)",
        ),
        ("[segments.core]\nmin_counts = 8", "segments.core.min_counts", "not 8"),
        ("[segments]\ncore = 1", "segments.core", "must be a table with the keys min_blocks, min_events"),
        (f"{ALERT}", "alert[1]", "must have one of above, below, falls_by and rises_by, not none"),
        (
            f"{ALERT}above = 2\nbelow = 1",
            "alert[1]",
            "must have one of above, below, falls_by and rises_by, not 2",
        ),
        (f"{ALERT}falls_by = 0", "alert[1].falls_by", "a number above 0, at most 1: 0.2 is a fifth of the"),
        (f"{ALERT}falls_by = 2", "alert[1].falls_by", "a number above 0, at most 1"),
        (f"{ALERT}rises_by = 1e308", "alert[1].rises_by", "a number above 0, at most 1000"),
        ('[[alert]]\nkpi = "voice_activity_rate"\nrises_by = 30', "alert[1]", "not 30: 0.3 is 30 %"),
        ('[digest.alerts]\nat = "9 am"', "digest.alerts.at", 'a time such as "09:00", not "9 am"'),
        (f"{ALERT}above = inf", "alert[1].above", "a number in the KPI's own unit, not inf"),
        (f'{ALERT}above = "2"', "alert[1].above", "a number in the KPI's own unit"),
        (f"{ALERT}above = true", "alert[1].above", "a number in the KPI's own unit, not true"),
        (f"{ALERT}above = 2\nmin_coverage = 80", "alert[1].min_coverage", "a share from 0 to 1, not 80"),
        ('[[alert]]\nkpi = "wekly_active_members"\nabove = 1', "alert[1].kpi", "mean weekly_active_members?"),
        (
            '[[alert]]\nkpi = "series_mean"\nbelow = 9',
            "alert[1].kpi",
            "KPI of whole periods, not series_mean",
        ),
        (
            '[[alert]]\nkpi = "show_rate"\nbelow = 1',
            "alert[1].kpi",
            "newcomers_still_here, no_show_rate, profile_adoption, quick",
        ),
        (
            '[[alert]]\nkpi = "quick_ratio"\nbelow = 1\nonly_when_clear = true',
            "alert[1]",
            "must not have only_when_clear: changes of quick_ratio are not tested",
        ),
        ('[[alert]]\nkpi = "voice_activity_rate"\nbelow = 30', "alert[1]", "not 30: 0.3 is 30 %"),
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


def test_two_types_of_one_name_are_refused_and_the_line_says_which_has_it_already(config):
    types = "".join(
        f'[[event_type]]\nname = "{name}"\nchannels = [1]\n' for name in ("Raid", "Inhouse", "inhouse")
    )
    with pytest.raises(ConfigProblem) as caught:
        load_settings(config(types))
    assert caught.value.problems[0].key == "event_type[3].name"
    assert str(caught.value) == (
        'config.toml: event_type[3].name must be a name of its own, not "inhouse": event_type[2] has it'
    )


def test_two_tiers_of_one_name_are_refused(config):
    tiers = "".join(f'[[tier]]\nname = "{name}"\nroles = [1]\n' for name in ("Host", "host"))
    with pytest.raises(ConfigProblem) as caught:
        load_settings(config(tiers))
    assert str(caught.value) == (
        'config.toml: tier[2].name must be a name of its own, not "host": tier[1] has it'
    )


def test_tiers_keep_their_order_and_that_of_their_roles_means_nothing(config):
    tiers = '[[tier]]\nname = "staff"\nroles = [9, "2", 9]\n[[tier]]\nname = "captain"\nroles = [1]\n'
    rules = load_settings(config(tiers)).rules()
    assert rules.tiers == (TierRule("staff", (2, 9)), TierRule("captain", (1,)))
    assert rules.fingerprint() != Rules().fingerprint()


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
    without_mark = re.compile(r"^# (?=\[\[|[a-z_]+ = )", re.MULTILINE)
    text = without_mark.sub("", SHIPPED.read_text(encoding="utf-8"))
    for other in ("above = 200\n", "below = 40\n", "rises_by = 0.5\n", "min_coverage = 0.8\n"):
        text = text.replace(other, "", 1)  # an alert has one limit
    settings = Settings.model_validate(tomllib.loads(text))
    assert settings.community.guild_id
    assert settings.digest.weekly.channel_id
    (kind,) = settings.event_type
    assert kind.titles
    assert kind.channels
    assert [tier.name for tier in settings.tier] == ["staff", "captain", "host", "volunteer"]
    assert [alert.kpi for alert in settings.alert] == [
        *("weekly_active_members", "recording_coverage", "no_show_rate", "hard_attrition")
    ]


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
