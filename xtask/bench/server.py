"""Drives a Tandem server on a folder of its own: how soon it is ready, what it takes idle, how it imports.

usage: server.py TANDEM idle
       server.py TANDEM import FILE
Prints {"ready_seconds", "idle_mb"} or {"write_seconds", "seconds", "peak_mb", "rows"}.
"""
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../scripts"))
from server import Server  # noqa: E402


def idle(server: Server) -> dict:
    server.sign_in()
    time.sleep(3)
    return {"ready_seconds": server.ready_seconds, "idle_mb": server.memory_mb("VmRSS")}


def bring_in(server: Server, file: str) -> dict:
    server.sign_in()
    project = server.ask("POST", "/projects", {"name": "Bench", "description": ""})["id"]
    source = {"type": "folder", "folder": 0, "path": os.path.basename(file)}
    start = time.perf_counter()
    run = server.finished(server.ask("POST", f"/projects/{project}/import", {
        "source": source, "target": {"name": "orders"}, "mode": "replace", "message": ""}))
    seconds = time.perf_counter() - start
    dataset = run["outputs"][0]["asset"]["id"]
    version = server.ask("GET", f"/assets/{dataset}/versions")["items"][0]
    # All but the profile: looking at the file, waiting for a worker, writing, committing.
    written = seconds - run["result"]["profile_ms"] / 1000
    return {"write_seconds": written, "seconds": seconds, "peak_mb": server.memory_mb("VmHWM"),
            "rows": [[version["rows"]]]}


def main() -> None:
    tandem, what, *file = sys.argv[1:]
    imports = os.path.dirname(os.path.abspath(file[0])) if file else None
    # Beside the input, so that both are on the disk that is measured.
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as data:
        server = Server(tandem, data, imports)
        try:
            print(json.dumps(idle(server) if what == "idle" else bring_in(server, file[0])))
        finally:
            server.stop()


main()
