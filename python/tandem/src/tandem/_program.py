"""The `tandem` program: what computes on this machine."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

from ._errors import TandemError, of_program
from ._made import Model, Report, Run
from ._table import Table


class Program:
    """Calls the program; what it gives lies in a folder that goes with the session."""

    def __init__(self, binary: str | None = None):
        self._binary = binary or os.environ.get("TANDEM_BIN")
        self._kept = tempfile.TemporaryDirectory(prefix="tandem-session-")
        self.folder = Path(self._kept.name)
        self._signatures: dict[str, dict] = {}

    def _path(self) -> str:
        found = self._binary or shutil.which("tandem")
        if not found:
            raise TandemError("unavailable", "There is no tandem program on the path. Install it, or set TANDEM_BIN.")
        return found

    def call(self, *arguments: str, into: Path | None = None) -> bytes:
        """Its standard output, or nothing where that goes into a file."""
        command = [self._path(), *arguments]
        try:
            if into is None:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
            else:
                with open(into, "wb") as out:
                    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
        except OSError as error:
            raise TandemError("unavailable", f"The program {command[0]} can't be started: {error.strerror}.") from error
        if done.returncode:
            raise of_program(done.stderr.decode(errors="replace"))
        return done.stdout or b""

    def fresh(self, ending: str) -> Path:
        """A file that isn't there yet."""
        return self.folder / f"{uuid.uuid4().hex}{ending}"

    def sql(self, text: str, tables: dict[str, Table]) -> Table:
        """What a statement gives over these tables."""
        files = [f"--table={name}={table.to_file(self.folder)}" for name, table in tables.items()]
        out = self.fresh(".arrow")
        self.call("query", "--format=arrow", *files, "--", text, into=out)
        return Table(file=out)

    def read(self, path) -> Table:
        """The table that a file holds, as an import would read it."""
        return self.sql("SELECT * FROM t", {"t": Table(file=Path(path))})

    def signatures(self, search: str = "") -> list[dict]:
        """The signatures of components."""
        return json.loads(self.call("component", "list", "--json", f"--search={search}"))

    def signature(self, name: str) -> dict:
        """The signature of a component."""
        if name not in self._signatures:
            self._signatures[name] = json.loads(self.call("component", "show", "--json", "--", name))
        return self._signatures[name]

    def component(self, name: str, inputs: dict[str, list], params: dict, seed: int | None) -> dict:
        """What a component gives, by output port."""
        arguments = []
        for port, several in inputs.items():
            arguments += [f"--input={port}={self._file(value)}" for value in several]
        settings, answer = self.fresh(".json"), self.fresh(".json")
        settings.write_text(json.dumps(params))
        signature = self.signature(name.split("@")[0])
        files = {}
        for port in signature.get("outputs", []):
            files[port["name"]] = self.fresh(".arrow" if port["kind"] == "table" else ".json")
        arguments += [f"--output={port}={path}" for port, path in files.items()]
        arguments += [] if seed is None else [f"--seed={seed}"]
        self.call("component", "run", *arguments, f"--params-file={settings}", f"--json={answer}", "--", name)
        told = json.loads(answer.read_text())["outputs"]
        return {port: self._made(told.get(port), path) for port, path in files.items()}

    def _file(self, value) -> Path:
        """A table, model, page or value as a file."""
        if isinstance(value, Table):
            return value.to_file(self.folder)
        if isinstance(value, Model):
            return value.file
        path = self.fresh(".json")
        path.write_text(json.dumps(value.section if isinstance(value, Report) else value))
        return path

    @staticmethod
    def _made(told: dict | None, path: Path):
        if told is None:
            return None
        if told["kind"] == "table":
            return Table(file=path, fingerprint=told["fingerprint"])
        if told["kind"] == "model":
            return Model(path)
        return Report(told["report"]) if told["kind"] == "report" else told["value"]

    def run(self, workflow, inputs: dict[str, Table], params: dict, seed: int | None) -> Run:
        """Runs a workflow's file over files; a run that fails raises."""
        answer = self.fresh(".json")
        arguments = [f"--input={name}={table.to_file(self.folder)}" for name, table in inputs.items()]
        arguments += [f"--param={name}={json.dumps(value)}" for name, value in params.items()]
        arguments += [] if seed is None else [f"--seed={seed}"]
        self.call("workflow", "run", "--every-table", f"--json={answer}", *arguments, "--", str(workflow))
        details = json.loads(answer.read_text())
        return Run(details["outcome"], details)

    def fingerprints(self, tables: dict[str, Table]) -> dict[str, str]:
        """What each table holds."""
        unknown = {name: table for name, table in tables.items() if table._fingerprint is None}
        if unknown:
            files = [str(table.to_file(self.folder)) for table in unknown.values()]
            lines = self.call("workflow", "fingerprint", "--", *files).decode().splitlines()
            for table, line in zip(unknown.values(), lines):
                table._fingerprint = line.split()[0]
        return {name: table._fingerprint for name, table in tables.items()}
