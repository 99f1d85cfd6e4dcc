"""Files that nobody else may read, and what is never made one."""

from __future__ import annotations

import os

import pytest

from storage.database import Warehouse
from storage.files import private_file
from storage.trouble import WarehouseUnavailable


def test_a_new_file_and_one_that_others_could_read_are_the_owners_alone(tmp_path):
    shared = tmp_path / "shared"
    shared.write_text("kept")
    shared.chmod(0o644)
    for path in (tmp_path / "new", shared):
        private_file(path)
        assert path.stat().st_mode & 0o777 == 0o600
    assert shared.read_text() == "kept"


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    path.chmod(0o666)
    return path


def test_what_is_no_ordinary_file_keeps_its_rights(pipe):
    with pytest.raises(OSError, match="not an ordinary file"):
        private_file(pipe)
    assert pipe.stat().st_mode & 0o777 == 0o666


async def test_a_warehouse_on_a_device_is_refused_in_one_sentence(pipe):
    with pytest.raises(WarehouseUnavailable, match=r"pipe") as refused:
        await Warehouse.open(str(pipe))
    assert "\n" not in str(refused.value)
    assert pipe.stat().st_mode & 0o777 == 0o666
