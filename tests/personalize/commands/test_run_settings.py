from personalize.commands.run_settings import run_settings
from personalize.network.settings import View
from personalize.stages.settings import JointSettings


def test_options_of_parsing_choose_a_rule_and_leave_frames_as_they_are():
    settings = run_settings(size=320, joints="mass", no_smooth=True, views="1")
    assert settings.parse.joints == JointSettings(rule="mass")
    assert settings.smooth.reach == 0
    assert settings.size == 320
    assert settings.parse.views == (View(),)


def test_without_them_joints_agree_and_are_smoothed_and_frames_are_mirrored_too():
    settings = run_settings(window=101, epochs=3, parts_epochs=0, way=1.0, seed=1, size="auto")
    assert (settings.window, settings.factor.epochs, settings.seed) == (101, 3, 1)
    assert settings.self_training.epochs == 0
    assert settings.way == 1.0
    assert settings.parse.joints.rule == "tree"
    assert settings.smooth.reach == 4
    assert settings.parse.views == (View(), View(mirrored=True))


def test_kinds_of_people_and_domains_are_those_that_there_are():
    from personalize.commands.experiment.options import KINDS
    from personalize.commands.experiment.transfer import DOMAIN_WORDS
    from personalize.datasets.domains import DOMAINS
    from personalize.datasets.labelled import CLASSES

    assert list(CLASSES) == list(KINDS)
    assert list(DOMAINS) == list(DOMAIN_WORDS)
