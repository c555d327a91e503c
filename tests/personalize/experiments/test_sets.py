import shutil

import pytest

from personalize.errors import WorkspaceError
from personalize.experiments.sets import LabelledSet, open_experiment
from personalize.media.images import read_image, write_image
from personalize.settings import TransferSettings


def test_a_set_has_two_halves_in_one_domain(rendered_set):
    people = LabelledSet.read("rendered", rendered_set, domain="dark", learn=2)
    assert [item.name for item in people.learn] == ["000000", "000002"]
    assert [item.name for item in people.test] == ["000004", "000005", "000006", "000007"]
    assert people.learn[0].read_image().max() < 100
    assert people.classes == 32
    assert people.name == "rendered people, made dark"


@pytest.mark.parametrize(
    "changed", ["people/000/000001.png", "parts/000/000006.png", "backgrounds/00000.jpg"]
)
def test_people_of_the_same_names_and_other_pictures_are_others(changed, rendered_set, tmp_path):
    copy = shutil.copytree(rendered_set, tmp_path / "copy")
    digests = [LabelledSet.read("rendered", copy).describe()["digest"]]
    picture = read_image(copy / changed, colour=False)
    write_image(copy / changed, 255 - picture)
    digests += [
        LabelledSet.read("rendered", root).describe()["digest"] for root in (copy, rendered_set)
    ]
    assert digests[0] == digests[2] != digests[1]


def test_a_folder_belongs_to_its_people(rendered_set, square_network, tmp_path):
    settings = TransferSettings()
    dark, plain = (
        LabelledSet.read("rendered", rendered_set, domain=name) for name in ("dark", "as-is")
    )
    assert dark.describe()["digest"] != plain.describe()["digest"]
    workspace = open_experiment(tmp_path / "out", 4, dark, square_network, settings)
    assert workspace.manifest["purpose"] == "experiment 4"
    del workspace
    with pytest.raises(WorkspaceError):
        open_experiment(tmp_path / "out", 4, plain, square_network, settings)
