"""DeepLabCut: an .h5 and a .csv, as its own analysis of a video writes them.

The name of a file is that of the video followed by that of the scorer, so that DeepLabCut finds
it beside the video.
"""

from pathlib import Path

from personalize.exports.landmarks import NAMES
from personalize.exports.tables import landmark_table
from personalize.exports.task import Task

SCORER = "DLC_personalize"
KEY = "df_with_missing"
"""Name of the table in the .h5."""
LEVELS = ("scorer", "bodyparts", "coords")
COORDS = ("x", "y", "likelihood")


def write(task: Task, folder: Path) -> None:
    """Write ``NAMEDLC_personalize.h5`` and ``.csv``; x and y of absent landmarks are NaN."""
    import pandas

    columns = pandas.MultiIndex.from_product([[SCORER], NAMES, COORDS], names=LEVELS)
    values = landmark_table(task).reshape(len(task.done), -1)
    table = pandas.DataFrame(values, index=task.done.numbers, columns=columns)
    path = folder / f"{task.stem}{SCORER}"
    table.to_hdf(f"{path}.h5", key=KEY, format="table", mode="w")
    table.to_csv(f"{path}.csv")
