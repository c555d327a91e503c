from personalize.commands.options import RUN, with_joints
from personalize.settings import JointSettings


def test_options_of_joints_choose_a_rule_and_switch_smoothing_off():
    settings = with_joints(RUN, "mass", no_smooth=True)
    assert settings.joints == JointSettings(rule="mass")
    assert settings.smooth.reach == 0


def test_without_them_joints_agree_and_are_smoothed():
    settings = with_joints(RUN, RUN.joints.rule, no_smooth=False)
    assert settings.joints.rule == "tree"
    assert settings.smooth.reach == 4


def test_kinds_of_people_and_domains_are_those_that_there_are():
    from personalize.commands.experiment_transfer import DOMAIN_WORDS, KINDS
    from personalize.datasets.domains import DOMAINS
    from personalize.datasets.labelled import CLASSES

    assert list(CLASSES) == list(KINDS)
    assert list(DOMAINS) == list(DOMAIN_WORDS)
