"""Every error that a user can cause or mend.

::

    PersonalizeError
    |-- InputError            a file or folder given by the user cannot be used
    |   |-- VideoError        ... a video or a folder of frames
    |   |-- DatasetError      ... a data set that is not in its published layout
    |   |   `-- NoLandmarksError  ... landmarks of a video in which the estimator saw nobody
    |   `-- WeightsError      ... a weights or person file
    |-- NobodyFoundError      the video was read, but shows no person to learn
    |-- SettingsError         numbers that contradict each other or the input
    |-- FactorError           a factor plug-in is not there, fails, or does not fit the video
    |-- DeviceError           a device was asked for that is not here
    |   `-- EngineError       ... what computes on it
    `-- WorkspaceError        the output folder cannot be written or belongs to another run
        `-- BusyError         ... or another process is writing there now

A message is one sentence: what was being done, what was found, what to do.
The command line prints it as it stands and exits with 1; anything else that
escapes, but for full memory, is a defect of this project and shows its traceback.
"""


class PersonalizeError(Exception):
    """Base of all errors of this project; its text is meant for the user."""


class InputError(PersonalizeError):
    """A file or folder given by the user cannot be used."""


class VideoError(InputError):
    """A video or a folder of frames is missing, damaged, empty or inconsistent."""


class DatasetError(InputError):
    """A data set is not in the layout in which it was published."""


class NoLandmarksError(DatasetError):
    """A pose estimator saw nobody in the video that its landmarks are of."""


class WeightsError(InputError):
    """A weights or person file is damaged, of another kind, or for other base weights."""


class NobodyFoundError(PersonalizeError):
    """The video could be read, but no person was found in it."""


class SettingsError(PersonalizeError):
    """Settings that contradict each other or the input."""


class FactorError(PersonalizeError):
    """A factor plug-in that is not installed, answers what it must not, or does not fit the
    video.
    """


class DeviceError(PersonalizeError):
    """A device was asked for explicitly and is not available."""


class EngineError(DeviceError):
    """An engine was asked for explicitly that does not run here."""


class WorkspaceError(PersonalizeError):
    """The output folder cannot be written, or belongs to another input."""


class BusyError(WorkspaceError):
    """Another process is writing into the output folder; nothing is wrong."""


FULL_MEMORY = (
    "not enough memory for this; smaller numbers need less, --size and --window of a run, say"
)


def in_a_sentence(text: str, most: int = 200) -> str:
    """Return text of a file as part of a sentence: on one line, at most `most` characters, and "?"
    for those that cannot be printed.
    """
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]}..."


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory was full: an error of NumPy, OpenCV, or torch on a CPU or a GPU."""
    words = ("out of memory", "allocate memory", "not enough memory", "insufficient memory")
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in words)
