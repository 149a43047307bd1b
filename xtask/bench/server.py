"""Drives a Tandem server on a folder of its own: how soon it is ready, what it takes idle, how it imports.

usage: server.py TANDEM idle
       server.py TANDEM import FILE
Prints {"ready_seconds", "idle_mb"} or {"write_seconds", "seconds", "peak_mb", "rows"}.
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

PASSWORD = "a bench needs no secret 7"
EMAIL = "bench@example.org"


class Server:
    def __init__(self, tandem: str, data: str, imports: str):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.token = None
        environment = os.environ | {"TANDEM_PASSWORD": PASSWORD}
        subprocess.run([tandem, "init", "--data", data, "--org", "Bench", "--email", EMAIL, "--name", "Bench"],
                       env=environment, check=True, stderr=subprocess.DEVNULL)
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [tandem, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--import-folder", imports])
        while not self.is_ready():
            if self.process.poll() is not None:
                sys.exit("the server ended before it was ready")
            time.sleep(0.002)
        self.ready_seconds = time.perf_counter() - start

    def is_ready(self) -> bool:
        try:
            return self.browser.open(f"{self.base}/readyz", timeout=5).status == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: object = None) -> dict:
        request = urllib.request.Request(f"{self.base}/api/v1{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("X-CSRF-Token", self.token)
        try:
            return json.load(self.browser.open(request, timeout=60))
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def sign_in(self) -> None:
        self.token = self.ask("POST", "/session", {"email": EMAIL, "password": PASSWORD})["csrf_token"]

    def memory_mb(self, what: str) -> float:
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what)) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def idle(server: Server) -> dict:
    server.sign_in()
    time.sleep(3)
    return {"ready_seconds": server.ready_seconds, "idle_mb": server.memory_mb("VmRSS")}


def bring_in(server: Server, file: str) -> dict:
    server.sign_in()
    project = server.ask("POST", "/projects", {"name": "Bench", "description": ""})["id"]
    source = {"type": "folder", "folder": 0, "path": os.path.basename(file)}
    start = time.perf_counter()
    run = server.ask("POST", f"/projects/{project}/import",
                     {"source": source, "target": {"name": "orders"}, "mode": "replace", "message": ""})
    written = None
    while run["state"] not in ("succeeded", "failed", "cancelled"):
        time.sleep(0.05)
        run = server.ask("GET", f"/runs/{run['id']}")
        # The rows are written once the profile is being made. Progress is noted every 0.7 s, so this is late rather
        # than early.
        if written is None and (run["progress"] or {}).get("phase") == "profile":
            written = time.perf_counter() - start
    seconds = time.perf_counter() - start
    if run["state"] != "succeeded":
        sys.exit(f"the import ended as {run['state']}: {run['error']}")
    dataset = run["outputs"][0]["asset"]["id"]
    version = server.ask("GET", f"/assets/{dataset}/versions")["items"][0]
    return {"write_seconds": written or seconds, "seconds": seconds, "peak_mb": server.memory_mb("VmHWM"),
            "rows": [[version["rows"]]]}


def main() -> None:
    tandem, what, *file = sys.argv[1:]
    imports = os.path.dirname(os.path.abspath(file[0])) if file else os.getcwd()
    # Beside the input, so that both are on the disk that is measured.
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as data:
        server = Server(tandem, data, imports)
        try:
            print(json.dumps(idle(server) if what == "idle" else bring_in(server, file[0])))
        finally:
            server.stop()


main()
