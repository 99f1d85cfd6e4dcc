"""The fold: the event log's rows, one by one, into the derived tables.

`state` takes a fact in and knows no database; a module per subject says what it means. `writing` and
`loading` carry the state to the tables and back, `folder` follows the log, `anew` starts from zero. The same
log under the same rules gives the same tables, whatever the batches were.
"""

from __future__ import annotations

from storage.fold.folder import Folder, Progress

__all__ = ["Folder", "Progress"]
