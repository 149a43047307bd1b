"""Schemathesis against a running server: no 5xx, and no answer that the OpenAPI document does not name.

usage: fuzz.py TANDEM [EXAMPLES]
Two passes: with identifiers made up, where almost everything ends in 404, and with those of a project, a dataset and a
run that are there, where requests get as far as they can (but nothing deletes what the others need).
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
from server import Server  # noqa: E402

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Streams of events have no end.
ENDLESS = r"/events$"
# What would sign the fuzzer out, take its rights away or remove what it works on.
DESTRUCTIVE = ["archive_project", "delete_asset", "sign_out", "change_password", "revoke_token", "change_member",
               "remove_member", "put_project_member", "remove_project_member", "switch_org"]


def shop(server: Server) -> dict:
    """A project with a dataset of 200 orders and a run, by the names of the path's parameters."""
    project = server.ask("POST", "/projects", {"name": "Fuzz", "description": ""})["id"]
    rows = "".join(f"{n % 20},2024-{1 + n % 12:02}-{1 + n % 28:02},{n % 97}.5\n" for n in range(200))
    upload = server.ask("POST", f"/projects/{project}/uploads?name=orders.csv", b"customer,day,amount\n" + rows.encode())
    run = server.finished(server.ask("POST", f"/projects/{project}/import", {
        "source": {"type": "upload", "upload_id": upload["id"]}, "target": {"name": "orders"}, "mode": "replace",
        "message": ""}))
    return {"project_id": project, "asset_id": run["outputs"][0]["asset"]["id"], "run_id": run["id"], "seq": 1,
            "name": "customer-value"}


def fuzz(server: Server, token: str, examples: int, folder: str, known: dict, more: list[str]) -> int:
    settings = os.path.join(folder, "schemathesis.toml")
    with open(settings, "w") as file:
        file.write("[parameters]\n" if known else "")
        file.writelines(f'"path.{name}" = {value!r}\n'.replace("'", '"') for name, value in known.items())
    tool = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    return subprocess.run([
        tool, "--config-file", settings, "run", f"{server.base}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--exclude-path-regex", ENDLESS,
        "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples), "--seed", "1", "--no-shrink",
        "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "30", *more,
    ], cwd=folder).returncode


def main() -> None:
    tandem, examples = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "data"))
        server = Server(tandem, os.path.join(folder, "data"))
        try:
            server.sign_in()
            token = server.ask("POST", "/me/tokens", {"name": "fuzz", "scope": "admin", "expires_in_days": 1})["secret"]
            destructive = [word for operation in DESTRUCTIVE for word in ("--exclude-operation-id", operation)]
            for known, more in ({}, []), (shop(server), destructive):
                failed |= fuzz(server, token, examples, folder, known, more) != 0
            if server.process.poll() is not None:
                print("the server went down:\n" + server.log())
                failed = 1
        finally:
            server.stop()
    sys.exit(failed)


main()
