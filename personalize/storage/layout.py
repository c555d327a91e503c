"""Every name in a run folder, once: what a stage may leave, and nothing else is written, replaced
or removed.

A run folder::

    manifest.json            what was done, and with what
    track.csv                of the stage `track`
    silhouettes/000000.png   of the stage `parse`, with parts/, parts.json, joints.csv, frames.csv
                             and overlay.mp4
    person.safetensors       of the stage `keep`: what was learned and is kept
    recording.mp4            of the stage `record`, of a live session: the frames that were parsed
    report.html              of the stage `report`, with the pictures in stages/comparison/
    stages/NAME.npz          what a second run goes on from
    exports/FORMAT/          what `export` made of it for other programs, each with its export.json
    .tmp-*  .stopped-*       unfinished; pieces/ in it are those of a video that is parsed in pieces

The folder of an experiment holds a manifest, weights and stages in the same way.
"""

import re

MANIFEST = "manifest.json"
TEMPORARY = ".tmp-"
"""Beginning of the names of all unfinished files and folders."""
CLAIMS = ".claims"
"""Folder in the results of a batch, in which processes claim videos (`claims`)."""
STOPPED = ".stopped-"
"""Beginning of the names of folders in which a stage goes on that was stopped."""

SILHOUETTES, PARTS = "silhouettes", "parts"
TRACK = "track.csv"
JOINTS, FRAMES, OVERLAY = "joints.csv", "frames.csv", "overlay.mp4"
LEGEND = "parts.json"
TEXT = {"encoding": "utf-8", "errors": "surrogateescape"}
"""Encoding errors of tables: names of files need not be valid text."""
RECORDING = "recording.mp4"
RECORDS = "records.bin"
"""Of a stage `parse` that was stopped, in its hidden folder."""
PIECES = "pieces"
"""Folder beside the records, in which pieces of a video are parsed by several processes."""
PERSON = "person.safetensors"
LEARNED = "stages/learned.safetensors"
PART_COLOURS = "stages/part_colours.npz"
REPORT, COMPARISON = "report.html", "stages/comparison"
NUMBERS = "numbers.npz"
"""Beside the pictures in `COMPARISON`."""
CHOSEN = "{:06d}_chosen.jpg"
"""Picture there of the person who is followed, in a frame."""
TRANSFERRED, CURVE = "transferred.safetensors", "stages/curve.npz"

PARSED = (SILHOUETTES, PARTS, LEGEND, JOINTS, FRAMES, OVERLAY)
"""The results for the user."""

EXPORTS = "exports"
"""Folder of the exports for other programs, which has a folder for each format."""
EXPORTED = "export.json"
"""File in the folder of a format: the run that it was made from, and fingerprints of its files."""


def parsed_outputs(overlay: str) -> tuple[str, ...]:
    """Return the names of `PARSED` that there are with an overlay of a style, or none."""
    return tuple(name for name in PARSED if name != OVERLAY or overlay != "none")


_ARRAYS = (
    *("predict", "propagate", "refine", "judge"),
    *("joints_generic", "joints_personalized", "joints_kept"),
    *("parsed_generic", "parsed_personalized", "parsed_kept"),
)
_VARIANTS = ("Orig", "Tran-Init", "Tran-Grab")


def picture(number: int) -> str:
    """Return the name of the picture of a frame, in `SILHOUETTES` and `PARTS`."""
    return f"{number:06d}.png"


def arrays_of(stage: str) -> str:
    """Return the name of the file with the arrays of a stage."""
    return f"stages/{stage}.npz"


def weights_of(variant: str) -> str:
    """Return the name of the file with the weights of a variant of an experiment."""
    return f"{variant.lower()}.safetensors"


OUTPUTS = {
    **{stage: (arrays_of(stage),) for stage in _ARRAYS},
    "record": (RECORDING,),
    "track": (arrays_of("track"), TRACK),
    "learn": (LEARNED, PART_COLOURS),
    "keep": (PERSON,),
    "parse": PARSED,
    "report": (REPORT, COMPARISON),
    "supervised": (TRANSFERRED, CURVE),
    **{variant: (arrays_of(variant), weights_of(variant)) for variant in _VARIANTS},
}
"""What every stage of the program may leave: files and folders, relative to the run folder."""

_PICTURES = re.compile(r"\d{6,}\.png")
_CONTENTS = {
    SILHOUETTES: _PICTURES,
    PARTS: _PICTURES,
    COMPARISON: re.compile(rf"\d{{6,}}_(generic|personal)\.jpg|{re.escape(NUMBERS)}"),
}


def is_content(folder: str, name: str) -> bool:
    """Whether a stage writes a file of this name into an output that is a folder.

    Other files there, such as those of file browsers, are ignored.
    """
    return folder in _CONTENTS and _CONTENTS[folder].fullmatch(name) is not None
