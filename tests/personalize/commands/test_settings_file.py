import tomllib
from dataclasses import fields, is_dataclass

import pytest

from personalize.commands.settings_file import (
    meanings,
    read_settings,
    settings_of,
    write_settings,
)
from personalize.datasets.settings import PartGeometry
from personalize.errors import InputError
from personalize.network.settings import View
from personalize.settings import RunSettings
from personalize.stages.settings import RefineSettings
from propagation.settings import PropagationSettings


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "settings.toml"
        path.write_text(text)
        return path

    return write


def test_what_is_written_is_read_back(write):
    assert read_settings(write(write_settings(RunSettings()))) == RunSettings()
    changed = RunSettings(window=51, centre=7, size=320, person_at=((3, 1.5, 2.0),))
    assert read_settings(write(write_settings(changed))) == changed


def test_every_number_is_told_what_it_means():
    text = write_settings(RunSettings())
    assert "# Frames that the person is learned from (paper).\nwindow = 301" in text
    assert "# centre =" in text  # TOML knows nothing that is not there
    assert "[refine.cut]" in text
    assert "learning_rate = 0.002" in text


def test_no_number_goes_without_its_meaning():
    def bare(record):
        told = meanings(type(record))
        for field in fields(record):
            value = getattr(record, field.name)
            if is_dataclass(value):
                yield from bare(value)
            elif not told.get(field.name):
                yield f"{type(record).__name__}.{field.name}"

    assert list(bare(RunSettings())) == []


def test_fields_in_a_row_share_the_docstring_below_them():
    told = meanings(PartGeometry)
    assert told["thigh"] == told["hand"] == "Radii (drawn)."
    assert told["foot"].startswith("Radii (measured)")
    assert meanings(RunSettings).get("seeds") is None


def test_a_record_has_the_meanings_that_it_inherits():
    assert meanings(RefineSettings)["samples"].startswith("Pixels of the window")
    assert meanings(PropagationSettings)["radius"].startswith("Largest motion looked for")


def test_a_file_changes_what_it_names_alone(write):
    text = "window = 51\n[parse]\nviews = [{scale = 2}]\n[factor]\nlearning_rate = 1\n"
    settings = read_settings(write(text))
    assert settings.window == 51
    assert settings.parse.views == (View(2.0),)
    assert settings.factor.learning_rate == 1.0
    assert settings.factor.epochs == RunSettings().factor.epochs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("windo = 3", "windo is no setting, perhaps window"),
        ("[factor]\nepoch = 3", "factor.epoch is no setting, perhaps factor.epochs"),
        ("window = 0", "window must be 1 or more"),
        ('size = "big"', "size = 'big': is not of the kind whole number or 'auto'"),
        ("window = 3.5", "window = 3.5: is not of the kind whole number"),
        ("window = true", "is not of the kind whole number"),
        ("locate = 3", "locate = 3: is not of the kind LocateSettings"),
        ("window =", "is no TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(write, text, words):
    with pytest.raises(InputError, match="settings.toml: ") as raised:
        read_settings(write(text))
    assert words in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="gone.toml: cannot be read"):
        read_settings(tmp_path / "gone.toml")


def test_settings_of_a_manifest_are_settings():
    import json

    from personalize.storage.manifest import plain

    kept = json.loads(json.dumps(plain(RunSettings(window=9))))
    assert settings_of(kept, "out") == RunSettings(window=9)
    assert tomllib.loads(write_settings(settings_of(kept, "out")))["window"] == 9
