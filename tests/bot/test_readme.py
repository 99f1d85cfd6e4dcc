"""What the README tells people to type works as it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.cli.command_line import invoke
from bot.config import Environment

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line, comments=True)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
INSIGHTS = [words[words.index("insights") + 1 :] for words in COMMANDS if "insights" in words]


def test_the_two_commands_are_targets_of_the_makefile():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [words[1] for words in COMMANDS if words[0] == "make"] == ["demo", "test"]
    assert {"demo", "test"} <= set(targets)


@pytest.mark.parametrize("words", INSIGHTS, ids=" ".join)
def test_every_command_and_option_of_the_readme_exists(words, capsys):
    verbs = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
    verbs = verbs[: 2 if verbs and verbs[0] in {"report", "digest"} else 1]
    assert invoke([*verbs, "--help"]) == 0
    explained = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert option in explained


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
