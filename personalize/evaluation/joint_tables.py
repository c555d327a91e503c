"""Joint errors of an evaluation, for programs (JSON) and for people (Markdown)."""

import math
from collections.abc import Mapping

import numpy as np

from personalize import parts
from personalize.evaluation.bootstrap import reduction_interval
from personalize.evaluation.joint_errors import (
    JointErrors,
    group_errors,
    group_errors_found,
    group_errors_per_width,
    group_miss_rates,
    group_pck,
    mean_error,
)
from personalize.evaluation.markdown import format_score, markdown_table, or_none
from personalize.types import Json

NETWORKS = ("generic", "personalized")
PAPERS_RULE = "_mass"
"""Behind the name of a network: its joints by the paper's rule, the centre of mass."""

PAPER_TABLE_3 = {
    "generic": {"Head": 9.1, "Wrists": 15.4, "Elbows": 23.5, "Shoulders": 12.8},
    "personalized": {"Head": 9.1, "Wrists": 12.6, "Elbows": 17.3, "Shoulders": 9.6},
}
"""Pixels; Charles et al., BMVC 2017, Table 3: 500 frames of five videos that it does not name."""

MEASURES_BESIDE = (
    ("{}, missed", group_miss_rates, ".1%"),
    ("{}, px where not missed", group_errors_found, ".1f"),
    ("{}, of the shoulder width", group_errors_per_width, ".1%"),
    ("{}, within 0.2 of it (PCK)", group_pck, ".1%"),
)
"""What the joint table shows under the errors: name of the row, measure, format."""

TABLE_3_NOTE = (
    "Errors are means over frames and both sides, in pixels of the labelled frames; every joint is "
    "estimated wherever a person is found. The paper's rule is the centre of mass of the pixels "
    "that a "
    "part wins; the other rows are by the rule of the settings. A joint is missed when its part "
    "wins no pixel. "
    "Intervals: videos drawn with replacement. The paper's numbers are of 500 frames of five "
    "videos that it does not name."
)


def report_joints(videos: Mapping[str, Mapping[str, JointErrors]]) -> Json:
    """Assemble the joint errors of all videos for JSON.

    Parameters
    ----------
    videos : dict of str to dict of str to JointErrors
        Name of the video -> "generic" and, unless the base alone was measured,
        "personalized" and "kept", of the modules that the verdict keeps -> errors; the same
        with `PAPERS_RULE` behind the name.

    Returns
    -------
    dict
        ``{"groups": {"Head": {"generic": px, "personalized": px}, ...}, "all": {"generic": px,
        ...}, "videos": {NAME: the same as "groups" of one video}, "missed": ...,
        "per_shoulder_width": ..., "groups_mass": ..., "groups_kept": ..., "groups_kept_mass":
        ...}``. Errors are means over frames and sides under rule A, "all" those over all joints;
        "missed" holds shares of the labelled joints, "per_shoulder_width" errors as shares of a
        video's shoulder width; "personalized" of "groups_kept" is what the verdict keeps. Of
        the base alone there is "generic" everywhere, and no "kept".
    """
    everything = list(videos.values())
    report = {
        "groups": _compare(group_errors, everything),
        "all": {
            name: or_none(mean_error(video[name] for video in everything))
            for name in _networks(everything)
        },
        "videos": {name: _compare(group_errors, [video]) for name, video in videos.items()},
        "missed": _compare(group_miss_rates, everything),
        "per_shoulder_width": _compare(group_errors_per_width, everything),
        "groups_mass": _compare(group_errors, _pairs(everything, PAPERS_RULE)),
    }
    if "kept" not in everything[0]:
        return report
    return {
        **report,
        "groups_kept": _compare(group_errors, _pairs(everything, after="kept")),
        "groups_kept_mass": _compare(group_errors, _pairs(everything, PAPERS_RULE, after="kept")),
    }


def _networks(videos):
    """Names of the networks that were measured, in the order of `NETWORKS`."""
    return [name for name in NETWORKS if name in videos[0]]


def _pairs(videos, rule="", *, after="personalized"):
    """Return the errors before and after, by a rule, under the names of the networks."""
    measured = dict(zip(NETWORKS, ("generic", after)))
    return [
        {
            name: video[f"{kind}{rule}"]
            for name, kind in measured.items()
            if f"{kind}{rule}" in video
        }
        for video in videos
    ]


def generic_joint_table(videos: Mapping[str, Mapping[str, JointErrors]]) -> str:
    """Lay the joint errors of the base alone out as a Markdown table.

    Parameters
    ----------
    videos : dict of str to dict of str to JointErrors
        Name of the video -> "generic", and "generic_mass", by the paper's rule -> errors.

    Returns
    -------
    str
    """
    rows = []
    for rule, suffix in (("", ""), (PAPERS_RULE, ", paper's rule")):
        errors = [video[f"generic{rule}"] for video in videos.values()]
        groups = group_errors(errors).values()
        rows.append(
            [
                f"generic{suffix}",
                *(format_score(score, ".2f") for score in (*groups, mean_error(errors))),
            ]
        )
    frames = sum(len(video["generic"].pixels) for video in videos.values())
    table = markdown_table(["Joint error, px", *parts.JOINT_GROUPS, "all seven"], rows)
    return (
        f"{table}\n\n{frames} labelled frames of {len(videos)} videos; every joint is estimated "
        f"in all of them."
    )


def joint_table(
    videos: Mapping[str, Mapping[str, JointErrors]], *, generator: np.random.Generator
) -> str:
    """Lay the joint errors out as the paper's Table 3, with the paper's numbers beside.

    Parameters
    ----------
    videos : dict of str to dict of str to JointErrors
        As for `report_joints`.
    generator : numpy.random.Generator
        Draws the videos for the confidence intervals.

    Returns
    -------
    str
        A Markdown table and what its rows mean.
    """
    everything = list(videos.values())

    def errors(rule="", after="personalized"):
        pairs = _pairs(everything, rule, after=after)
        return {network: [pair[network] for pair in pairs] for network in NETWORKS}

    ours, rows, overall = errors(), [], []
    for rule, suffix in (("", ""), (PAPERS_RULE, ", paper's rule")):
        found, kept = errors(rule), errors(rule, after="kept")
        rows += [
            *_rows(f"{{}}{suffix}, px", {name: group_errors(found[name]) for name in NETWORKS}),
            [f"reduction{suffix or ' (95 % interval)'}", *_reductions(found, generator)],
            *_rows(
                f"{{}}{suffix}, px", {"as the verdict keeps it": group_errors(kept["personalized"])}
            ),
            [f"reduction, as kept{suffix}", *_reductions(kept, generator)],
        ]
        overall.append(
            f"All seven joints{suffix}: generic {_overall(found['generic'])} px, personalized "
            f"{_overall(found['personalized'])} px, less by {_reduction(found, None, generator)}; "
            f"as the "
            f"verdict keeps it {_overall(kept['personalized'])} px, less by "
            f"{_reduction(kept, None, generator)}."
        )
    rows += _rows("paper, {}, px", PAPER_TABLE_3)
    for label, measure, style in MEASURES_BESIDE:
        rows += _rows(label, {network: measure(ours[network]) for network in NETWORKS}, style)
    frames = sum(len(errors.pixels) for errors in ours["generic"])
    table = markdown_table(["Joint error", *parts.JOINT_GROUPS], rows)
    notes = [*overall, f"{frames} labelled frames of {len(videos)} videos. {TABLE_3_NOTE}"]
    return "\n\n".join([table, *notes])


def report_rendered(errors: Mapping[str, JointErrors], silhouettes: Mapping[str, float]) -> Json:
    """Assemble the scores of one rendered video for JSON.

    Parameters
    ----------
    errors : dict of str to JointErrors
        "generic" and "personalized".
    silhouettes : dict of str to float
        Mean J of both.

    Returns
    -------
    dict
        ``{"groups": {"Head": {"generic": px, "personalized": px}, ...}, "silhouettes":
        {"generic": j, "personalized": j}}``.
    """
    return {"groups": _compare(group_errors, [errors]), "silhouettes": silhouettes}


def rendered_table(errors: Mapping[str, JointErrors], silhouettes: Mapping[str, float]) -> str:
    """Lay the scores of one rendered video out as a Markdown table.

    Parameters
    ----------
    errors, silhouettes
        As for `report_rendered`.

    Returns
    -------
    str
    """
    rows = [
        [
            network,
            *(format_score(score, ".1f") for score in group_errors([errors[network]]).values()),
            format_score(silhouettes[network], ".3f"),
        ]
        for network in NETWORKS
    ]
    return markdown_table(
        ["", *(f"{group}, px" for group in parts.JOINT_GROUPS), "silhouette, J"], rows
    )


def _compare(measure, videos):
    measured = {name: measure([video[name] for video in videos]) for name in _networks(videos)}
    return {
        group: {name: or_none(groups[group]) for name, groups in measured.items()}
        for group in parts.JOINT_GROUPS
    }


def _rows(label, by_network, style=".1f"):
    return [
        [
            label.format(network),
            *(format_score(scores[group], style) for group in parts.JOINT_GROUPS),
        ]
        for network, scores in by_network.items()
    ]


def _reductions(errors, generator):
    return [_reduction(errors, group, generator) for group in parts.JOINT_GROUPS]


def _reduction(errors, group, generator):
    share = reduction_interval(
        errors["generic"], errors["personalized"], group, generator=generator
    )
    unknown = math.isnan(share.estimate)
    return "-" if unknown else f"{share.estimate:.0%} ({share.low:.0%} to {share.high:.0%})"


def _overall(videos):
    """Mean error of all joints, written in pixels."""
    return format_score(mean_error(videos), ".1f")
