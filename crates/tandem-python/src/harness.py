"""Runs one component: reads its tables, calls its function, writes what it returns."""
import builtins
import importlib.util
import inspect
import json
import os
import signal
import sys
import threading
import traceback


class Refused(Exception):
    """What the component returned can't go out of its ports."""


def table_of(value, port):
    """Whatever holds a table as one of Arrow."""
    import pyarrow as pa

    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if isinstance(value, dict):
        return pa.table(value)
    if hasattr(value, "to_arrow") and not hasattr(value, "collect"):
        return table_of(value.to_arrow(), port)
    if type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "columns"):
        return pa.Table.from_pandas(value, preserve_index=False)
    if hasattr(value, "collect") and type(value).__module__.split(".")[0] == "polars":
        value = value.collect()
    if hasattr(value, "__arrow_c_stream__"):
        return pa.table(value)
    raise Refused(f"“{port}” is a {type(value).__name__}, which holds no table. Return pyarrow, pandas, polars or a dict of lists.")


def plain(table):
    """The same rows in columns that hold their values themselves."""
    import pyarrow as pa
    import pyarrow.compute as pc

    views = {"string_view": pa.string, "binary_view": pa.binary, "null": pa.string}
    columns = []
    for field, column in zip(table.schema, table.columns):
        if pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        elif pa.types.is_run_end_encoded(field.type):
            column = pc.run_end_decode(column)
        if str(column.type) in views:
            column = column.cast(views[str(column.type)]())
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def read(given):
    """The table or value of a file."""
    import pyarrow as pa

    if given["kind"] != "table":
        return given["value"]
    with pa.memory_map(given["file"]) as source:
        return pa.ipc.open_stream(source).read_all()


def component(request):
    """The outputs of the function `run` of component.py, by port."""
    folder = request["folder"]
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location("component", os.path.join(folder, "component.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["component"] = module
    spec.loader.exec_module(module)
    run = getattr(module, "run", None)
    if not callable(run):
        raise Refused("component.py has no function “run”. Write one that takes the inputs and parameters by name.")
    arguments = {}
    for port, several in request["inputs"].items():
        tables = [read(one) for one in several]
        arguments[port] = tables if port in request["many"] else tables[0]
    arguments.update(request["params"])
    takes = inspect.signature(run).parameters
    if "seed" in takes and "seed" not in arguments:
        arguments["seed"] = request["seed"]
    if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in takes.values()):
        unknown = [name for name in arguments if name not in takes]
        if unknown:
            raise Refused(f"The function “run” takes no “{unknown[0]}”. Add it to its arguments.")
    made = run(**arguments)
    ports = list(request["outputs"])
    if isinstance(made, dict) and made and set(made) <= set(ports):
        return made
    if len(ports) == 1:
        return {ports[0]: made}
    raise Refused(f"The function “run” must return a dict with {', '.join(ports)}.")


def cell(request):
    """The result of a piece of code, whose tables have the names that it uses."""
    import tandem

    tables = [tandem.Table(read(one)) for several in request["inputs"].values() for one in several]
    names = {"__name__": "cell", "tandem": tandem, **dict(zip(request["names"], tables))}
    exec(compile(request["code"], "cell", "exec"), names)  # noqa: S102 - to run it is what this is for
    result = request["result"]
    return {"table": names.get(result)} if result else {}


def write(made, request):
    """Each output as a file, beside a note of what it is."""
    import pyarrow as pa

    told = {}
    for port, wanted in request["outputs"].items():
        value = made.get(port)
        if value is None:
            continue
        if wanted["kind"] == "table":
            table = plain(table_of(value, port))
            with pa.ipc.new_stream(wanted["file"], table.schema) as writer:
                writer.write_table(table)
            told[port] = {"kind": "table"}
        else:
            told[port] = {"kind": "value", "value": json.loads(json.dumps(value))}
    return told


def own(request, error):
    """The lines of a traceback that lie in what the person wrote."""
    here = __file__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename != here and not frame.filename.startswith("<frozen")]
    inside = [frame for frame in frames
              if frame.filename == "cell" or (request["folder"] and frame.filename.startswith(request["folder"]))]
    return frames, inside


def short(path):
    """A file without the folders that it lies in here."""
    for mark in (os.sep + "site-packages" + os.sep, os.getcwd() + os.sep):
        if mark in path:
            return path.split(mark)[-1]
    return os.path.basename(path)


def failed(request, error):
    """What is said at the node, and on the log."""
    frames, inside = own(request, error)
    said = "".join(traceback.format_exception_only(error)).strip()
    if not isinstance(error, Refused):
        print("Traceback (most recent call last):", file=sys.stderr)
        for frame in frames:
            frame.filename = short(frame.filename)
        print("".join(traceback.format_list(frames)) + said, file=sys.stderr)
    said = said.replace(os.getcwd() + os.sep, "")
    message = str(error) if isinstance(error, Refused) else said.splitlines()[-1]
    place = None
    if inside:
        last = inside[-1]
        place = [os.path.basename(last.filename), last.lineno]
    kind = "refused" if isinstance(error, Refused) else "memory" if isinstance(error, MemoryError) else "raised"
    too_large = isinstance(error, OSError) and error.errno == 27
    return {"failed": "large" if too_large else kind, "message": message[:2000], "place": place}


def main():
    # Nothing that was open elsewhere is handed on.
    os.closerange(3, 1 << 16)
    # The parent says when the limits stand; when it is gone, so is this group.
    if sys.stdin.buffer.readline() != b"go\n":
        return 1
    gone = lambda: (os.read(0, 1), os.killpg(0, signal.SIGKILL))  # noqa: E731
    threading.Thread(target=gone, daemon=True).start()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    # Nobody is there to answer.
    builtins.input = None
    try:
        told = {"outputs": write((cell if request["code"] is not None else component)(request), request)}
    except Exception as error:  # noqa: BLE001 - whatever a person's code raises is told
        told = failed(request, error)
    draft = request["told"] + ".draft"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(told, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os.rename(draft, request["told"])
    # Threads that a library left running don't keep the result waiting.
    os._exit(0)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.exit(main())
