"""What the running bot knows of its own recording, put together for whoever asks."""

from __future__ import annotations

from collections.abc import Callable

from bot.pipeline import Pipeline
from bot.recorder import Recorder
from reports.vitals import Vitals
from storage.journal import Journal

Notice = Callable[[], str | None]


class VitalSigns:
    """`notices` are asked for what people have to know: each a sentence, or None while all is well."""

    def __init__(
        self, began_ms: int, recorder: Recorder, pipeline: Pipeline, journal: Journal, *notices: Notice
    ) -> None:
        self._began_ms = began_ms
        self._recorder = recorder
        self._pipeline = pipeline
        self._journal = journal
        self._notices = notices

    def __call__(self) -> Vitals:
        flow, coming = self._pipeline.flow, self._recorder.member_list_progress
        told = (self._pipeline.problem, self._journal.warning, *(notice() for notice in self._notices))
        return Vitals(
            since_ms=self._began_ms,
            loaded=flow.loaded,
            duplicates=flow.duplicates,
            waiting=self._journal.backlog(),
            lag_ms=flow.lag_ms(),
            listed=(coming.members, coming.expected or None) if coming else None,
            warnings=tuple(dict.fromkeys(filter(None, told))),
        )
