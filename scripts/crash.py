"""Kills the server again and again while it imports: no version is lost, none is half there.

usage: crash.py TANDEM [KILLS] [SEED]
Before each kill one to three imports are asked for, which append, upsert and replace. Rows lie in blocks by their
number, and each block is written by one import as a whole, so what a version must hold follows from the version before
it and from the import that its message names. That is looked at for every version, after the kill that it survived and
once more at the end, when every import that succeeded is there once and every other not at all. At last another reader
of Delta Lake finds the same rows, and `tandem doctor` nothing wrong.
"""
import glob
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from deltalake import DeltaTable

sys.path.insert(0, os.path.dirname(__file__))
from server import Server  # noqa: E402

BLOCK = 5_000


class Trial:
    def __init__(self, server: Server, project: str, chance: random.Random):
        self.server, self.project, self.chance = server, project, chance
        self.dataset = None
        # Of each import: how it joins, and its blocks.
        self.imports = []
        # Of each version, the first first: which import wrote which block.
        self.versions = []

    def begin(self, mode: str) -> dict:
        """Asks for one more import of two blocks; an upsert has one of a version that is there."""
        number = len(self.imports)
        # Not of an import that waits: which of those that wait comes first is chance.
        known = sorted(self.versions[-1]) if mode == "upsert" else [2 * number + 1]
        blocks = [2 * number, self.chance.choice(known)]
        self.imports.append((mode, blocks))
        with open(os.path.join(self.server.imports, f"{number}.csv"), "w") as file:
            file.write("import,row,note\n")
            file.writelines(f"{number},{row},a note that makes the row a little longer\n"
                            for block in blocks for row in range(block * BLOCK, (block + 1) * BLOCK))
        target = {"dataset_id": self.dataset} if self.dataset else {"name": "orders"}
        return self.server.ask("POST", f"/projects/{self.project}/import", {
            "source": {"type": "folder", "folder": 0, "path": f"{number}.csv"}, "target": target, "mode": mode,
            "key": ["row"] if mode == "upsert" else [], "message": str(number)})

    def told(self) -> list:
        """The versions as the server lists them, the first first."""
        versions, cursor = [], ""
        while cursor is not None:
            page = self.server.ask("GET", f"/assets/{self.dataset}/versions?limit=200{cursor and '&cursor='}{cursor}")
            versions += page["items"]
            cursor = page["next_cursor"]
        return versions[::-1]

    def held(self, seq: int) -> dict:
        """Which import wrote which block of a version."""
        sql = (f"SELECT row / {BLOCK} AS block, import, count(*), count(DISTINCT row) FROM orders@v{seq} "
               "GROUP BY block, import ORDER BY block, import")
        found = self.server.ask("POST", f"/projects/{self.project}/query", {"sql": sql})
        assert not found["truncated"]
        for block, number, rows, distinct in found["rows"]:
            assert rows == distinct == BLOCK, f"version {seq} has {rows} rows of block {block} by import {number}"
        assert len({row[0] for row in found["rows"]}) == len(found["rows"]), f"version {seq} has a block twice"
        return {row[0]: row[1] for row in found["rows"]}

    def check(self, again: bool = False) -> None:
        """What must hold at any moment; `again` looks into versions that were looked into before."""
        told = self.told()
        assert [v["seq"] for v in told] == list(range(1, len(told) + 1)), "a version is missing"
        assert len(told) >= len(self.versions), f"there were {len(self.versions)} versions, now there are {len(told)}"
        names = [v["message"] for v in told]
        assert len(set(names)) == len(names), f"an import is there twice: {names}"
        for version in told[0 if again else len(self.versions):]:
            seq, number = version["seq"], int(version["message"])
            mode, blocks = self.imports[number]
            before = self.versions[seq - 2] if seq > 1 and mode != "replace" else {}
            expected = before | {block: number for block in blocks}
            held = self.held(seq)
            assert held == expected, f"version {seq}, {mode} of {blocks} as {number}: expected {expected}, found {held}"
            assert version["rows"] == BLOCK * len(held), f"version {seq} says that it has {version['rows']} rows"
            self.versions[seq - 1:seq] = [held]

    def check_end(self, runs: list) -> list:
        """What must hold when everything has come to its end; how the imports ended."""
        states = [self.end_of(run)["state"] for run in runs]
        self.check(again=True)
        there = sorted(int(version["message"]) for version in self.told())
        expected = [number for number, state in enumerate(states) if state == "succeeded"]
        assert there == expected, f"imports {expected} succeeded, and {there} are there"
        tables = [DeltaTable(os.path.dirname(log)) for log in glob.glob(f"{self.server.data}/tables/*/_delta_log")]
        rows = BLOCK * len(self.versions[-1])
        assert rows in [table.to_pyarrow_table().num_rows for table in tables], "another reader disagrees"
        return states

    def under_way(self) -> int:
        """How many imports had not ended when the server was killed, read off a copy: reading would mend the file."""
        with tempfile.TemporaryDirectory() as copy:
            for file in glob.glob(f"{self.server.data}/meta.sqlite*"):
                shutil.copy(file, copy)
            meta = sqlite3.connect(os.path.join(copy, "meta.sqlite"))
            [(count,)] = meta.execute("SELECT count(*) FROM run WHERE state IN ('queued', 'running')").fetchall()
            meta.close()
        return count

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
            trial = Trial(server, server.ask("POST", "/projects", {"name": "Crash", "description": ""})["id"], chance)
            start = time.perf_counter()
            runs = [server.finished(trial.begin("replace"))]
            took = time.perf_counter() - start
            trial.dataset = runs[0]["outputs"][0]["asset"]["id"]
            trial.check()
            hit = 0
            for _ in range(kills):
                asked = chance.choices(["append", "upsert", "replace"], [6, 3, 1], k=chance.choice([1, 1, 2, 3]))
                runs += [trial.begin(mode) for mode in asked]
                # The first import took the longest, as everything was opened for it.
                time.sleep(chance.uniform(0, 0.4 * took))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                hit += trial.under_way() > 0
                server.start()
                trial.check()
            assert hit >= kills // 4, f"only {hit} of {kills} kills met an import under way: that shows nothing"
            states = trial.check_end(runs)
        finally:
            server.stop()
        subprocess.run([tandem, "doctor", "--data", server.data], check=True, stdout=subprocess.DEVNULL)
    print(f"{kills} kills, {hit} of them with imports under way; {len(states)} imports: {states.count('succeeded')} "
          f"succeeded, {states.count('failed')} given up; {len(trial.versions)} versions, all whole")


main()
