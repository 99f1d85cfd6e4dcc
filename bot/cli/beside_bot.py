"""What a verb that writes must know: whether a bot is running, which would bring the tables up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.audit_place import AuditPlace
from bot.cli.progress import Step, progress_bar
from bot.clock import SystemClock
from bot.continuity import Continuity, Loss
from storage.database import Warehouse
from storage.event import Event
from storage.event_key import KeyMaker
from storage.event_log import last_position
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.journal_file import JournalInUse
from storage.loader import load_batch
from storage.secrets import load_or_create
from storage.withdrawals import Withdrawals

if TYPE_CHECKING:
    from bot.cli.workplace import Workplace

SHARD_ID = 0


def free_journal(place: Workplace) -> Journal | None:
    """The journal, or None while a running bot holds it."""
    return _opened(place.paths.journal)


@contextmanager
def every_journal(place: Workplace) -> Iterator[tuple[Journal | None, list[Journal | None]]]:
    """The bot's own, and those of other bots (insights_extension); None for each that is in use."""
    with ExitStack() as closing_all:
        journals: list[Journal | None] = []
        for path in (place.paths.journal, *place.paths.journals_of_others()):
            journal = _opened(path)
            if journal:
                closing_all.callback(journal.close)
            journals.append(journal)
        yield journals[0], journals[1:]


def _opened(path: Path) -> Journal | None:
    try:
        return Journal.open(path, _nothing_new, _nothing_unencodable)
    except JournalInUse:
        return None


def check_journal(place: Workplace) -> None:
    """Raises JournalUnavailable: before something is done that would be brought into the tables beside it."""
    journal = free_journal(place)
    if journal:
        journal.close()


async def follow(place: Workplace, warehouse: Warehouse, guild_id: int, step: Step | None = None) -> None:
    """No bot is there to do it: the next report must speak of what is in the log now."""
    folder = Folder(warehouse, place.settings.rules())
    async with warehouse.reading() as conn:
        last = await last_position(conn, guild_id)
    while True:
        progress = await folder.advance(guild_id)
        if step:
            step(min(progress.position, last), last)
        if progress.caught_up:
            return


async def left_to_a_bot(place: Workplace, warehouse: Warehouse, guild_id: int) -> bool:
    """True: a running bot brings the tables up to date. Else it is done here."""
    journal = free_journal(place)
    if journal is None:
        return True
    try:
        with progress_bar("Counting") as step:
            await follow(place, warehouse, guild_id, step)
    finally:
        journal.close()
    return False


async def take_up_the_rest(place: Workplace, warehouse: Warehouse, guild_id: int) -> None:
    """What a stopped bot had still to bring into the record. A running one does so by itself."""
    journal = free_journal(place)
    if journal is None:
        return
    withdrawals = Withdrawals.open(place.paths.withdrawals, load_or_create(place.paths.secret))
    try:
        continuity = _continuity(place, journal, guild_id)
        while (await load_batch(warehouse, journal, withdrawals, continuity=continuity)).read:
            pass
        await follow(place, warehouse, guild_id)
    finally:
        journal.close()


def _continuity(place: Workplace, journal: Journal, guild_id: int) -> Continuity:
    audit_place = AuditPlace(place.paths.audit_log)

    def lost(loss: Loss) -> None:
        """The bot begins a new session at its start, and reads the audit log again."""
        if loss.is_of_session:
            journal.forget_session(SHARD_ID)
        if loss.removals_from_ms is not None:
            audit_place.write(min(loss.removals_from_ms, audit_place.read() or loss.removals_from_ms))

    keys = KeyMaker(load_or_create(place.paths.secret))
    return Continuity(journal, keys, guild_id, SystemClock(), lost)


def backlog(place: Workplace) -> int:
    """How many events a stopped bot has still to bring into the record."""
    journal = free_journal(place) if place.paths.journal.exists() else None
    if journal is None:
        return 0
    try:
        return journal.backlog()
    finally:
        journal.close()


def _nothing_new(item: Event) -> list[Event]:
    return [item]


def _nothing_unencodable(_item: Event, error: Exception) -> Event:
    raise error
