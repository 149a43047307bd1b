"""What goes wrong: a code of the product's closed list, and a message that says what to do."""
import re


class TandemError(Exception):
    """`code` is stable and for programs, the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


def of_program(stderr: str) -> TandemError:
    """The error that the program said last."""
    found = re.findall(r"^error: (.*) \[([a-z_]+)\]$", stderr, re.MULTILINE | re.DOTALL)
    if found:
        message, code = found[-1]
        return TandemError(code, message)
    last = stderr.strip().splitlines()[-1:] or ["it said nothing"]
    return TandemError("internal", f"The tandem program ended without a result: {last[0]}")
