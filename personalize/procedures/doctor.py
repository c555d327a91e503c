"""Examine a machine: does it have what a run needs, and how fast is it?"""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import av
import torch

from personalize import __version__
from personalize.adaptation.base import Base
from personalize.errors import DeviceError, PersonalizeError
from personalize.network.checkpoints import load_base
from personalize.network.device import choose_device
from personalize.network.engines.choose import choose_engine
from personalize.network.settings import ENGINES, SHIPPED
from personalize.procedures.forecast import MEGA, Video, forecast_run
from personalize.procedures.measure import measure_looks, speed_of
from personalize.settings import RunSettings
from personalize.storage.atomic import check_folder
from personalize.storage.cache import cache_folder
from personalize.storage.lock import locks_work
from personalize.types import PathLike, Wrap
from propagation.processes import processes

PACKAGES = (
    *("torch", "numpy", "av", "opencv-python-headless", "scipy", "scikit-image", "PyMaxflow"),
    *("safetensors", "pillow", "openvino", "loky"),
)
ENCODERS, DECODERS = ("libx264", "aac"), ("h264", "hevc", "vp9", "av1", "mjpeg", "prores")
MEMORY, DISK = 1.6e9, 2e8
"""Bytes that a run of the default settings needs, and that the results of a minute of 720p do."""
MINUTE = Video(frames=1500, height=720, width=1280)
LONGEST = 30.0  # seconds until a process has begun
SIDE = 512  # of the frames that engines are measured on, in words


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
    value : str
        In words.
    remedy : str
        What to do, where a run would fail; empty where it would not.
    """

    name: str
    value: str
    remedy: str = ""


def examine(folder: PathLike, device: str = "auto", *, progress: Wrap = iter) -> Iterator[Finding]:
    """Look at everything that a run needs.

    Parameters
    ----------
    folder : path-like
        Where results would be written.
    device : str
        As for a run.
    progress : callable
        Wraps the sequence of things to look at.

    Yields
    ------
    Finding
    """
    looks: list[Callable[[], Iterator[Finding]]] = [
        versions,
        processor,
        lambda: devices(device),
        codecs,
        memory,
        child_processes,
        lambda: places(Path(folder)),
        lambda: speeds(device),
    ]
    for look in progress(looks):
        yield from look()


def versions() -> Iterator[Finding]:
    """Return the versions of the program and of its libraries."""
    yield Finding("personalize", f"{__version__}, Python {platform.python_version()}")
    yield Finding("system", f"{platform.system()} {platform.release()}, {platform.machine()}")
    for package in PACKAGES:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            optional = package == "openvino"  # torch computes in its place
            remedy = "" if optional else f"install it: pip install {package}"
            yield Finding(package, "not installed", remedy)


def processor() -> Iterator[Finding]:
    """Return the cores, the threads, and the instructions that torch uses."""
    features = torch.backends.cpu.get_cpu_capability()
    yield Finding("processor", f"{os.cpu_count()} cores, {features}")
    yield Finding("threads", str(torch.get_num_threads()))


def devices(wanted: str) -> Iterator[Finding]:
    """GPUs, and the device that a run would take."""
    names = [torch.cuda.get_device_name(k) for k in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("Apple GPU (mps)")
    yield Finding("GPU", ", ".join(names) or "none; the processor computes")
    try:
        yield Finding("device", choose_device(wanted))
    except DeviceError as error:
        yield Finding("device", wanted, str(error))


def codecs() -> Iterator[Finding]:
    """What videos can be read and written."""
    modes: tuple[tuple[str, Literal["r", "w"], tuple[str, ...]], ...]
    modes = ("reads", "r", DECODERS), ("writes", "w", ENCODERS)
    for name, mode, kinds in modes:
        known = [kind for kind in kinds if _has_codec(kind, mode)]
        missing = [kind for kind in kinds if kind not in known]
        needed = [kind for kind in missing if kind in (*ENCODERS, "h264")]
        words = ", ".join(known) + (f"; not {', '.join(missing)}" if missing else "")
        remedy = f"install PyAV with {', '.join(needed)}: pip install av" if needed else ""
        yield Finding(name, words, remedy)


def memory() -> Iterator[Finding]:
    """Memory that is free."""
    free = free_memory()
    if free is None:
        yield Finding("memory", "not known on this system")
        return
    remedy = "" if free >= MEMORY else "close other programs, or pass a smaller --window and --size"
    yield Finding("memory", f"{free / 1e9:.1f} GB free", remedy)


def places(folder: Path) -> Iterator[Finding]:
    """The disk, and whether folders can be written and locked."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    remedy = "" if free >= DISK else "free some space, or choose another folder"
    yield Finding("disk", f"{free / 1e9:.1f} GB free in {there}", remedy)
    try:
        with tempfile.TemporaryDirectory(dir=there) as inside:
            check_folder(inside)
            locked = locks_work(Path(inside))
        words = "work" if locked else "do not work: one run at a time in a folder is up to you"
        yield Finding("locks", f"{words} in {there}")
    except (OSError, PersonalizeError) as error:
        yield Finding("folder", f"{there}: {error}", "choose a folder that you may write to")
    yield Finding("cache", str(cache_folder()))


def child_processes() -> Iterator[Finding]:
    """Whether processes can be begun, which match the frames of a long window."""
    began = time.perf_counter()
    try:
        with processes(1) as pool:
            pool.submit(os.getpid).result(timeout=LONGEST)
    except (OSError, RuntimeError, TimeoutError) as error:
        told = str(error).splitlines() or [type(error).__name__]
        yield Finding("processes", f"do not begin ({told[0]})", "pass --workers 1")
    else:
        yield Finding("processes", f"begin in {time.perf_counter() - began:.1f} s")


def speeds(wanted: str) -> Iterator[Finding]:
    """How long every engine takes, and a run of a minute of 720p."""
    try:
        network, _ = load_base(SHIPPED, choose_device(wanted))
    except DeviceError:
        return  # which was reported before
    except PersonalizeError as error:
        yield Finding("weights", str(error), "install the project again")
        return
    for name in ENGINES:
        if name == "auto":
            continue
        try:
            engine = choose_engine(name, network.device).of(network)
            seconds = measure_looks(engine) * SIDE * SIDE / MEGA
        except (PersonalizeError, RuntimeError) as error:
            yield Finding(f"engine {name}", f"not here ({str(error).splitlines()[0]})")
        else:
            yield Finding(f"engine {name}", f"{1 / seconds:.1f} looks a second at {SIDE}x{SIDE}")
    base = Base.of(network, engines=choose_engine("auto", network.device))
    minutes = sum(forecast_run(MINUTE, RunSettings(), speed_of(base, again=True)).values()) / 60
    yield Finding("a minute of 720p", f"about {minutes:.0f} min with {base.engines.name}")


def free_memory() -> float | None:
    """Return the bytes of memory that programs may take; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024.0
    except OSError:
        pass
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return None


def _has_codec(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.Codec(name, mode)
    except (av.FFmpegError, ValueError):
        return False
    return True
