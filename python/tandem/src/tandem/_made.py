"""What components give beside tables, and what became of a run."""
from __future__ import annotations

import json
from html import escape
from pathlib import Path


class Model:
    """Something that was learned: handed to components that take a model."""

    def __init__(self, file: Path):
        self.file = file

    def to_dict(self) -> dict:
        """All of it, as it is kept."""
        return json.loads(Path(self.file).read_text())

    def __repr__(self) -> str:
        return "a model"


class Report:
    """A page of charts, tables and words."""

    def __init__(self, section: dict):
        self.section = section

    def __repr__(self) -> str:
        return "\n".join(text for _, text, _ in self._parts())

    def _parts(self):
        """(what it is, its words, its table) of the page and of each of its blocks, in English."""
        yield "title", _words(self.section.get("title")), None
        for block in self.section.get("blocks", []):
            words = _words(block.get("title") or block.get("message") or block.get("text"))
            yield block.get("type", ""), " ".join(filter(None, [words, _words(block.get("alt"))])), block

    def _repr_html_(self) -> str:
        html = []
        for kind, words, block in self._parts():
            html.append(f"<h3>{escape(words)}</h3>" if kind == "title" else f"<p>{escape(words)}</p>")
            if block and block.get("columns") and block.get("rows") is not None:
                head = "".join(f"<th>{escape(_words(column.get('label')))}</th>" for column in block["columns"])
                row = lambda cells: "".join(f"<td>{escape(_words(cell))}</td>" for cell in cells)  # noqa: E731
                html.append(f"<table><tr>{head}</tr>{''.join(f'<tr>{row(r)}</tr>' for r in block['rows'][:20])}</table>")
        return "".join(html)


def _words(text) -> str:
    if isinstance(text, dict):
        return str(text.get("en", ""))
    return "" if text is None else str(text)


class Outputs(dict):
    """What went out of each port, by name; also as attributes. A port that was closed is None."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no output {name}; there are {', '.join(self)}") from None


class Run:
    """A run of a workflow that has ended. `details` is all that the product says of it."""

    def __init__(self, state: str, details: dict):
        self.state, self.details = state, details

    def fingerprints(self) -> dict:
        """What every kept table holds, by node and port."""
        nodes = self.details.get("nodes", {}).items()
        return {f"{node}.{port}": output["fingerprint"] for node, end in nodes
                for port, output in end.get("outputs", {}).items() if output.get("kind") == "table"}

    def __repr__(self) -> str:
        return f"a run that {self.state}"
