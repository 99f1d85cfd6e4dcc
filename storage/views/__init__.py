"""The views that analysts and dashboards read: documented column by column in docs/views.md.

A view's name ends with its version. What it means by a column never changes; another meaning is another
version, and both stand beside each other until a release says otherwise. New columns come at the end.
"""

from __future__ import annotations

from storage.views.engineering import ENGINEERING
from storage.views.leadership import LEADERSHIP
from storage.views.organizer import ORGANIZER
from storage.views.records import RECORDS
from storage.views.view import View

__all__ = ["VIEWS", "View"]

VIEWS: tuple[View, ...] = (*LEADERSHIP, *ORGANIZER, *ENGINEERING, *RECORDS)
