"""A Tandem server on a folder of its own, for what is measured or tried from outside."""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

PASSWORD = "nobody else uses this 7"
EMAIL = "owner@example.org"


class Server:
    """Runs `tandem serve`; its owner is signed in by `sign_in`."""

    def __init__(self, tandem: str, data: str, imports: str | None = None):
        self.tandem, self.data, self.imports = tandem, data, imports
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.csrf = None
        subprocess.run([tandem, "init", "--data", data, "--org", "Trial", "--email", EMAIL, "--name", "Owner"],
                       env=os.environ | {"TANDEM_PASSWORD": PASSWORD}, check=True, stderr=subprocess.DEVNULL)
        self.start()

    def start(self) -> None:
        """Starts it and waits until it is ready; `ready_seconds` says how long that took."""
        folders = ["--import-folder", self.imports] if self.imports else []
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [self.tandem, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *folders],
            stderr=open(os.path.join(self.data, "server.log"), "ab"))
        while not self.is_ready():
            if self.process.poll() is not None:
                sys.exit("the server ended before it was ready:\n" + self.log())
            time.sleep(0.002)
        self.ready_seconds = time.perf_counter() - start

    def is_ready(self) -> bool:
        try:
            return self.browser.open(f"{self.base}/readyz", timeout=5).status == 200
        except OSError:
            return False

    def log(self) -> str:
        with open(os.path.join(self.data, "server.log"), errors="replace") as log:
            return log.read()[-4000:]

    def ask(self, method: str, path: str, body: object = None) -> dict:
        """One request of the API; anything but success ends the program with what the server said."""
        raw = isinstance(body, bytes)
        request = urllib.request.Request(f"{self.base}/api/v1{path}", method=method,
                                         data=body if raw or body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/octet-stream" if raw else "application/json")
        if self.csrf:
            request.add_header("X-CSRF-Token", self.csrf)
        try:
            return json.load(self.browser.open(request, timeout=60))
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def sign_in(self) -> None:
        self.csrf = self.ask("POST", "/session", {"email": EMAIL, "password": PASSWORD})["csrf_token"]

    def finished(self, run: dict, look=lambda run: None) -> dict:
        """The run when it has ended; `look` sees it each time that it is asked for."""
        while run["state"] not in ("succeeded", "failed", "cancelled"):
            time.sleep(0.05)
            run = self.ask("GET", f"/runs/{run['id']}")
            look(run)
        if run["state"] != "succeeded":
            sys.exit(f"the run ended as {run['state']}: {run['error']}\n{self.log()}")
        return run

    def memory_mb(self, what: str) -> float:
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what)) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
