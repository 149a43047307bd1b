"""Tables: Arrow in memory, or an Arrow file that is read when somebody looks."""
from __future__ import annotations

import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc


class Table:
    """Rows with columns. Taken by whatever knows Arrow's C stream (pandas, Polars, DuckDB, pyarrow)."""

    def __init__(self, arrow: pa.Table | None = None, *, file: Path | None = None, fingerprint: str | None = None):
        self._arrow, self._file, self._fingerprint = arrow, file, fingerprint

    def to_arrow(self) -> pa.Table:
        """As a pyarrow table."""
        if self._arrow is None:
            self._arrow = _read(self._file)
        return self._arrow

    def to_pandas(self, **options):
        """As a pandas data frame; needs pandas."""
        return self.to_arrow().to_pandas(**options)

    def to_polars(self):
        """As a Polars data frame; needs polars."""
        import polars

        return polars.from_arrow(self.to_arrow())

    def to_file(self, folder: Path) -> Path:
        """As an Arrow file, written into `folder` where there is none yet."""
        if self._file is None:
            path = Path(folder) / f"{uuid.uuid4().hex}.arrow"
            with pa.ipc.new_stream(path, self._arrow.schema) as writer:
                writer.write_table(self._arrow)
            self._file = path
        return self._file

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return self.to_arrow().column_names

    @property
    def schema(self) -> pa.Schema:
        """Its columns with their types."""
        return self.to_arrow().schema

    def head(self, rows: int = 5) -> "Table":
        """The first rows."""
        return Table(self.to_arrow().slice(0, rows))

    def __len__(self) -> int:
        return self.to_arrow().num_rows

    def __arrow_c_stream__(self, requested_schema=None):
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        lines = [f"{len(self)} rows, {len(self.columns)} columns"]
        lines += [f"  {field.name}: {field.type}" for field in self.schema]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        table = self.to_arrow().slice(0, 10)
        head = "".join(f"<th>{escape(name)}</th>" for name in table.column_names)
        rows = zip(*(column.to_pylist() for column in table.columns)) if table.num_columns else []
        cell = lambda value: f"<td>{'' if value is None else escape(str(value))}</td>"  # noqa: E731
        body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
        return f"<table><tr>{head}</tr>{body}</table><p>{len(self)} rows</p>"


def as_table(value) -> Table:
    """A table from whatever holds one: pyarrow, pandas, polars, or a dict of lists."""
    if isinstance(value, Table):
        return value
    if isinstance(value, pa.Table):
        return Table(value)
    if isinstance(value, pa.RecordBatch):
        return Table(pa.Table.from_batches([value]))
    if isinstance(value, dict):
        return Table(pa.table(value))
    module = type(value).__module__.split(".")[0]
    if module == "pandas":
        return Table(pa.Table.from_pandas(value, preserve_index=False))
    if hasattr(value, "collect") and module == "polars":
        value = value.collect()
    if hasattr(value, "__arrow_c_stream__"):
        return Table(pa.table(value))
    raise TypeError(f"{type(value).__name__} holds no table: give pyarrow, pandas, polars or a dict of lists")


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        magic = source.read(6)
    opened = pa.ipc.open_file if magic == b"ARROW1" else pa.ipc.open_stream
    with pa.memory_map(str(path)) as source:
        return opened(source).read_all()
