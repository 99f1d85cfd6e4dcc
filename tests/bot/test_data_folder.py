"""A data folder that cannot be looked into is told of in one sentence, whatever the verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.command_line import invoke

VERBS = (
    ("report", "health"),
    ("what-if", "segments.core.min_events=3"),
    ("kpi-values",),
    ("rebuild",),
    ("dead-letters",),
    ("erase", "407000000000000001", "--yes"),
    ("import", "README.md"),
    ("digest", "weekly"),
)


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = tmp_path / "config.toml"
    path.write_text("[community]\nguild_id = 2000\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_that_this_user_may_not_enter(verb, config, tmp_path, monkeypatch, capsys):
    locked, exists = tmp_path / "locked", Path.exists

    def refused(path: Path) -> bool:
        if path.is_relative_to(locked):
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    monkeypatch.setattr(Path, "exists", refused)
    monkeypatch.setenv("INSIGHTS_DATA", str(locked))
    assert invoke([*verb, "--config", str(config)]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence == (
        f"The folder {locked} cannot be looked into (Permission denied): check INSIGHTS_DATA, "
        "and that this user may read and write there."
    )


def test_whose_name_no_file_can_have(config, monkeypatch, capsys):
    monkeypatch.setenv("INSIGHTS_DATA", "d" * 5000)
    assert invoke(["report", "health", "--config", str(config)]) == 1
    assert "(File name too long): check INSIGHTS_DATA" in capsys.readouterr().err
