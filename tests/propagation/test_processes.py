import os
import subprocess
import sys
import time

import pytest

from propagation.processes import processes

BEGIN = """
import os
from propagation.processes import processes
with processes(2) as pool:
    print(*{pool.submit(os.getpid).result() for _ in range(20)}, flush=True)
    input()
"""


def lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_results_come_in_order_from_other_processes():
    with processes(2) as pool:
        assert list(pool.map(divmod, [7, 8, 9], [4, 4, 4])) == [(1, 3), (2, 0), (2, 1)]
        assert pool.submit(os.getpid).result() != os.getpid()


def test_an_error_in_a_process_is_raised_here():
    with processes(1) as pool, pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the number of a dead parent")
def test_no_process_outlives_a_parent_that_is_killed():
    script = [sys.executable, "-c", BEGIN]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        children = [int(number) for number in parent.stdout.readline().split()]
        assert children and all(map(lives, children))
        parent.kill()
    until = time.monotonic() + 30
    while any(map(lives, children)):
        assert time.monotonic() < until, "processes go on without their parent"
        time.sleep(0.1)
