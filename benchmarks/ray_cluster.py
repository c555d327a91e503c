"""A batch of tiny videos on a Ray cluster of this machine, on which nodes are killed.

    python -m benchmarks.ray_cluster OUT [--videos 1000] [--nodes 2] [--kills 2]

The videos are real ones, pieces of four frames of the demo clip, a tenth of them damaged in one of
five ways; `personalize batch --ray` learns and parses each with the network, from small settings. A
node is killed, with all that runs on it, whenever another share of the videos is done, and a new
one joins. Then the same batch is submitted again, which must find all done. One line of a table is
printed, and all that was met is left in OUT/met.json.
"""

import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.demo import small_frames, write_clip
from benchmarks.timing import ROOT, program

OPTIONS = ("--size", "128", "--window", "4", "--epochs", "1", "--parts-epochs", "0")
"""Settings with which a run of four frames takes a second."""
SHARE = 10
"""Of so many videos one is damaged."""
TICK = 1 / os.sysconf("SC_CLK_TCK")


def write_videos(folder: Path, count: int) -> list[str]:
    """Write so many videos, and return the names of those that are damaged."""
    folder.mkdir(parents=True)
    frames = list(small_frames())
    damaged = []
    for number in range(count):
        path = folder / f"{number:04d}.mp4"
        first = number % (len(frames) - 4)
        write_clip(path, frames[first : first + 4])
        if number % SHARE == SHARE // 2:
            damage(path, number // SHARE)
            damaged.append(path.name)
    return damaged


def damage(path: Path, number: int) -> None:
    """Damage a video in one of five ways."""
    whole = path.read_bytes()
    noise = np.random.default_rng(number).bytes(len(whole))
    kinds = (b"", b"no video", whole[: len(whole) // 2], noise, b"#EXTM3U\n/etc/passwd\n")
    path.write_bytes(kinds[number % len(kinds)])


def seconds_of(process: int) -> float:
    """Return the seconds that a process of Linux has computed."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def submit(cluster: Any, videos: Path, out: Path, report: Path) -> subprocess.Popen[bytes]:
    """Start the batch.

    Parameters
    ----------
    cluster : ray.cluster_utils.Cluster
    videos, out : Path
        Folders of the videos, and of their results.
    report : Path
        Gets the outcomes as JSON.

    Returns
    -------
    Popen
    """
    words = ["batch", videos, "--out", out, "--ray", cluster.address, "--json", report]
    command = [*program(), *words, *OPTIONS, "--overlay", "none", "--progress", "none"]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)


def done_in(out: Path) -> int:
    """Return how many videos are finished."""
    return sum(1 for _ in out.glob("*/report.html"))


def watch(cluster: Any, batch: subprocess.Popen[bytes], out: Path, marks: list[int]) -> float:
    """Kill a node whenever so many videos are done, until the batch ends.

    Parameters
    ----------
    cluster : ray.cluster_utils.Cluster
    batch : Popen
    out : Path
        Folder of the results.
    marks : list of int
        Numbers of videos; emptied.

    Returns
    -------
    float
        Seconds that the batch has computed itself, beside its cluster.
    """
    nodes, used = list(cluster.worker_nodes), 0.0
    while batch.poll() is None:
        used = max(used, seconds_of(batch.pid))
        if marks and done_in(out) >= marks[0]:
            del marks[0]
            cluster.remove_node(nodes.pop(0), allow_graceful=False)
            nodes.append(add_node(cluster))
        time.sleep(0.5)
    return used


def add_node(cluster: Any) -> Any:
    """Add a machine of one core."""
    return cluster.add_node(num_cpus=1, object_store_memory=100 << 20)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--videos", "count", type=click.IntRange(10), default=1000)
@click.option("--nodes", type=click.IntRange(1), default=2, help="Of one core each.")
@click.option("--kills", type=click.IntRange(0), default=2, help="Of nodes, on the way.")
def main(out: Path, count: int, nodes: int, kills: int) -> None:
    """Run the batch, kill nodes, run it again, and print what became of the videos."""
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", OMP_NUM_THREADS="1")
    os.environ["PYTHONPATH"] = str(ROOT)
    from ray.cluster_utils import Cluster

    damaged = write_videos(out / "videos", count)
    cluster: Any = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 100 << 20}
    )
    for _ in range(nodes):
        add_node(cluster)
    cluster.wait_for_nodes()
    head = [found[0].process.pid for found in cluster.head_node.all_processes.values()]
    marks = [count * (k + 1) // (kills + 1) * (SHARE - 1) // SHARE for k in range(kills)]
    before, began = sum(map(seconds_of, head)), time.perf_counter()
    first = submit(cluster, out / "videos", out / "runs", out / "first.json")
    driver = watch(cluster, first, out / "runs", list(marks))
    lasted, serving = time.perf_counter() - began, sum(map(seconds_of, head)) - before
    second = submit(cluster, out / "videos", out / "runs", out / "second.json")
    watch(cluster, second, out / "runs", [])
    cluster.shutdown()
    met = describe(out, damaged, (first.returncode, second.returncode))
    met |= {"seconds": lasted, "head seconds": driver + serving, "nodes": nodes, "kills": kills}
    (out / "met.json").write_text(json.dumps(met, indent=1))
    print(table_of(met, count))


def describe(out: Path, damaged: list[str], codes: tuple[int, int]) -> dict:
    """Return what became of the videos.

    Parameters
    ----------
    out : Path
    damaged : list of str
        Names of the videos that are.
    codes : (int, int)
        Exit codes of both batches.

    Returns
    -------
    dict
    """
    from personalize.procedures.check import check_runs

    outcomes, again = (
        json.loads((out / f"{name}.json").read_text()) for name in ("first", "second")
    )
    failed = sorted(one["name"] for one in outcomes if one["state"] == "failed")
    # a claim after the first is of a process that went on where one had died
    claims = [int(max(os.listdir(name))) for name in (out / "runs/.claims").iterdir()]
    return {
        "first": Counter(one["state"] for one in outcomes),
        "second": Counter(one["state"] for one in again),
        "named are the damaged": failed == sorted(damaged),
        "sentences": [one["note"] for one in outcomes if one["state"] == "failed"][:5],
        "whole": Counter(run.state for run in check_runs(out / "runs")),
        "went on after a death": sum(1 for number in claims if number > 2),
        "exit codes": codes,
    }


def table_of(met: dict, count: int) -> str:
    """Return a line of the table of docs/guide/cluster.md."""
    minutes = met["seconds"] / 60
    cells = (
        f"{count:,}",
        met["nodes"],
        met["kills"],
        met["first"].get("done", 0),
        met["first"].get("failed", 0),
        met["second"].get("finished before", 0),
        f"{minutes:.1f} min",
        f"{count / minutes:.0f}",
        f"{1000 * met['head seconds'] / count:.0f} ms",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
