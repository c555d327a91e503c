import numpy as np
import pytest

from personalize.errors import DatasetError, InputError
from personalize.storage.arrays import read_arrays


def test_arrays_come_in_the_order_in_which_they_are_asked_for(tmp_path):
    np.savez(tmp_path / "a.npz", a=[1, 2], b=[True])
    one, other = read_arrays(tmp_path / "a.npz", ["b", "a"])
    assert (one.tolist(), other.tolist()) == ([True], [1, 2])


def empty(path):
    path.write_bytes(b"")


def half(path):
    path.write_bytes(path.read_bytes()[:-60])


def of_one_byte_more(path):
    content = bytearray(path.read_bytes())
    content[70] += 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage", [empty, half, of_one_byte_more, lambda path: path.unlink()], ids=str
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, damage):
    np.savez(tmp_path / "a.npz", a=np.arange(9))
    damage(tmp_path / "a.npz")
    with pytest.raises(DatasetError, match=r"a\.npz: is missing or damaged .*; render it again"):
        read_arrays(tmp_path / "a.npz", ["a"], kind=DatasetError, remedy="render it again")


def test_a_pickle_is_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.array([{}]))
    with pytest.raises(InputError, match=r"a\.npz: .*allow_pickle=False"):
        read_arrays(tmp_path / "a.npz", ["a"])


def test_arrays_that_are_not_there_or_no_numbers_are_told(tmp_path):
    np.savez(tmp_path / "a.npz", a=["text"])
    with pytest.raises(InputError, match=r"a\.npz: a holds no numbers; get it again"):
        read_arrays(tmp_path / "a.npz", ["a"])
    with pytest.raises(InputError, match=r"a\.npz: is missing or damaged .*b is not a file"):
        read_arrays(tmp_path / "a.npz", ["b"])
