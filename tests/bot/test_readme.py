"""What the README tells people to type works as it says."""

from __future__ import annotations

import asyncio
import re
import shlex
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.cli.check_config import missing
from bot.cli.command_line import invoke
from bot.clock import SystemClock
from bot.commands.correcting import check_in_command, correct_command, corrections_command
from bot.commands.menu import declare_command, event_command, health_command, quality_command
from bot.config import Environment, load_settings
from bot.presentation.buttons import DETAILS, event_buttons, take_back_button
from reports.event_report import OccurrenceKey
from sandbox.community import tell
from sandbox.community_history import History
from sandbox.demo import DemoFolder, record_history
from sandbox.permissions import Permission, on_the_wire

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line, comments=True)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
INSIGHTS = [words[words.index("insights") + 1 :] for words in COMMANDS if "insights" in words]


def test_what_it_tells_to_make_are_targets_of_the_makefile():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    made = [words[1] for words in COMMANDS if words[0] == "make"]
    assert made[:2] == ["demo", "test"]
    assert set(made) <= set(targets)


@pytest.mark.parametrize("words", INSIGHTS, ids=" ".join)
def test_every_command_and_option_of_the_readme_exists(words, capsys):
    verbs = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
    verbs = verbs[: 2 if verbs and verbs[0] in {"report", "digest"} else 1]
    assert invoke([*verbs, "--help"]) == 0
    explained = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert option in explained


@pytest.fixture
def after_the_demo(tmp_path, monkeypatch):
    """A shell beside the folder `out`, into which the demo was just played: three weeks are enough here."""
    folder = DemoFolder(tmp_path / "out")
    folder.prepare(3)
    history = History(tell(3, NOW, 20), int(NOW.timestamp() * 1000))
    asyncio.run(record_history(folder, history, lambda _what: nullcontext(lambda _done, _total: None)))
    for gone in (folder.paths.secret, folder.paths.journal, folder.paths.withdrawals):
        gone.unlink()
    monkeypatch.setattr(SystemClock, "now", lambda _self: NOW)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("INSIGHTS_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_every_line_under_the_demo_works_as_it_stands(after_the_demo, capsys):
    played = COMMANDS.index(["insights", "demo", "--once", "out/"])
    lines = COMMANDS[played + 1 : COMMANDS.index(["unset", "INSIGHTS_DATA"])]
    for verb, *words in lines:
        if verb == "export":
            after_the_demo.setenv(*words[0].split("="))
        else:
            assert verb == "insights"
            assert invoke(words) == 0, (words, capsys.readouterr().err)
    assert len(lines) > 8


def test_every_verb_is_in_the_readme(capsys):
    invoke(["--help"])
    verbs = re.findall(r"^│ ([a-z-]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert verbs
    assert set(verbs) <= {words[0] for words in INSIGHTS}


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_variable_of_the_environment_is_in_the_readme():
    for name in Environment.model_fields:
        assert f"| `{name.upper()}` |" in README


def test_the_demo_is_where_the_readme_says():
    assert "<http://127.0.0.1:8080>" in README
    invoke_default = (ROOT / "bot" / "cli" / "demo.py").read_text(encoding="utf-8")
    assert "port: Port = 8080" in invoke_default


def test_the_invitation_grants_what_it_lists_and_no_more():
    needed = (
        Permission.VIEW_CHANNEL
        | Permission.SEND_MESSAGES
        | Permission.EMBED_LINKS
        | Permission.ATTACH_FILES
        | Permission.READ_MESSAGE_HISTORY
        | Permission.VIEW_AUDIT_LOG
    )
    assert re.findall(r"&permissions=(\d+)", README) == [on_the_wire(needed)]
    assert f"{on_the_wire(needed)} is View Channels, Send Messages, Embed Links, Attach Files" in README


def test_its_settings_are_right(tmp_path):
    (settings,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    read = load_settings(tmp_path / "config.toml")
    assert not [need for need in missing(read, Environment(discord_token="t")) if need]


def test_every_command_and_every_button_is_in_the_readme():
    table = README.partition("## What can be asked")[2]
    commands = [
        *(health_command, event_command, declare_command, quality_command),
        *(correct_command, check_in_command, partial(corrections_command, names=None)),
    ]
    for command in commands:
        assert f"| `/insights {command(None, None).sub_cmd_name}` |" in table
    labels = {button.label for button in event_buttons(OccurrenceKey(1, 1), could_come=True)}
    labels.add(take_back_button(1).label)
    for label in labels | set(DETAILS.values()):
        assert re.search(rf"^\|[^|]*\b{label}\b", table, re.MULTILINE), label
