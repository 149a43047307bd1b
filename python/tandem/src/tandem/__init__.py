"""Datasets, SQL, components and runs of Tandem, for notebooks and scripts.

Everything goes through one session: a server where TANDEM_URL and TANDEM_TOKEN
are set, files and the `tandem` program otherwise. README.md has the calls.
"""
from ._errors import TandemError
from ._made import Model, Outputs, Report, Run
from ._session import Fingerprints, Session
from ._table import Table

__all__ = [
    "Fingerprints", "Model", "Outputs", "Report", "Run", "Session", "Table", "TandemError", "component", "components",
    "connect", "dataset", "datasets", "fingerprints", "input", "run", "runs", "session", "sql", "write",
]

_session: Session | None = None


def connect(url: str | None = None, token: str | None = None, project: str | None = None,
            binary: str | None = None) -> Session:
    """Begins a session that the calls below use; what is not given comes from the environment."""
    global _session
    _session = Session(url=url, token=token, project=project, binary=binary)
    return _session


def session() -> Session:
    """The session in use."""
    return _session if _session is not None else connect()


def datasets():
    """The datasets of the project, or the files of this folder that hold tables."""
    return session().datasets()


def dataset(name, version=None) -> Table:
    """A dataset by name or id, or a file; of a dataset the newest version, or this one."""
    return session().dataset(name, version)


def write(name, table, mode="replace", key=(), message="") -> dict:
    """Adds a version to a dataset of the project, or makes a new one; gives the run that wrote it."""
    return session().write(name, table, mode, key, message)


def sql(text, /, inputs=None, **tables) -> Table:
    """What one SELECT gives: over these tables, or, where there are none, over the project's datasets."""
    return session().sql(text, inputs, **tables)


def components(search=""):
    """The signatures of components with this in their name, title or summary."""
    return session().components(search)


def component(name, /, *, inputs=None, params=None, seed=None, outputs=None, **more):
    """Runs a component: what is named like an input port is an input, everything else a parameter."""
    return session().component(name, inputs=inputs, params=params, seed=seed, outputs=outputs, **more)


def run(workflow, inputs=None, params=None, seed=None) -> Run:
    """Runs a workflow to its end: a file over files, or by name or id one of the project."""
    return session().run(workflow, inputs, params, seed)


def runs():
    """Runs of the project, the newest first; without a server those of this session."""
    return session().runs()


def input(name, source=None) -> Table:  # noqa: A001 - a notebook reads best with the field's own word
    """The table of a workflow's input: TANDEM_INPUT_name in the environment, else `source`: a file, or a dataset's name."""
    return session().input(name, source)


def fingerprints(tables) -> Fingerprints:
    """What tables hold in a few letters, whatever the order of their rows; equal ones hold the same."""
    return session().fingerprints(tables)
