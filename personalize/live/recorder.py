"""A live session becomes a run folder, as `parse` leaves one, so that report and export read it.

While it is recorded, frames go to a film and results to pictures, in a hidden folder beside the run
folder. When it ends, they take their places there, and what needs all frames is made: tables,
overlay and report. The results are those that were shown: whoever wants better ones runs `parse` or
`run` on the film.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import numpy as np

from personalize.errors import WorkspaceError
from personalize.imaging.framing import Framing
from personalize.live.session import Answer
from personalize.live.settings import LiveSettings
from personalize.media.encode import VideoWriter
from personalize.media.source import DEFAULT_FPS, Source
from personalize.media.video import open_source
from personalize.output.export import write_results
from personalize.output.finished import FinishedRun
from personalize.output.frame_store import Results
from personalize.procedures.compare import write_pictures
from personalize.procedures.parsing import PARSE, write_page
from personalize.procedures.progress import silent
from personalize.procedures.tracking import write_track
from personalize.settings import RunSettings
from personalize.storage.arrays import save_arrays
from personalize.storage.atomic import make_folder
from personalize.storage.layout import (
    PARSED,
    PARTS,
    RECORDING,
    RECORDS,
    SILHOUETTES,
    TEMPORARY,
    TRACK,
    arrays_of,
)
from personalize.storage.workspace import Workspace
from personalize.types import Frame, Json, PathLike, Progress

PURPOSE = "live"
"""Of the run folder, in its manifest."""


class Clock(Source):
    """A source whose frames are written one by one; it has their times.

    Parameters
    ----------
    path : path-like
        Of the film.
    height, width : int
        Of the frames.
    """

    def __init__(self, path: PathLike, height: int, width: int) -> None:
        super().__init__(path, height, width, DEFAULT_FPS, [])


class Recorder:
    """Keeps frames and answers as they come, and makes a run folder of them.

    Parameters
    ----------
    folder : path-like
        Gets a run folder, named by a number that is free.
    height, width : int
        Of the frames, both even.
    facts : dict
        What the results depend on: weights and engine.
    device : str
        Recorded in the manifest.
    settings : LiveSettings

    Attributes
    ----------
    root : Path
        The run folder; there only when it is finished.
    frames : int
        As many as are recorded.
    seconds : float
        From the first of them to the last.

    Raises
    ------
    WorkspaceError
        If the disk refuses.
    """

    def __init__(
        self,
        folder: PathLike,
        height: int,
        width: int,
        *,
        facts: Json,
        device: str,
        settings: LiveSettings = LiveSettings(),
    ) -> None:
        folder = Path(folder)
        make_folder(folder)
        self.root = free_name(folder)
        self._facts, self._device, self._settings = facts, device, settings
        self._hidden = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=folder))
        self._clock = Clock(self._hidden / RECORDING, height, width)
        self._results = Results(self._hidden, 1)
        self._crops: list[tuple[Framing, str]] = []
        self._writer = VideoWriter(self._hidden / RECORDING, source=self._clock)
        self._writer.__enter__()
        self._began: float | None = None

    @property
    def frames(self) -> int:
        """How many are recorded."""
        return len(self._clock.times)

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return self._clock.times[-1] if self._clock.times else 0.0

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the frames."""
        return self._clock.height, self._clock.width

    def add(self, frame: Frame, answer: Answer, time: float) -> None:
        """Record a frame.

        Parameters
        ----------
        frame : (height, width, 3) uint8 array
            RGB.
        answer : Answer
            What was found in it.
        time : float
            Its seconds, on any clock.
        """
        self._began = time if self._began is None else self._began
        number, before = self.frames, self.seconds
        self._clock.times.append(max(time - self._began, before))
        self._writer.write(frame)
        result = answer.in_frame()
        self._results.draw(number, result)
        self._results.add(number, result)
        self._crops.append((answer.framing, answer.seen))

    def discard(self) -> None:
        """Discard all that was recorded."""
        stop = InterruptedError("not wanted")
        with suppress(InterruptedError):
            self._writer.__exit__(type(stop), stop, None)
        shutil.rmtree(self._hidden, ignore_errors=True)

    def finish(self, progress: Progress = silent) -> Path:
        """Make the run folder, and return it.

        Raises
        ------
        WorkspaceError
            If no frame was recorded, or the disk refuses.
        """
        if not self.frames:
            self.discard()
            raise WorkspaceError("no frame came while it was recorded; start the camera first")
        try:
            self._writer.__exit__(None, None, None)
            film = open_source(self._hidden / RECORDING, progress=progress("open"))
            self._make(film, progress)
        finally:
            shutil.rmtree(self._hidden, ignore_errors=True)
        return self.root

    def _make(self, film: Source, progress: Progress) -> None:
        if film.frame_count != self.frames:
            raise WorkspaceError(
                f"{self.root}: {film.frame_count} of {self.frames} frames can be read from its "
                "film; record again, on another disk if it comes again"
            )
        notes = {"device": self._device, "path": str((self.root / RECORDING).absolute())}
        work = Workspace.open(
            self.root, source=film, facts=self._facts, purpose=PURPOSE, notes=notes
        )
        work.stage("record", {}, self._move(RECORDING), outputs=[RECORDING])
        film = open_source(self.root / RECORDING)
        kept = arrays_of("track")
        work.stage("track", {}, self._write_crops, outputs=[kept, TRACK])
        settings = RunSettings()
        shown = {
            "parse": self._settings.parse,
            "smooth": settings.smooth,
            "overlay": settings.overlay,
        }

        def write(folder: Path) -> None:
            self._move(SILHOUETTES, PARTS, RECORDS)(folder)
            found = zip(film.frames(), Results(folder, 1))
            write_results(folder, film, found, settings, progress=progress(PARSE))

        key = {"fps": film.fps, "camera": self._settings.camera, "outputs": shown}
        work.stage(PARSE, key, write, outputs=PARSED)
        done = FinishedRun(work.root, work.manifest)
        write_page(
            work,
            film,
            None,
            settings,
            lambda to: write_pictures(to, film, done, settings=settings.overlay),
        )

    def _move(self, *names: str) -> Callable[[Path], None]:
        """What puts outputs that are there already into the folder of a stage."""

        def move(folder: Path) -> None:
            for name in names:
                if (folder / name).is_dir():
                    (folder / name).rmdir()
                os.replace(self._hidden / name, folder / name)

        return move

    def _write_crops(self, folder: Path) -> None:
        """Write how each frame was cut; canvases differ in size, unlike those of a `Track`."""
        crops = [framing for framing, _ in self._crops]
        names = ("scale", "left", "top", "rows", "cols")
        arrays = {name: np.array([getattr(crop, name) for crop in crops]) for name in names}
        save_arrays(folder / arrays_of("track"), arrays)
        write_track(folder / TRACK, self._crops, self._clock.times)


def free_name(folder: Path) -> Path:
    """Return the first of 001, 002 and so on that is not in a folder."""
    return next(path for k in count(1) if not (path := folder / f"{k:03d}").exists())
