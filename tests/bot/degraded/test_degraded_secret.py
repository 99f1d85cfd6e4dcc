"""A bot whose secret turns out to be another one only once its warehouse can be looked at."""

from __future__ import annotations

from dataclasses import replace

from bot.secret_fits import secret_fits
from storage.secrets import LENGTH


async def test_what_is_recorded_under_another_secret_waits_for_the_right_one(club):
    started = await club()
    secret = started.around.paths.secret
    right = secret.read_bytes()
    await started.ends()

    secret.write_bytes(b"w" * LENGTH)
    await started.begins()  # as where its start could not look at the warehouse
    started.somebody_moves()
    await started.journal_has(1)
    await started.notices("is not the secret that the warehouse")
    assert "was filled under another secret" in await started.asked("insights health")
    await started.ends()

    secret.write_bytes(right)
    await started.begins()
    await started.all_is_there()


async def test_where_the_right_one_is_lost_for_good_the_record_goes_on_under_another(club):
    started = await club()
    await started.ends()

    new = b"n" * LENGTH
    started.around.paths.secret.write_bytes(new)
    started.around = replace(started.around, is_secret_lost=True)
    await started.begins()
    started.somebody_moves()
    await started.all_is_there()
    await started.ends()

    started.around = replace(started.around, is_secret_lost=False)
    await started.begins()
    started.somebody_moves()
    await started.all_is_there()
    assert await secret_fits(started.bot.warehouse, new)
