import pytest

from personalize.errors import InputError, SettingsError
from personalize.synthesis.settings import AssetFolders, FilmSettings, SynthesisSettings


def test_a_folder_of_assets_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such folder of motion"):
        AssetFolders(motion=tmp_path / "nowhere")


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 8},
        {"views_per_body": 0},
        {"shortest": 3.0},
        {"touching_share": 1.5},
        {"headwear_share": -0.1},
    ],
)
def test_people_that_cannot_be_drawn_are_refused(wrong):
    with pytest.raises(SettingsError):
        SynthesisSettings(**wrong)


def test_a_film_without_frames_is_refused():
    with pytest.raises(SettingsError, match="0 frames of 640x360"):
        FilmSettings(frames=0)
