"""One way to datasets, SQL, components and runs, whether there is a server or not."""
from __future__ import annotations

import os
from pathlib import Path

from ._errors import TandemError
from ._made import Outputs, Run
from ._program import Program
from ._server import Server
from ._table import Table, as_table

TABLES = {".csv", ".tsv", ".txt", ".parquet", ".arrow", ".feather", ".xlsx", ".json", ".ndjson", ".jsonl"}


class Fingerprints(dict):
    """What tables hold, by name; prints one line a table."""

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{name:{width}}  {value}" for name, value in self.items())


class Session:
    """A server where there is an address and a token, else files; components are run by the program."""

    def __init__(self, url=None, token=None, project=None, binary=None):
        url, token = url or os.environ.get("TANDEM_URL"), token or os.environ.get("TANDEM_TOKEN")
        if bool(url) != bool(token):
            raise TandemError("unauthenticated", "Set both TANDEM_URL and TANDEM_TOKEN to use a server, or neither.")
        self.program = Program(binary)
        self.server = Server(url, token, project) if url else None
        self._runs: list[Run] = []

    def _table(self, value) -> Table:
        """A table from whatever holds one; a file as an import would read it."""
        return self.program.read(value) if isinstance(value, (str, os.PathLike)) else as_table(value)

    def _need_server(self, what: str) -> Server:
        if self.server is None:
            raise TandemError("invalid_request", f"{what} needs a server. Set TANDEM_URL and TANDEM_TOKEN.")
        return self.server

    def datasets(self) -> list:
        """Assets of the server, or the paths of files in this folder."""
        if self.server is not None:
            return self.server.datasets()
        return sorted(str(path) for path in Path(".").iterdir() if path.is_file() and path.suffix.lower() in TABLES)

    def dataset(self, name, version=None) -> Table:
        """A dataset, or a file."""
        if self.server is not None and not Path(name).is_file():
            return self.server.dataset(str(name), version)
        if version is not None:
            raise TandemError("invalid_request", "Files have no versions. Leave the version out.")
        return self.program.read(name)

    def write(self, name, table, mode="replace", key=(), message="") -> dict:
        """The next version of a dataset."""
        return self._need_server("Writing a dataset").write(name, self._table(table), mode, key, message)

    def sql(self, text, /, inputs=None, **tables) -> Table:
        """A statement over tables that are given, or over the project's datasets."""
        given = {name: self._table(table) for name, table in {**(inputs or {}), **tables}.items()}
        if self.server is not None and not given:
            return self.server.sql(text)
        return self.program.sql(text, given)

    def components(self, search="") -> list[dict]:
        """Signatures."""
        if self.server is None:
            return self.program.signatures(search)
        word = search.lower()
        texts = lambda s: [s["name"], *s["title"].values(), *s["summary"].values()]  # noqa: E731
        return [s for s in self.server.call("GET", "/components")["items"] if any(word in text.lower() for text in texts(s))]

    def component(self, name, /, *, inputs=None, params=None, seed=None, outputs=None, **more):
        """Runs a component."""
        ports, settings = dict(inputs or {}), dict(params or {})
        plain = name.split("@")[0]
        if plain in ("dataset", "write-dataset"):
            return self._outside(plain, ports, {**settings, **more})
        kinds = {port["name"]: port["kind"] for port in self.program.signature(plain).get("inputs", [])}
        for word, value in more.items():
            (ports if word in kinds else settings)[word] = value
        several = {port: self._several(value, kinds.get(port)) for port, value in ports.items() if value is not None}
        made = self.program.component(name, several, settings, seed)
        if outputs is not None:
            return tuple(made[port] for port in outputs)
        if len(made) == 1:
            return next(iter(made.values()))
        return Outputs(made)

    def _several(self, value, kind) -> list:
        listed = list(value) if isinstance(value, (list, tuple)) and kind != "value" else [value]
        return [self._table(one) if kind == "table" else one for one in listed]

    def _outside(self, name, inputs, params):
        """The components that read and write what a server keeps."""
        server = self._need_server(f"The component {name}")
        if name == "dataset":
            return server.dataset(params["dataset"], params.get("version"))
        table = inputs.get("table", params.pop("table", None))
        server.write(params["name"], self._table(table), params.get("mode", "replace"), params.get("key", ()), "")
        return None

    def run(self, workflow, inputs=None, params=None, seed=None) -> Run:
        """Runs a workflow: a file over files, or one of the server over its datasets."""
        if self.server is not None and not Path(workflow).is_file():
            if inputs:
                message = "A workflow of the server reads datasets. Leave the inputs out, or run its file."
                raise TandemError("invalid_request", message)
            return self.server.run(str(workflow), params or {}, seed)
        tables = {name: self._table(table) for name, table in (inputs or {}).items()}
        run = self.program.run(workflow, tables, params or {}, seed)
        self._runs.insert(0, run)
        return run

    def runs(self) -> list:
        """Runs, the newest first."""
        return list(self._runs) if self.server is None else self.server.runs()

    def input(self, name, source=None) -> Table:
        """The table of a workflow's input."""
        source = os.environ.get(f"TANDEM_INPUT_{name}") or source
        if source is None and self.server is not None:
            source = name
        if source is None:
            raise TandemError(
                "invalid_request",
                f"The input “{name}” has no data. Set TANDEM_INPUT_{name} to a file, or name it in the cell.")
        return self.dataset(source)

    def fingerprints(self, tables) -> Fingerprints:
        """What tables hold."""
        return Fingerprints(self.program.fingerprints({name: self._table(table) for name, table in tables.items()}))
