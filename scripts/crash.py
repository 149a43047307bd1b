"""Kills the server again and again while it imports: no version is lost, none is half there.

usage: crash.py TANDEM [KILLS] [SEED]
Each import appends rows that carry its number. After every kill the newest version must hold as many rows as it says,
and no version that was there may be gone. At the end every import that succeeded is there once, every other not at
all, and another reader of Delta Lake finds the same rows.
"""
import glob
import os
import random
import signal
import sys
import tempfile
import time

from deltalake import DeltaTable

sys.path.insert(0, os.path.dirname(__file__))
from server import Server  # noqa: E402

ROWS = 20_000


class Trial:
    def __init__(self, server: Server, project: str):
        self.server, self.project = server, project
        self.versions = 0
        self.dataset = None

    def begin(self, number: int) -> dict:
        """Asks for import `number`."""
        with open(os.path.join(self.server.imports, f"{number}.csv"), "w") as file:
            file.write("import,row,note\n")
            file.writelines(f"{number},{row},a note that makes the row a little longer\n" for row in range(ROWS))
        target = {"dataset_id": self.dataset} if self.dataset else {"name": "orders"}
        return self.server.ask("POST", f"/projects/{self.project}/import", {
            "source": {"type": "folder", "folder": 0, "path": f"{number}.csv"}, "target": target,
            "mode": "append" if self.dataset else "replace", "message": str(number)})

    def query(self, sql: str) -> list:
        return self.server.ask("POST", f"/projects/{self.project}/query", {"sql": sql})["rows"]

    def all_versions(self) -> list:
        versions, cursor = [], ""
        while cursor is not None:
            page = self.server.ask("GET", f"/assets/{self.dataset}/versions?limit=200&cursor={cursor}" if cursor
                                   else f"/assets/{self.dataset}/versions?limit=200")
            versions += page["items"]
            cursor = page["next_cursor"]
        return versions

    def check(self) -> None:
        """What must hold at any moment."""
        versions = self.all_versions()
        newest = versions[0]
        assert [v["seq"] for v in versions] == list(range(len(versions), 0, -1)), "a version is missing"
        assert len(versions) >= self.versions, f"there were {self.versions} versions, now there are {len(versions)}"
        assert newest["rows"] % ROWS == 0, f"version {newest['seq']} is half there: {newest['rows']} rows"
        held = self.query(f"SELECT count(*) FROM orders@v{newest['seq']}")[0][0]
        assert held == newest["rows"], f"version {newest['seq']} says {newest['rows']} rows and holds {held}"
        self.versions = len(versions)

    def check_end(self, runs: list) -> None:
        """What must hold when everything has come to its end."""
        ended = {number: self.end_of(run)["state"] for number, run in runs}
        expected = sorted([number, ROWS, ROWS] for number, state in ended.items() if state == "succeeded")
        held = self.query("SELECT import, count(*), count(DISTINCT row) FROM orders GROUP BY import ORDER BY import")
        told = "".join(f"\n  version {v['seq']}: {v['rows']} rows, import {v['message']}" for v in self.all_versions())
        assert held == expected, f"expected imports {[e[0] for e in expected]}, found {held}; {told}"
        self.check()
        versions = self.all_versions()
        for version in versions:
            count = self.query(f"SELECT count(*) FROM orders@v{version['seq']}")[0][0]
            assert count == version["rows"], f"version {version['seq']} says {version['rows']} and holds {count}"
        tables = [DeltaTable(os.path.dirname(log)) for log in glob.glob(f"{self.server.data}/tables/*/_delta_log")]
        assert versions[0]["rows"] in [table.to_pyarrow_table().num_rows for table in tables], "another reader disagrees"
        states = list(ended.values())
        print(f"{len(states)} imports: {states.count('succeeded')} succeeded, {states.count('failed')} given up; "
              f"{len(versions)} versions, all whole")

    def end_of(self, run: dict) -> dict:
        while run["state"] in ("queued", "running"):
            time.sleep(0.2)
            run = self.server.ask("GET", f"/runs/{run['id']}")
        return run


def main() -> None:
    tandem, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "imports"):
            os.mkdir(os.path.join(folder, name))
        server = Server(tandem, os.path.join(folder, "data"), os.path.join(folder, "imports"))
        try:
            server.sign_in()
            trial = Trial(server, server.ask("POST", "/projects", {"name": "Crash", "description": ""})["id"])
            start = time.perf_counter()
            first = server.finished(trial.begin(0))
            took = time.perf_counter() - start
            trial.dataset = first["outputs"][0]["asset"]["id"]
            runs = [(0, first)]
            for kill in range(1, kills + 1):
                runs.append((kill, trial.begin(kill)))
                time.sleep(chance.uniform(0, 1.5 * took))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                server.start()
                trial.check()
            trial.check_end(runs)
        finally:
            server.stop()


main()
