"""Which cells of a table may be shown where the sums of its rows and of its columns are known.

Definition: docs/kpis.md, "Small groups".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from reports.small_groups import is_small, withheld

Cell = tuple[str, str]  # row, column
Table = Mapping[Cell, int]  # people
SUM = ""  # a column beside those of the table


def withheld_cells(table: Table, min_group: int, already: Collection[Cell] = ()) -> frozenset[Cell]:
    """The small cells, and others until no hidden one can be computed from a row, a column or several.

    `already`: cells that are hidden for another reason; of nobody they hide nothing, and where the sums tell
    them whatever else is hidden, nothing else is for their sake. What is hidden depends on the numbers of a
    row, and not on its name: a table of two groups is the same for either.
    """
    graph = _Graph.of(table, min_group)
    open_to_all = frozenset(cell for cell, size in table.items() if size and not graph.can_be_kept(cell))
    small = frozenset(cell for cell, size in table.items() if is_small(size, min_group))
    kept = frozenset(cell for cell in small.union(already) if table.get(cell)) - open_to_all
    lines = tuple(_lines({cell: size for cell, size in table.items() if cell not in open_to_all}))
    hidden = kept
    while True:
        more = hidden
        for line in lines:
            more |= withheld(line, min_group, more)
        if more == hidden:
            more |= graph.another_beside(hidden, kept)
        if more == hidden:
            return hidden | small
        hidden = more


def _lines(table: Table) -> Iterator[dict[Cell, int]]:
    """Columns, then rows, those of the fewest people first."""
    for column in sorted({column for _, column in table}):
        yield {cell: size for cell, size in table.items() if cell[1] == column}
    for row in _rows(table):
        yield {cell: size for cell, size in table.items() if cell[0] == row}


def _rows(table: Table) -> list[str]:
    sizes: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for (row, column), size in sorted(table.items()):
        sizes[row].append((column, size))
    return sorted(sizes, key=lambda row: (sum(size for _, size in sizes[row]), sizes[row]))


@dataclass(frozen=True, slots=True)
class _Graph:
    """Cells as edges between rows and columns: of the hidden ones, sums of lines determine the bridges.

    Of how many people a row of few is, nobody is told, nor what would tell it: its sum is a hidden cell.
    """

    table: Table
    rows: tuple[str, ...]
    sums: frozenset[Cell]  # that are hidden: a cell beside the table for each such row

    @classmethod
    def of(cls, table: Table, min_group: int) -> _Graph:
        rows = tuple(_rows(table))
        sums = {row: sum(size for (of, _), size in table.items() if of == row) for row in rows}
        return cls(table, rows, frozenset((row, SUM) for row in withheld(sums, min_group)))

    def can_be_kept(self, cell: Cell) -> bool:
        """If need be with everything else."""
        return self._is_on_a_circle(cell, frozenset(of for of, size in self.table.items() if size))

    def another_beside(self, hidden: frozenset[Cell], kept: frozenset[Cell]) -> frozenset[Cell]:
        """One more cell beside one of the `kept` that follows from those that are shown; or none."""
        for cell in sorted(kept, key=self._place):
            if self._is_on_a_circle(cell, hidden):
                continue
            beside = (
                (size, *self._place(other), other)
                for other, size in self.table.items()
                if size and other not in hidden and (other[0] == cell[0] or other[1] == cell[1])
            )
            if found := min(beside, default=None):
                return frozenset({found[-1]})
        return frozenset()

    def _place(self, cell: Cell) -> tuple[int, str]:
        return self.rows.index(cell[0]), cell[1]

    def _is_on_a_circle(self, cell: Cell, hidden: frozenset[Cell]) -> bool:
        edges = (hidden - {cell}) | self.sums
        rows, columns = {cell[0]}, set[str]()
        while more := {column for row, column in edges if row in rows} - columns:
            columns |= more
            rows |= {row for row, column in edges if column in columns}
        return cell[1] in columns
