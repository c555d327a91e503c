import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import ctypes, gc, signal, subprocess
from personalize import load_generic, open_video, parser_for

class Stack(ctypes.Structure):
    _fields_ = [("sp", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]

def stack():
    now = Stack()
    ctypes.CDLL(None).sigaltstack(None, ctypes.byref(now))
    return now.sp, now.flags

before = stack()
video = open_video("{clip}")
parser = parser_for(video, engine="openvino")
assert stack() == before, (before, stack())
signal.signal(signal.SIGCHLD, lambda *_: None)
del parser
gc.collect()
subprocess.run(["true"])
print("well")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="stacks of signals are looked at on Linux")
def test_openvino_leaves_the_stack_of_signals_as_it_was():
    pytest.importorskip("openvino")
    clip = Path(__file__).parents[4] / "data/demo/clip.mp4"
    script = SCRIPT.replace("{clip}", str(clip))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "well\n", done.stderr
