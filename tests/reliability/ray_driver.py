"""A batch on a Ray cluster of two nodes on this machine: FOLDER OUT LOG WHAT.

WHAT happens on the way: "nothing", "a process" kills itself at every fifth video the first time,
"a node" is taken away when three videos are done, and another one joins; "the head" is taken away
then, and with it the cluster. Prints the outcomes.
"""

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from tinyrun import TinySource, tiny_run

from personalize.errors import VideoError
from personalize.procedures.batch import list_videos
from personalize.procedures.cluster import connect
from personalize.procedures.ray_batch import run_on_ray


class RunTiny:
    """Runs a tiny video, and notes who made it."""

    def __init__(self, log, what):
        self.log, self.what = log, what

    def __call__(self, video, root, guard=bool):
        guard()
        number = int(video.stem)
        tried = self.log.parent / f"tried-{video.stem}"
        if self.what == "a process" and number % 5 == 0 and not tried.exists():
            tried.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if video.stat().st_size:
            raise VideoError(f"{video.name}: damaged")
        TinySource.name = video.name
        work = tiny_run(root)
        if work.reused != list(work.manifest["stages"]):
            with open(self.log, "a") as file:
                file.write(video.name + "\n")
        return work


def main(folder, out, log, what):
    """Run the batch, and print what became of it as JSON."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray._common.usage import usage_lib
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    ray = connect(cluster.address)
    outcomes = []
    for outcome in run_on_ray(
        list_videos(folder), out, RunTiny(log, what), address=cluster.address
    ):
        outcomes.append(outcome)
        if what == "a node" and len(outcomes) == 3:
            cluster.remove_node(second, allow_graceful=False)
            cluster.add_node(num_cpus=1)
        if what == "the head" and len(outcomes) == 3:
            cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
    usage = usage_lib.usage_stats_enabled()
    states = Counter(outcome.state for outcome in outcomes)
    print(json.dumps({"states": states, "usage reports": usage, "count": len(outcomes)}))
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4])
