"""Fit where joints are beside the centres of their parts, on half of the videos, and check on the
other.

    python -m benchmarks.joint_rule YOUTUBE_POSE [--jhmdb J-HMDB] [--weights FILE] [--step 2]

The generic network parses every `--step`-th labelled frame once. Joints before any offset are
linear in the offsets (`JointSettings`: face, bend, lift), so that these are fitted in a moment,
to the least mean error; each half of the videos is fitted and checked on the other. With J-HMDB,
whose frames follow each other, mean errors by the reach and the width of smoothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from personalize.datasets.jhmdb import LabelledClip
    from personalize.datasets.youtube_pose import LabelledVideo
    from personalize.network.engines.interface import Engine
    from personalize.settings import RunSettings
    from personalize.types import Array

    Offsets = Sequence[float] | Array

HEAD, WRISTS, ELBOWS, SHOULDERS = 0, (1, 2), (3, 4), (5, 6)
REACHES = ((0, 2.0), (2, 1.0), (4, 1.5), (4, 2.0), (6, 2.0), (6, 3.0), (8, 4.0))


def raw_joints(
    video: LabelledVideo, network: Engine, settings: RunSettings, step: int
) -> dict[str, Array]:
    """Locate the joints of some labelled frames, before any offset.

    Parameters
    ----------
    video : LabelledVideo
    network : Engine
    settings : RunSettings
    step : int
        Every `step`-th labelled frame is parsed.

    Returns
    -------
    dict of str to (N, 7, 2) float array
        "upper", with the head at the centre of its upper half, "lower", at that of its lower
        half, and "truth"; pixels of the source.
    """
    from personalize.media.video import open_source
    from personalize.procedures.tracking import find_track
    from personalize.stages.parse import Parser
    from personalize.stages.parsed_frame import read_off

    track = find_track(open_source(video.images[0].parent), network, settings)
    parser = Parser(network, track, settings.parse).always()
    labels = range(step // 2, len(video), step)
    found: dict[str, list[Array]] = {"upper": [], "lower": []}
    found["truth"] = [video.xy[label] for label in labels]
    for _, result in parser.frames(map(video.read_frame, labels), numbers=labels):
        maps = result.person, result.parts, result.silhouette, result.framing
        for name, face in (("upper", 0.0), ("lower", 1.0)):
            plain = replace(parser.settings.joints, bend=(0.0, 0.0), lift=0.0, face=face)
            found[name].append(read_off(*maps, plain).xy[:7])
    return {name: np.array(points) for name, points in found.items()}


def offset(raw: Mapping[str, Array], numbers: Offsets) -> Array:
    """Joints (N, 7, 2) with offsets: face, two of bend, lift."""
    face, near_shoulder, near_wrist, lift = numbers
    xy = raw["upper"].copy()
    xy[:, HEAD] = (1 - face) * raw["upper"][:, HEAD] + face * raw["lower"][:, HEAD]
    for wrist, elbow, shoulder in zip(WRISTS, ELBOWS, SHOULDERS):
        joint = raw["upper"][:, elbow]
        xy[:, elbow] += near_shoulder * (joint - raw["upper"][:, shoulder])
        xy[:, elbow] += near_wrist * (joint - raw["upper"][:, wrist])
    shoulders = list(SHOULDERS)
    middle = raw["upper"][:, shoulders].mean(axis=1)
    xy[:, shoulders] += lift * (xy[:, HEAD] - middle)[:, None]
    return xy


def errors(raw: Mapping[str, Array], numbers: Offsets) -> Array:
    """Errors (N, 7) in pixels."""
    return np.linalg.norm(offset(raw, numbers) - raw["truth"], axis=-1)


def fit(videos: Sequence[Mapping[str, Array]], start: Offsets) -> Array:
    """The offsets of least mean error over all frames of some videos."""

    def cost(numbers: Offsets) -> float:
        return np.mean([errors(raw, numbers).mean() for raw in videos])

    return minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-4}).x


def in_words(numbers: Offsets) -> str:
    """The offsets in words."""
    face, near_shoulder, near_wrist, lift = numbers
    return f"face {face:.2f}, bend {near_shoulder:.3f} and {near_wrist:.3f}, lift {lift:.3f}"


def smoothing_table(clips: Iterable[LabelledClip], network: Engine, settings: RunSettings) -> Array:
    """Measure joint errors by the reach and the width of smoothing.

    Parameters
    ----------
    clips : iterable of K LabelledClip
        Of J-HMDB.
    network : Engine
    settings : RunSettings

    Returns
    -------
    (K, len(REACHES)) float array
        Mean error of each clip, in pixels.
    """
    from personalize import parts
    from personalize.media.video import open_source
    from personalize.procedures.tracking import find_track
    from personalize.stages.parse import Parser
    from personalize.stages.smooth import smooth_joints

    means: list[list[float]] = []
    for clip in clips:
        source, truth = open_source(clip.path), clip.read_joints(parts.UPPER_BODY_JOINTS)
        track = find_track(source, network, settings)
        parsed = [
            (None, replace(result, parts=None, person=None))  # type: ignore[arg-type]  # memory
            for _, result in Parser(network, track, settings.parse).always().frames(source)
        ]
        means.append([])
        for reach, width in REACHES:
            smoothing = replace(settings.smooth, reach=reach, width=width)
            smooth = smooth_joints(parsed, settings=smoothing) if reach else parsed
            xy = np.array([result.xy[:7] for _, result in smooth])
            means[-1].append(np.linalg.norm(xy - truth, axis=-1).mean())
    return np.array(means)


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.option("--jhmdb", type=click.Path(path_type=Path))
@click.option("--weights", type=click.Path(path_type=Path))
@click.option("--step", default=2, show_default=True)
def main(root: Path, jhmdb: Path | None, weights: Path | None, step: int) -> None:
    """Fit the offsets of joints on half of the videos in ROOT, and check them on the other."""
    from personalize.commands.loading import load_base
    from personalize.datasets.jhmdb import clips
    from personalize.datasets.youtube_pose import videos
    from personalize.settings import RunSettings

    settings, network = RunSettings(), load_base(weights, "auto").network
    raw = [raw_joints(video, network, settings, step) for video in videos(root)]
    joints = settings.parse.joints
    today = (joints.face, *joints.bend, joints.lift)
    halves = raw[::2], raw[1::2]
    for name, learned, checked in (("even", *halves), ("odd", *halves[::-1])):
        fitted = fit(learned, today)
        scores = [
            np.mean([errors(one, numbers).mean() for one in checked]) for numbers in (today, fitted)
        ]
        print(
            f"{name} videos ask for {in_words(fitted)}; the others: {scores[0]:.2f} px as it is, "
            f"{scores[1]:.2f} by that"
        )
    everything = fit(raw, today)
    print(f"all videos ask for {in_words(everything)}")
    for numbers in (today, everything):
        groups = np.mean([errors(one, numbers).mean(axis=0) for one in raw], axis=0)
        print(
            f"{in_words(numbers)}: head {groups[0]:.2f}, wrists {groups[1:3].mean():.2f}, elbows "
            f"{groups[3:5].mean():.2f}, shoulders {groups[5:].mean():.2f}, all {groups.mean():.2f} "
            f"px"
        )
    if jhmdb:
        means = smoothing_table(clips(jhmdb), network, settings)
        for (reach, width), column in zip(REACHES, means.T):
            print(
                f"smoothing over {reach} frames, width {width}: {column.mean():.2f} px, median of "
                f"the clips {np.median(column):.2f}"
            )


if __name__ == "__main__":
    main()
