"""The journals of this bot and of others beside it: can they be read, and is everything in them whole?"""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.finding import Finding, ill, split, unknown, well
from bot.paths import DataPaths
from storage import journal_aside
from storage.journal_file import JournalUnavailable
from storage.journal_look import look

ABOUT = "Journal"


def journal_findings(paths: DataPaths) -> Iterator[Finding]:
    """One that is well, or all that are not."""
    try:
        there = [path for path in (paths.journal, *paths.journals_of_others()) if path.exists()]
    except OSError as error:  # the folder cannot be one, which the other lines say, too
        yield unknown(ABOUT, f"{paths.journal} cannot be looked at ({error.strerror}).")
        return
    if not there:
        yield unknown(ABOUT, f"There is no {paths.journal} yet: the first start makes it.")
        return
    sentences = []
    for path in there:
        try:
            sentences.append(journal_aside.sentence(path, look(path)))
        except JournalUnavailable as damaged:
            sentences.append(str(damaged))
    yield from (ill(ABOUT, *split(sentence)) for sentence in sentences if sentence)
    if not any(sentences):
        yield well(ABOUT, f"{' and '.join(path.name for path in there)}: whole, and can be read.")
