"""NAME: adds to each row the share that its value has of the total.

`run` takes what component.json declares, by name: tables are pyarrow.Table (with to_pandas() where pandas is in the
environment), roles are names of columns, parameters are plain values. It returns the table of the one output, or a
dict of them by port.
run 的参数与 component.json 中的声明同名：表为 pyarrow.Table，角色为列名，参数为普通值；返回输出表，多个输出时返回字典。
"""
import pyarrow as pa
import pyarrow.compute as pc


def run(table: pa.Table, value: str, digits: int) -> pa.Table:
    numbers = pc.cast(table[value], pa.float64())
    total = pc.sum(numbers).as_py() or 1.0
    return table.append_column("share", pc.round(pc.divide(numbers, total), digits))
