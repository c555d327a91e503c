"""One long video, parsed in pieces by several processes, to the same bytes as in one.

Results of a frame depend on those before in two ways. Joints are smoothed along time: that is done
when all frames are parsed, as in one piece. And of several people the one is kept who lies where
the last silhouette was (`Parser.frames`). So every piece is parsed as if nobody had been seen
before it, and then the pieces are joined in their order: at a border frames are parsed again, with
the last silhouette of the piece before, until one has the silhouette that it had in its own piece.
From there on nothing can differ, and what is there is taken as it is. That takes the first few
frames of a piece, or none.

Pieces lie in the hidden folder of the stage, each with its records, so that a process that has
died goes on where it was, and a second start of the command finds what the first has left.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from personalize.media.given_silhouettes import GivenSilhouettes
from personalize.media.source import Source
from personalize.network.inference import BATCH
from personalize.output.export import find_results, result_of
from personalize.output.frame_store import Results, count_kept
from personalize.procedures.settings import PIECE
from personalize.stages.parse import Parser
from personalize.storage.claims import Claims
from personalize.storage.contained import discard
from personalize.storage.layout import PIECES, picture
from personalize.types import Mask, Wrap


class Spread(Protocol):
    """What does work on several machines, or in one process; see `cluster.Cluster.spread`."""

    def __call__(
        self, work: Callable[[Any, Any], object], job: Any, items: Sequence[Any]
    ) -> Iterator[None]: ...


def spread_here(
    work: Callable[[Any, Any], object], job: Any, items: Sequence[Any]
) -> Iterator[None]:
    """Do ``work(job, item)`` for all items, one after the other, in this process.

    Parameters
    ----------
    work : callable
    job : object
    items : sequence

    Yields
    ------
    None
        Whenever an item is done.
    """
    for item in items:
        work(job, item)
        yield


@dataclass(frozen=True)
class Pieces:
    """How a video is parsed in pieces.

    Attributes
    ----------
    spread : Spread
    length : int
        Frames of a piece; rounded up, so that frames that are looked at together stay so.
    """

    spread: Spread = spread_here
    length: int = PIECE

    def spans(self, frames: int) -> list[range]:
        """Return the frames of all pieces of a video of so many frames."""
        step = -(-max(self.length, 1) // BATCH) * BATCH
        return [range(start, min(start + step, frames)) for start in range(0, frames, step)]


@dataclass(frozen=True, eq=False)
class Job:
    """What all pieces of a video share.

    Attributes
    ----------
    folder : Path
        Of the stage, absolute; all machines have it under this name.
    source : Source
    parser : Parser
    given : GivenSilhouettes or None
    """

    folder: Path
    source: Source
    parser: Parser
    given: GivenSilhouettes | None = None

    def place(self, span: range) -> Path:
        """Return the folder of a piece."""
        return self.folder / PIECES / Path(picture(span.start)).stem

    def kept(self, span: range) -> Results:
        """Return the results of a piece that are there."""
        first = self.source.first + span.start
        return Results(self.place(span), BATCH, first=first, frames=len(span))

    def whole(self) -> Results:
        """Return the results of the video that are there."""
        frames = self.source.frame_count
        return Results(self.folder, BATCH, first=self.source.first, frames=frames)


def parse_in_pieces(job: Job, pieces: Pieces, *, progress: Wrap = iter) -> None:
    """Leave the results of all frames in the folder of a stage, for `export.write_parsing`.

    Parameters
    ----------
    job : Job
    pieces : Pieces
    progress : callable
        Wraps the frames, as they are parsed, in no order.
    """
    done = len(job.whole())
    spans = [span for span in pieces.spans(job.source.frame_count) if span.stop > done]
    for _ in progress(_Frames(job, pieces, spans)):
        pass
    for _ in pieces.spread(join_pieces, job, [spans]):
        pass


class _Frames:
    """The frames of all pieces, as they are parsed; it is known how many there are."""

    def __init__(self, job: Job, pieces: Pieces, spans: list[range]) -> None:
        self._job, self._pieces, self._spans = job, pieces, spans

    def __len__(self) -> int:
        return self._job.source.frame_count

    def __iter__(self) -> Iterator[int]:
        seen_until = self._spans[0].start if self._spans else len(self)
        before = seen_until
        yield from range(seen_until)
        for _ in self._pieces.spread(parse_piece, self._job, self._spans):
            there = before + sum(count_kept(self._job.place(span)) for span in self._spans)
            yield from range(seen_until, there)
            seen_until = max(seen_until, there)
        yield from range(seen_until, len(self))


def parse_piece(job: Job, span: range) -> None:
    """Parse the frames of a piece that are not there yet, as if nobody had been seen before it.

    Raises
    ------
    BusyError
        If another process is at it.
    """
    claims = Claims(job.folder / PIECES)
    claim = claims.take(job.place(span).name, patient=True)
    try:
        kept, frames = job.kept(span), job.source.frames(span.start, span.stop)
        parsed = job.parser.frames(
            frames,
            silhouettes=job.given,
            numbers=count(span.start + len(kept)),
            before=kept.last_seen,
        )
        for _ in find_results(kept, frames, parsed, job.parser.workers):
            claims.check()
    finally:
        claim.release()


def join_pieces(job: Job, spans: Sequence[range]) -> None:
    """Bring the results of pieces together, in the order of the video; what was brought before
    stays.
    """
    whole = job.whole()
    done, before = len(whole), whole.last_seen
    for span in spans:
        if span.stop <= done:
            continue
        piece = job.kept(span)
        rest = range(max(done, span.start), span.start + len(piece))
        before = _join(job, whole, rest, piece, before, span.start)
        discard(job.place(span))


def _join(
    job: Job, whole: Results, rest: range, piece: Results, before: Mask | None, start: int
) -> Mask | None:
    """Add the rest of a piece, which begins at `start`, to the whole; `before` is the last
    silhouette before it, and the last one in it is returned.
    """
    frames = job.source.frames(rest.start, rest.stop)
    parsed = job.parser.frames(frames, silhouettes=job.given, numbers=rest, before=before)
    settled = rest.start == start and before is None
    for number in rest:
        if settled:
            whole.copy(number, piece, number - start)
            continue
        result = result_of(next(parsed)[1])
        whole.draw(number, result)
        whole.add(number, result)
        if result.silhouette.any():
            before = result.silhouette
            settled = np.array_equal(before, piece[number - start].silhouette)
    return piece.last_seen if settled and len(piece) else before
