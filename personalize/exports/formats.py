"""The formats by name. Their modules and libraries are loaded only when a format is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from personalize.errors import SettingsError

EXTRA = "exports"
"""The extra that installs the libraries of all formats."""
NETWORK = "onnx"
"""The format that is made of a network, and not of frames."""


@dataclass(frozen=True)
class Format:
    """A format whose module is not loaded yet.

    Attributes
    ----------
    module : str
        Name in `personalize.exports`; its ``write(task, folder)`` writes the format.
    what : str
        Short description.
    libraries : tuple of str
        Modules that writing or checking it needs, and that only the extra installs.
    frames : bool
        Whether it needs the frames of the video.
    """

    module: str
    what: str
    libraries: tuple[str, ...] = ()
    frames: bool = False


FORMATS = {
    "coco": Format("coco", "COCO: keypoints, silhouette and parts as RLE", ("pycocotools",)),
    "csv-wide": Format("csv_wide", "one table, a line a frame"),
    "cutout": Format("cutout", "video of the person alone", frames=True),
    "deeplabcut": Format("deeplabcut", "DeepLabCut: .h5 and .csv", ("pandas", "tables")),
    "elan": Format("elan", "ELAN: the intervals in which the person is seen"),
    "matte": Format("matte", "grey video of the person's coverage, with soft edges", frames=True),
    "onnx": Format("network", "the network, for any runtime", ("onnx", "onnxruntime")),
    "openpose": Format("openpose", "OpenPose: BODY_25, a JSON file a frame"),
    "palette": Format("palette", "part maps in colours"),
    "sleap": Format("sleap", "SLEAP: .slp", ("sleap_io",)),
    "webvtt": Format("webvtt", "WebVTT: the intervals in which the person is seen"),
    "yolo": Format("yolo", "Ultralytics: pose, silhouette and parts as text"),
}
"""Every format by its name."""


def check_formats(names: Iterable[str]) -> None:
    """Check that formats exist, and that the libraries that they need are installed.

    Raises
    ------
    SettingsError
        Names the first that is missing.
    """
    for name in names:
        if name not in FORMATS:
            raise SettingsError(f"no format {name!r}; there are {', '.join(FORMATS)}")
        for library in FORMATS[name].libraries:
            if find_spec(library) is None:
                raise SettingsError(
                    f"the format {name} needs {library}, which is not installed; run pip install"
                    f" 'personalize[{EXTRA}]'"
                )
