from types import SimpleNamespace

import numpy as np
import pytest
import torch

from personalize.experiments.count_cache import cached_counts, facts_of
from personalize.experiments.labelled_images import LabelledImages

COUNTS = np.array([[1, 2], [3, 4]])


def people_of(*files):
    return LabelledImages([SimpleNamespace(name=file.name, files=[file]) for file in files])


def never():
    pytest.fail("this was counted before")


def test_what_was_counted_is_not_counted_again(tmp_path):
    cached_counts(tmp_path, "enet", {"size": 64}, lambda: COUNTS)
    again = cached_counts(tmp_path, "enet", {"size": 64}, never)
    np.testing.assert_array_equal(again, COUNTS)


def test_other_facts_and_other_names_are_counted_anew(tmp_path):
    cached_counts(tmp_path, "enet", {"size": 64}, lambda: COUNTS)
    assert cached_counts(tmp_path, "enet", {"size": 32}, lambda: COUNTS + 1)[0, 0] == 2
    assert cached_counts(tmp_path, "fcn", {"size": 32}, lambda: COUNTS + 2)[0, 0] == 3


def test_without_a_folder_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cached_counts(None, "enet", {}, lambda: COUNTS) is COUNTS
    assert not list(tmp_path.iterdir())


def test_counts_depend_on_weights_examples_and_what_is_asked(tmp_path):
    network = torch.nn.Linear(2, 2)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("of one")
    two.write_text("of two")
    people = people_of(one, two)
    facts = facts_of(network, people, size=64)
    assert facts == facts_of(network, people, size=64)
    assert facts != facts_of(network, people, size=32)
    assert facts != facts_of(network, people_of(one), size=64)
    two.write_text("of another")
    assert facts != facts_of(network, people, size=64)
    two.write_text("of two")
    assert facts == facts_of(network, people, size=64)
    with torch.no_grad():
        network.bias += 1
    assert facts != facts_of(network, people, size=64)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"facts": {"size": 64}}', '{"facts": {}, "counts": "many"}', "1"]
)
def test_counts_that_are_damaged_are_counted_anew(tmp_path, content):
    (tmp_path / "counts-enet.json").write_text(content)
    found = cached_counts(tmp_path, "enet", {"size": 64}, lambda: COUNTS)
    np.testing.assert_array_equal(found, COUNTS)
    cached_counts(tmp_path, "enet", {"size": 64}, never)
