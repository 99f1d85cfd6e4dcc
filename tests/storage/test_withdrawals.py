from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage.withdrawals import Kind, Withdrawals, WithdrawalsUnusable

SECRET = b"s" * 32
GUILD, PERSON, AT = 111_222_333, 444_555_666, 1_794_268_800_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "withdrawals.txt"


def test_a_withdrawal_outlives_the_process(path: Path) -> None:
    Withdrawals.open(path, SECRET).withdraw(GUILD, PERSON, Kind.ERASED, AT)
    again = Withdrawals.open(path, SECRET)
    assert again.is_withdrawn(GUILD, PERSON)
    assert again.withdrawal(GUILD, PERSON) == (Kind.ERASED, AT)


def test_it_holds_in_one_guild_for_one_person(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    withdrawals.withdraw(GUILD, PERSON, Kind.OPTED_OUT, AT)
    assert not withdrawals.is_withdrawn(GUILD + 1, PERSON)
    assert not withdrawals.is_withdrawn(GUILD, PERSON + 1)


def test_the_file_names_nobody(path: Path) -> None:
    Withdrawals.open(path, SECRET).withdraw(GUILD, PERSON, Kind.ERASED, AT)
    content = path.read_bytes()
    assert str(PERSON).encode() not in content
    assert str(GUILD).encode() not in content
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_returns_is_recorded_again_and_may_withdraw_again(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    withdrawals.withdraw(GUILD, PERSON, Kind.OPTED_OUT, AT)
    withdrawals.returned(GUILD, PERSON, AT + 1)
    assert not Withdrawals.open(path, SECRET).is_withdrawn(GUILD, PERSON)
    withdrawals.withdraw(GUILD, PERSON, Kind.OPTED_OUT, AT + 2)
    assert Withdrawals.open(path, SECRET).withdrawal(GUILD, PERSON) == (Kind.OPTED_OUT, AT + 2)


def test_withdrawing_twice_is_one_line_and_keeps_the_first_moment(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    withdrawals.withdraw(GUILD, PERSON, Kind.ERASED, AT)
    assert withdrawals.withdraw(GUILD, PERSON, Kind.ERASED, AT + 5).at_ms == AT
    assert len(path.read_text().splitlines()) == 2


def test_an_opt_out_does_not_undo_an_erasure(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    withdrawals.withdraw(GUILD, PERSON, Kind.OPTED_OUT, AT)
    withdrawals.withdraw(GUILD, PERSON, Kind.ERASED, AT + 1)
    assert withdrawals.withdraw(GUILD, PERSON, Kind.OPTED_OUT, AT + 2).kind is Kind.ERASED


def test_another_process_is_heard_at_the_next_refresh(path: Path) -> None:
    ours, theirs = Withdrawals.open(path, SECRET), Withdrawals.open(path, SECRET)
    theirs.withdraw(GUILD, PERSON, Kind.ERASED, AT)
    assert not ours.is_withdrawn(GUILD, PERSON)
    assert ours.refresh()
    assert ours.is_withdrawn(GUILD, PERSON)
    assert not ours.refresh()


def test_two_processes_do_not_overwrite_each_other(path: Path) -> None:
    ours, theirs = Withdrawals.open(path, SECRET), Withdrawals.open(path, SECRET)
    ours.withdraw(GUILD, 1, Kind.ERASED, AT)
    theirs.withdraw(GUILD, 2, Kind.ERASED, AT)
    ours.withdraw(GUILD, 3, Kind.ERASED, AT)
    everyone = Withdrawals.open(path, SECRET)
    assert all(everyone.is_withdrawn(GUILD, person) for person in (1, 2, 3))


def test_a_line_that_a_crash_cut_short_is_passed_over(path: Path) -> None:
    Withdrawals.open(path, SECRET).withdraw(GUILD, 1, Kind.ERASED, AT)
    with path.open("ab") as file:
        file.write(b"1794268800000 era")
    withdrawals = Withdrawals.open(path, SECRET)
    withdrawals.withdraw(GUILD, 2, Kind.ERASED, AT)
    again = Withdrawals.open(path, SECRET)
    assert again.is_withdrawn(GUILD, 1)
    assert again.is_withdrawn(GUILD, 2)


def test_another_secret_is_refused(path: Path) -> None:
    Withdrawals.open(path, SECRET).withdraw(GUILD, PERSON, Kind.ERASED, AT)
    before = path.read_bytes()
    with pytest.raises(WithdrawalsUnusable, match="another secret: put back"):
        Withdrawals.open(path, b"t" * 32)
    assert path.read_bytes() == before


def test_while_nobody_withdrew_another_secret_takes_the_file_over(path: Path) -> None:
    ours, theirs = Withdrawals.open(path, SECRET), Withdrawals.open(path, b"t" * 32)
    theirs.withdraw(GUILD, PERSON, Kind.ERASED, AT)
    assert Withdrawals.open(path, b"t" * 32).is_withdrawn(GUILD, PERSON)
    with pytest.raises(WithdrawalsUnusable, match="another secret: put back"):
        ours.withdraw(GUILD, PERSON + 1, Kind.ERASED, AT)


def test_a_file_that_was_taken_over_and_back_is_the_first_ones_again(path: Path) -> None:
    Withdrawals.open(path, SECRET)
    Withdrawals.open(path, b"t" * 32)
    Withdrawals.open(path, SECRET).withdraw(GUILD, PERSON, Kind.ERASED, AT)
    assert Withdrawals.open(path, SECRET).is_withdrawn(GUILD, PERSON)


def test_a_damaged_line_is_refused(path: Path) -> None:
    Withdrawals.open(path, SECRET)
    with path.open("ab") as file:
        file.write(b"what is this\n")
    with pytest.raises(WithdrawalsUnusable, match="not understood at byte"):
        Withdrawals.open(path, SECRET)


def test_a_file_that_vanishes_is_missed(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    path.unlink()
    with pytest.raises(WithdrawalsUnusable, match="is gone: put it back"):
        withdrawals.refresh()


def test_a_folder_in_its_place_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(WithdrawalsUnusable, match="cannot be read or written"):
        Withdrawals.open(path, SECRET)


def test_one_that_cannot_be_read_any_more_is_said(path: Path) -> None:
    withdrawals = Withdrawals.open(path, SECRET)
    path.unlink()
    path.mkdir()
    with pytest.raises(WithdrawalsUnusable, match="cannot be read or written"):
        withdrawals.refresh()


FILLED_DISK = """
import resource, signal, sys
from pathlib import Path
from storage.withdrawals import Kind, Withdrawals, WithdrawalsUnusable

path, guild, people = Path(sys.argv[1]), int(sys.argv[2]), [int(person) for person in sys.argv[3:]]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
withdrawals = Withdrawals.open(path, b"s" * 32)
size = path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, resource.RLIM_INFINITY))
for person in people:
    try:
        withdrawals.withdraw(guild, person, Kind.ERASED, 1)
        print("promised")
    except WithdrawalsUnusable as refused:
        print("File too large" in str(refused), withdrawals.is_withdrawn(guild, person))
print(path.stat().st_size - size)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
withdrawals.withdraw(guild, people[0], Kind.ERASED, 1)
"""


def test_a_line_for_which_the_disk_has_no_room_is_neither_kept_nor_promised(path: Path) -> None:
    Withdrawals.open(path, SECRET).withdraw(GUILD, PERSON, Kind.ERASED, AT)
    new, other = PERSON + 1, PERSON + 2
    told = subprocess.run(
        [sys.executable, "-c", FILLED_DISK, str(path), str(GUILD), str(new), str(other)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.splitlines() == ["True False", "True False", "0"]
    again = Withdrawals.open(path, SECRET)
    assert [again.is_withdrawn(GUILD, person) for person in (PERSON, new, other)] == [True, True, False]
