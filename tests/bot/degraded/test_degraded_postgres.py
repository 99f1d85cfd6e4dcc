"""A PostgreSQL warehouse that is stopped, locked, full of others, slow or silent while the bot records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage.trouble import WarehouseUnavailable

AN_HOUR = 30  # events
pytestmark = pytest.mark.postgres


@pytest.fixture
async def somebody(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Another session on the same database."""
    session = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    yield session
    await session.close()


@pytest.mark.usefixtures("hurried")
async def test_a_stopped_server_is_waited_for(recording, clean, postgres, postgres_url):
    bot = await recording(postgres_url)
    await asyncio.to_thread(postgres.server.stop)
    try:
        bot.an_hour(2)
        await bot.notices("cannot be reached: check that the database server runs")
        with pytest.raises(WarehouseUnavailable):
            await bot.rows()
        assert bot.journal.backlog() == AN_HOUR
    finally:
        await asyncio.to_thread(postgres.server.ensure_postgres_running)
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_a_locked_table_is_waited_for(recording, clean, postgres_url, somebody):
    bot = await recording(postgres_url)
    transaction = somebody.transaction()
    await transaction.start()
    await somebody.execute("LOCK TABLE identities IN EXCLUSIVE MODE")
    bot.an_hour(2)
    await bot.notices("is locked by another process")
    assert await bot.rows() == AN_HOUR  # readers do not wait
    await transaction.rollback()
    assert await bot.digests() == await clean(2)


@pytest.fixture
async def guest_url(postgres_url: str, somebody: asyncpg.Connection) -> AsyncIterator[str]:
    """The URL of somebody to whom limits apply, as they do not to the owner of it all."""
    await somebody.execute("CREATE ROLE guest LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO guest")
    yield postgres_url.replace("postgres:@", "guest@").replace("postgres@", "guest@")
    await somebody.execute("DROP OWNED BY guest; DROP ROLE guest")


@pytest.mark.usefixtures("hurried")
async def test_without_a_free_connection_it_is_waited_for(recording, clean, guest_url, somebody):
    bot = await recording(guest_url)
    await somebody.execute("ALTER ROLE guest CONNECTION LIMIT 0")
    await somebody.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guest'")
    bot.an_hour(2)
    await bot.notices("is busy")
    await somebody.execute("ALTER ROLE guest CONNECTION LIMIT -1")
    assert await bot.digests() == await clean(2)
    await bot.stop()


@pytest.mark.usefixtures("hurried")
async def test_over_a_slow_way_it_is_slow_and_nothing_is_lost(recording, clean, proxy):
    way, url = proxy
    bot = await recording(url)
    way.delay_s = 0.1
    bot.an_hour(2)
    await bot.notices("is slow")
    way.delay_s = 0.0
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_a_way_that_swallows_everything_is_given_up_and_taken_anew(
    recording, clean, proxy, monkeypatch
):
    monkeypatch.setattr("storage.database.STATEMENT_SECONDS", 5.0)
    monkeypatch.setattr("storage.database.IDLE_SECONDS", 5.0)
    way, url = proxy
    bot = await recording(url)
    way.swallow()
    bot.an_hour(2)
    await bot.notices("does not answer")
    with pytest.raises((WarehouseUnavailable, TimeoutError)):
        await bot.rows()
    way.forget()  # what was on its way never arrives; who connects anew is served
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_a_closed_way_is_waited_for(recording, clean, proxy):
    way, url = proxy
    bot = await recording(url)
    await way.close()
    bot.an_hour(2)
    await bot.notices("cannot be reached")
    await way.start()
    assert await bot.digests() == await clean(2)
