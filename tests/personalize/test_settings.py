"""Settings check their ranges when they are made."""

import pytest

from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.errors import SettingsError
from personalize.evidence.settings import (
    LocalColourSettings,
    PartColourSettings,
    ResidualMotionSettings,
    StillSceneSettings,
)
from personalize.imaging.settings import CutSettings, GuideSettings
from personalize.network.settings import View
from personalize.output.settings import OverlaySettings
from personalize.settings import RunSettings, TransferSettings
from personalize.stages.settings import (
    JointSettings,
    LocateSettings,
    ParseSettings,
    RefineSettings,
    SeedSettings,
    SkeletonSettings,
    SmoothSettings,
    VerdictSettings,
)


@pytest.mark.parametrize(
    ("kind", "wrong", "wanted"),
    [
        (RunSettings, {"window": 0}, "window must be 1 or more"),
        (RunSettings, {"way": 3.0}, "way must be from 0 to 1"),
        (RunSettings, {"size": "big"}, 'size must be 1 or more, or "auto"'),
        (RunSettings, {"centre": -1}, "centre must be 0 or more"),
        (RunSettings, {"window_views": ()}, "window_views must be one view or more"),
        (RunSettings, {"way": float("nan")}, "way must be from 0 to 1"),
        (TransferSettings, {"least_person": 2}, "least_person must be from 0 to 1"),
        (ParseSettings, {"views": ()}, "views must be one view or more"),
        (CutSettings, {"gaps": 4}, "gaps must be odd"),
        (GuideSettings, {"radius": 0}, "radius must be 1 or more"),
        (LocalColourSettings, {"weight": 1.5}, "weight must be from 0 to 1"),
        (PartColourSettings, {"words": 0}, "words must be 1 or more"),
        (StillSceneSettings, {"blur": 2}, "blur must be odd"),
        (ResidualMotionSettings, {"doubt": 0.0}, "doubt must be above 0"),
        (View, {"scale": 0}, "scale must be above 0"),
        (FactorSettings, {"epochs": 0}, "epochs must be 1 or more"),
        (
            SelfTrainingSettings,
            {"scale": (1.2, 0.8)},
            "scale must be two numbers above 0, the lower first",
        ),
        (SeedSettings, {"confidence": 99}, "confidence must be from 0 to 1"),
        (RefineSettings, {"samples": None}, "samples must be 1 or more"),
        (SkeletonSettings, {"floor": 0.0}, "floor must be above 0"),
        (SmoothSettings, {"width": -1}, "width must be above 0"),
        (VerdictSettings, {"share": 1.1}, "share must be from 0 to 1"),
        (OverlaySettings, {"opacity": -0.1}, "opacity must be from 0 to 1"),
        (
            LocateSettings,
            {"sizes": (160, 0)},
            "sizes must be a list of numbers of 1 or more",
        ),
        (RunSettings, {"window_from": -1}, "window_from must be 0 or more"),
        (
            RunSettings,
            {"window_from": 9, "window_to": 9},
            "--window-from must be below --window-to",
        ),
        (RunSettings, {"centre": 4, "window_to": 9}, "leave out either --centre, or --window-from"),
        (RunSettings, {"learn_from": "all"}, "no 'all' to learn from; there are window, spread"),
        (
            JointSettings,
            {"rule": "best"},
            "no rule 'best' for joints; there are tree, component, mass, plain",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_number_out_of_its_range_is_refused_by_its_name(kind, wrong, wanted):
    with pytest.raises(SettingsError, match=wanted):
        kind(**wrong)


def test_every_record_is_made_of_its_defaults():
    assert RunSettings() == RunSettings()
    assert TransferSettings().factor.epochs == 4
