"""Options that several commands share, and how they become settings.

Every default is a field of the settings, so that help cannot drift from them.
"""

from __future__ import annotations

from pathlib import Path

import click

from personalize.commands.given import GIVEN
from personalize.commands.groups import Computing, Opening, Places, Sharing, grouped, options
from personalize.commands.parameter_types import FILE, MOMENT, CanvasSize, PersonAt
from personalize.commands.run_settings import CONFIGURED, RUN
from personalize.exports.formats import FORMATS
from personalize.network.device import check_device
from personalize.network.settings import DEFAULT_VIEWS, ENGINES, VIEWS
from personalize.output.settings import OVERLAYS
from personalize.procedures.settings import LOCAL, PIECE
from personalize.settings import LEARN_FROM
from personalize.stages.settings import JOINT_RULES, KEEPS


def _configure(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    from personalize.commands.settings_file import read_settings

    if value:
        context.meta[CONFIGURED] = read_settings(value)


def _known_device(context: click.Context, parameter: click.Parameter, value: str) -> str:
    check_device(value)
    return value


config_option = click.option(
    "--config",
    type=FILE,
    callback=_configure,
    expose_value=False,
    help="TOML file with settings, as `personalize config` prints them; options take precedence.",
)


weights_option = click.option(
    "--weights", type=GIVEN, help="Base weights; by default those shipped."
)
device_option = click.option(
    "--device",
    default="auto",
    callback=_known_device,
    help="auto, cpu, cuda, cuda:1 ...",
)
seed_option = click.option(
    "--seed", type=click.IntRange(0), default=RUN.seed, help="Seed of all random numbers."
)
numbers_option = click.option(
    "--json", "report", type=FILE, help="File for the results as JSON; - for standard output."
)

engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    help="What computes the answers of the network: torch anywhere, openvino on CPUs, cuda on a "
    "GPU in half precision; auto takes openvino where it is available, else torch.",
)

workers_option = click.option(
    "--workers",
    type=click.IntRange(0),
    default=RUN.workers,
    help="Threads for the work on frames; 0: one a core. Results are the same with any number.",
)

computing_options = grouped("computing", Computing, weights_option, device_option, engine_option)

network_options = options(
    config_option,
    computing_options,
    click.option(
        "--size",
        type=CanvasSize(),
        default=RUN.size,
        help="Pixels that the network looks at: as many as a square of this side has. Larger "
        "shows it smaller people, and takes longer; auto crops to the person and fits "
        "the size to them.",
    ),
    click.option(
        "--views",
        type=click.Choice(list(VIEWS)),
        default=DEFAULT_VIEWS,
        help="Views of a frame that are averaged: 2, also mirrored; 4, also larger and smaller, in "
        "twice the time.",
    ),
    workers_option,
)

learning_options = options(
    click.option(
        "--window", type=click.IntRange(1), default=RUN.window, help="Frames to learn from."
    ),
    click.option(
        "--learn-from",
        type=click.Choice(LEARN_FROM),
        default=RUN.learn_from,
        help="window: frames in a row, as in the paper; spread: as many in short stretches all "
        "over the video, which show the person in every size and at every time.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(1),
        default=RUN.factor.epochs,
        help="Passes over the learned frames to learn silhouettes.",
    ),
    click.option(
        "--parts-epochs",
        type=click.IntRange(0),
        default=RUN.self_training.epochs,
        help="Passes over the learned frames to learn parts; 0: only silhouettes, as in the paper.",
    ),
    click.option(
        "--way",
        type=click.FloatRange(0, 1),
        default=RUN.way,
        help="Share of what the network taught itself about parts that is kept, from 0 to 1.",
    ),
    click.option(
        "--keep",
        type=click.Choice(KEEPS),
        default=RUN.verdict.keep,
        help="What is kept of what was learned: auto, by the evidence of frames held out; "
        "personal, all; generic, nothing.",
    ),
    seed_option,
)

stretch_options = options(
    click.option("--start", type=MOMENT, help="First frame to use, or seconds, as 12.5s."),
    click.option("--end", type=MOMENT, help="First frame after the stretch, or seconds."),
)

source_options = grouped(
    "opening",
    Opening,
    stretch_options,
    click.option(
        "--partial", is_flag=True, help="Use the frames of a damaged video that can be decoded."
    ),
    click.option(
        "--fps",
        type=float,
        help="Frames per second of a folder of frames, by default 25; a video file has its own.",
    ),
)

place_options = grouped(
    "places",
    Places,
    click.option(
        "--centre",
        type=MOMENT,
        help="Frame in the middle of the window, or seconds, as 12.5s; by default the video's, "
        "unless others show more of the person.",
    ),
    click.option(
        "--window-from",
        type=MOMENT,
        help="First frame that is learned from, or seconds: the window begins there.",
    ),
    click.option(
        "--window-to",
        type=MOMENT,
        help="First frame that is not learned from any more, or seconds: the window ends there.",
    ),
)
person_options = options(
    click.option(
        "--person-at",
        type=PersonAt(),
        multiple=True,
        help="A point on the person to follow, in pixels from the top left of a frame; may be "
        "given for several frames. By default the person who is seen best throughout the video.",
    ),
)
dry_option = click.option(
    "--dry-run",
    is_flag=True,
    help="Show window, frames, canvas, time and disk of the run, and do nothing.",
)

silhouette_options = options(
    click.option(
        "--silhouettes",
        type=GIVEN,
        help="Folder of known silhouettes, PNG, named by the number of their frame, from 0 "
        "(the last digits of the name), or like the frames of a folder.",
    ),
)

landmarks_option = click.option(
    "--landmarks",
    type=GIVEN,
    help="Landmarks of a pose estimator, by which parts are learned: .npz, COCO .json, or a folder "
    "of OpenPose; docs/guide/teacher.md describes their form.",
)

factor_options = options(
    click.option(
        "--factor",
        help="What finds the person in the window, instead of the generic network: "
        "background-subtraction, or an installed plug-in.",
    ),
)

overlay_option = click.option(
    "--overlay",
    type=click.Choice(OVERLAYS),
    default=RUN.overlay.style,
    help="What overlay.mp4 shows of the person; none: no overlay.mp4.",
)

joint_options = options(
    click.option(
        "--joints",
        type=click.Choice(JOINT_RULES),
        default=RUN.parse.joints.rule,
        help="How joints are read off the parts; mass is the paper's rule.",
    ),
    click.option("--no-smooth", is_flag=True, help="Do not smooth joints along time."),
)

ray_options = options(
    click.option(
        "--ray",
        is_flag=False,
        flag_value=LOCAL,
        metavar="[ADDRESS]",
        help="Compute on the Ray cluster at ADDRESS (auto, HOST:PORT, ray://HOST:PORT); without "
        "one, in several processes of this machine.",
    ),
    click.option(
        "--cores",
        type=click.IntRange(1),
        default=1,
        help="With --ray: cores for each video, or piece of one.",
    ),
)
piece_options = grouped(
    "sharing",
    Sharing,
    ray_options,
    click.option(
        "--piece",
        type=click.IntRange(1),
        default=PIECE,
        help="With --ray: frames that one process parses; results are the same with any number.",
    ),
)

export_option = click.option(
    "--export",
    type=click.Choice(list(FORMATS)),
    multiple=True,
    metavar="FORMAT",
    help="Write the results in this format, too, as `personalize export` does; may be given "
    "several times.",
)

evaluation_options = options(
    click.option("--videos", help="Only these, separated by commas."),
    click.option("--out", type=FILE, default="evaluation", help="Folder of the runs."),
    numbers_option,
)


def names_of(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None if there is none."""
    return [name.strip() for name in text.split(",")] if text else None
