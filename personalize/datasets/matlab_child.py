"""The process in which MATLAB files are read, and the format of its answers.

SciPy's reader may crash the interpreter on a damaged file, or ask for all memory. So it works in
a process of its own, which is run from this file and imports nothing of the project (`matlab`).

A question is a line of JSON: the file and the variable. An answer is the length of its head, in 8
bytes, the head, JSON, and the bytes of all arrays, one after the other. No pickle goes either way.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np

Node = dict[str, Any]
"""What stands for an array in the head of an answer: its ``shape`` and its ``dtype``; instead of
that ``items`` of an array of arrays, or ``fields`` of an array of records."""


def encode(value: Any, contents: list[bytes]) -> Node:
    """Return the node of an array, and add the bytes of its numbers or letters to `contents`.

    Raises
    ------
    TypeError
        If it is, or holds, something else: a sparse matrix, a function.
    """
    if type(value) is not np.ndarray:
        raise TypeError(f"holds a {type(value).__name__}, which is not read here")
    shape = list(value.shape)
    if value.dtype.names is not None:
        fields = {name: encode(value[name], contents) for name in value.dtype.names}
        return {"shape": shape, "fields": fields}
    if value.dtype.hasobject:
        return {"shape": shape, "items": [encode(item, contents) for item in value.ravel()]}
    contents.append(np.ascontiguousarray(value).tobytes())
    return {"shape": shape, "dtype": value.dtype.str, "bytes": len(contents[-1])}


def decode(node: Node, read: Callable[[int], bytes]) -> np.ndarray[Any, Any]:
    """Return the array of a node; ``read(count)`` gives the next bytes of the contents."""
    shape = tuple(node["shape"])
    if "fields" in node:
        fields = {name: decode(field, read) for name, field in node["fields"].items()}
        records = np.empty(shape, [(name, object) for name in fields])
        for name, field in fields.items():
            records[name] = field
        return records
    if "items" in node:
        items = np.empty(len(node["items"]), object)
        for number, item in enumerate(node["items"]):
            items[number] = decode(item, read)
        return items.reshape(shape)
    values = np.frombuffer(bytearray(read(node["bytes"])), np.dtype(node["dtype"]))
    return values.reshape(shape)


def answer(question: Node) -> Iterator[bytes]:
    """Yield the bytes of the answer to a question: the head, then the contents."""
    contents: list[bytes] = []
    try:
        head = _read(question["path"], question["variable"], contents)
    except MemoryError:
        head = {"error": "memory"}
    except Exception as error:  # damage shows as any of a dozen kinds, from zlib's to TypeError
        head = {"error": "damage", "why": str(error) or type(error).__name__}
    if "error" in head:
        contents = []
    text = json.dumps(head).encode()
    yield len(text).to_bytes(8, "little") + text
    yield from contents


def _read(path: str, variable: str, contents: list[bytes]) -> Node:
    import scipy.io  # of this process alone

    with open(path, "rb") as file:  # given a path, scipy would not distinguish missing from damaged
        variables = scipy.io.loadmat(file)
    if variable not in variables:
        found = [name for name in variables if not name.startswith("__")]
        return {"error": "variable", "found": found}
    return {"array": encode(variables[variable], contents)}


def serve(questions: BinaryIO, answers: BinaryIO, memory: int) -> None:
    """Answer questions until there are no more.

    Parameters
    ----------
    questions, answers : binary files
    memory : int
        Bytes that this process may have, where the system can limit it.
    """
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # another system, or less is allowed already
        pass
    for line in questions:
        for piece in answer(json.loads(line)):
            answers.write(piece)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
