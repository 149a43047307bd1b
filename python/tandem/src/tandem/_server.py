"""A Tandem server, over its HTTP API (docs/API.md)."""
from __future__ import annotations

import io
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from ._errors import TandemError
from ._made import Run
from ._table import Table

ARROW = "application/vnd.apache.arrow.stream"
ENDED = ("succeeded", "failed", "cancelled")


class Server:
    """Acts with a token in one project."""

    def __init__(self, url: str, token: str, project: str | None = None):
        self._base = url.rstrip("/") + "/api/v1"
        self._token = token
        self._wanted = project or os.environ.get("TANDEM_PROJECT")
        self._project: str | None = None

    def call(self, method: str, path: str, body=None, accept: str = "application/json"):
        """What an operation answers: JSON as values, anything else as bytes."""
        raw = isinstance(body, bytes)
        data = body if raw or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Accept", accept)
        if data is not None:
            request.add_header("Content-Type", "application/octet-stream" if raw else "application/json")
        try:
            with urllib.request.urlopen(request) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise _refused(error) from None
        except urllib.error.URLError as error:
            message = "The server can't be reached. Check TANDEM_URL, and that it runs."
            raise TandemError("unavailable", message) from error
        return json.loads(content) if accept == "application/json" and content else content

    def list(self, path: str, **query) -> list[dict]:
        """Every row of a list."""
        items, cursor = [], None
        while True:
            asked = {"limit": 200, **query, **({"cursor": cursor} if cursor else {})}
            page = self.call("GET", f"{path}?{urllib.parse.urlencode(asked)}")
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return items

    @property
    def project(self) -> str:
        """The id of the project: the one named, or the only one."""
        if self._project is None:
            known = self.list("/projects")
            fits = [p for p in known if self._wanted in (None, p["id"], p["name"])]
            if len(fits) != 1:
                names = ", ".join(p["name"] for p in known) or "none"
                raise TandemError("invalid_request", f"Set TANDEM_PROJECT to one of your projects: {names}.")
            self._project = fits[0]["id"]
        return self._project

    def datasets(self) -> list[dict]:
        """The datasets that one may know of."""
        return self.list(f"/projects/{self.project}/assets", kind="dataset")

    def dataset(self, name: str, version: int | None = None) -> Table:
        """A dataset by name or id."""
        if _is_id(name):
            name = self.call("GET", f"/assets/{name}")["name"]
        at = f"@v{int(version)}" if version is not None else ""
        quoted = name.replace('"', '""')
        return self.sql(f'SELECT * FROM "{quoted}"{at}')

    def sql(self, text: str) -> Table:
        """What a statement gives, under the rules of the server; all rows, or none."""
        content = self.call("POST", f"/projects/{self.project}/query", {"sql": text}, ARROW)
        return Table(pa.ipc.open_stream(io.BytesIO(content)).read_all())

    def write(self, name: str, table: Table, mode: str, key, message: str) -> dict:
        """Imports a table as the next version of a dataset; waits for it."""
        buffer = io.BytesIO()
        pa.parquet.write_table(table.to_arrow(), buffer)
        upload = self.call("POST", f"/projects/{self.project}/uploads?name=table.parquet", buffer.getvalue())
        known = [dataset["id"] for dataset in self.datasets() if dataset["name"] == name]
        target = {"dataset_id": known[0]} if known else {"name": name}
        run = self.call("POST", f"/projects/{self.project}/import", {
            "source": {"type": "upload", "upload_id": upload["id"]}, "target": target, "mode": mode,
            "key": list(key), "message": message})
        return self.ended(run)

    def run(self, workflow: str, params: dict, seed: int | None) -> Run:
        """Runs the saved workflow of that name or id, and waits for its end."""
        if not _is_id(workflow):
            known = self.list(f"/projects/{self.project}/assets", kind="workflow")
            fits = [asset["id"] for asset in known if asset["name"] == workflow]
            if not fits:
                names = ", ".join(asset["name"] for asset in known) or "none"
                raise TandemError("not_found", f"There is no workflow {workflow}. There is: {names}.")
            workflow = fits[0]
        asked = {"params": params, **({} if seed is None else {"seed": seed})}
        run = self.ended(self.call("POST", f"/workflows/{workflow}/runs", asked))
        return Run(run["state"], run)

    def runs(self) -> list[dict]:
        """The runs of the project, the newest first."""
        return self.list(f"/projects/{self.project}/runs")

    def ended(self, run: dict) -> dict:
        """The run when it has succeeded; one that has not raises."""
        pause = 0.05
        while run["state"] not in ENDED:
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)
            run = self.call("GET", f"/runs/{run['id']}")
        if run["state"] != "succeeded":
            error = run.get("error") or {"code": "cancelled", "message": "The run was cancelled."}
            raise TandemError(error["code"], error["message"])
        return run


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except (ValueError, AttributeError):
        return False


def _refused(error: urllib.error.HTTPError) -> TandemError:
    try:
        body = json.loads(error.read())
        return TandemError(body["code"], body["message"])
    except (ValueError, KeyError, TypeError):
        message = f"The server answered {error.code} in a way that is not Tandem's. Check TANDEM_URL."
        return TandemError("unavailable", message)
