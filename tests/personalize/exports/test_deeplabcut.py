"""pandas opens it, with the index by which DeepLabCut finds its columns."""

import numpy as np
import pytest

from personalize.exports import deeplabcut
from personalize.exports.landmarks import NAMES

from ..drawn import ABSENT, COUNT, joints

pandas = pytest.importorskip("pandas", reason="of the extra `exports`")
pytest.importorskip("tables", reason="of the extra `exports`")


@pytest.fixture
def opened(drawn_task, tmp_path):
    """Return a function that exports a drawn run, and both tables."""

    def make(**options):
        deeplabcut.write(drawn_task(**options), tmp_path)
        path = tmp_path / "clipDLC_personalize"
        table = pandas.read_hdf(f"{path}.h5")
        text = pandas.read_csv(f"{path}.csv", header=[0, 1, 2], index_col=0)
        return table, text

    return make


def test_columns_are_those_of_deeplabcut(opened):
    table, _ = opened()
    assert table.columns.names == ["scorer", "bodyparts", "coords"]
    assert list(table.columns.get_level_values("scorer").unique()) == ["DLC_personalize"]
    assert list(table.columns.get_level_values("bodyparts").unique()) == list(NAMES)
    assert list(table["DLC_personalize"]["head"].columns) == ["x", "y", "likelihood"]
    assert list(table.index) == list(range(COUNT))


def test_joints_come_back_and_nobody_is_nan(opened):
    table, _ = opened()
    wrist = table["DLC_personalize"]["right_wrist"]
    for t in range(COUNT):
        if t in ABSENT:
            assert wrist.loc[t, ["x", "y"]].isna().all() and wrist.loc[t, "likelihood"] == 0
        else:
            assert wrist.loc[t].tolist() == [*joints(t)[0][1], 0.9]


def test_the_text_holds_the_same(opened):
    table, text = opened()
    assert text.columns.names == table.columns.names
    np.testing.assert_allclose(text.to_numpy(), table.to_numpy())


def test_rows_are_numbered_as_in_the_video(opened):
    table, text = opened(first=4)
    assert list(table.index) == list(text.index) == list(range(4, COUNT))


def test_sleap_io_reads_it_too(opened, tmp_path):
    sleap_io = pytest.importorskip("sleap_io", reason="of the extra `exports`")
    opened()
    labels = sleap_io.load_dlc(str(tmp_path / "clipDLC_personalize.csv"))
    assert {node.name for node in labels.skeleton.nodes} == set(NAMES)  # it sorts them
