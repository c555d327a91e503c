"""Options that several commands share, and how they become settings.

Every default is a field of the settings, so that help cannot drift from them.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from personalize.network.settings import DEFAULT_VIEWS, ENGINES, VIEWS
from personalize.settings import AUTO, RunSettings
from personalize.stages.settings import JOINT_RULES

Decorator: TypeAlias = Callable[[Any], Any]
"""What is written over a command."""

RUN = RunSettings()
FILE = click.Path(path_type=Path)
LARGEST = 2048
"""Side of the largest input that the network is given; a window of such frames takes 4 GB."""


def options(*decorators: Decorator) -> Decorator:
    """Join several option decorators into one."""

    def decorate(command):
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


class CanvasSize(click.ParamType):
    """An integer, or the word for a size that a first look chooses."""

    name = "integer or auto"
    whole = click.IntRange(64, LARGEST)

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> int | Literal["auto"]:
        """Return `AUTO` or the integer."""
        return AUTO if value == AUTO else self.whole.convert(value, param, context)


class PersonAt(click.ParamType):
    """A frame and a point in it: FRAME,X,Y."""

    name = "frame,x,y"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, float, float]:
        """Return (frame, x, y): an int and two floats."""
        if isinstance(value, tuple):
            return value
        try:
            number, x, y = value.split(",")
            return int(number), float(x), float(y)
        except ValueError:
            self.fail(f"{value!r} is not a frame and a point in it, such as 0,320.5,180")


weights_option = click.option(
    "--weights", type=FILE, help="Base weights; by default those shipped."
)
device_option = click.option("--device", default="auto", help="auto, cpu, cuda, cuda:1 ...")
seed_option = click.option(
    "--seed", type=click.IntRange(0), default=RUN.seed, help="Of all that is drawn at random."
)
numbers_option = click.option("--json", "report", type=FILE, help="File for the numbers.")

engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    help="What computes the answers of the network: torch anywhere, openvino on CPUs, cuda on a "
    "GPU in half precision; auto takes openvino where it can be had, else torch.",
)

network_options = options(
    weights_option,
    device_option,
    engine_option,
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
        help="Views that a frame is parsed by: 2, mirrored too; 4, larger and smaller too, "
        "in twice the time.",
    ),
)

learning_options = options(
    click.option(
        "--window", type=click.IntRange(1), default=RUN.window, help="Frames to learn from."
    ),
    click.option(
        "--epochs",
        type=click.IntRange(1),
        default=RUN.factor.epochs,
        help="Passes over the frames that are learned from, to learn silhouettes.",
    ),
    click.option(
        "--parts-epochs",
        type=click.IntRange(0),
        default=RUN.self_training.epochs,
        help="Passes over them, to learn parts; 0: silhouettes alone, as in the paper.",
    ),
    click.option(
        "--way",
        type=click.FloatRange(0, 1),
        default=RUN.way,
        help="How much is kept of what the network taught itself about parts, from 0 to 1.",
    ),
    seed_option,
)

source_options = options(
    click.option(
        "--partial", is_flag=True, help="Go on with the frames that decode of a damaged video."
    ),
    click.option(
        "--fps",
        type=float,
        help="Frames a second of a folder of frames, 25 if not given; a video file tells its own.",
    ),
)

person_options = options(
    click.option(
        "--person-at",
        type=PersonAt(),
        multiple=True,
        help="A point on the person that is meant, in pixels from the top left of a frame; again "
        "for more frames. By default whoever is most like one person all the time.",
    ),
)

silhouette_options = options(
    click.option(
        "--silhouettes",
        type=FILE,
        help="Folder of known silhouettes, PNG, named by the number of their frame, from 0 "
        "(the last digits of the name), or like the frames of a folder.",
    ),
)

factor_options = options(
    click.option(
        "--factor",
        help="What finds the person in the window, in the place of the generic network: "
        "background-subtraction, or an installed plug-in.",
    ),
)

joint_options = options(
    click.option(
        "--joints",
        type=click.Choice(JOINT_RULES),
        default=RUN.parse.joints.rule,
        help="How joints are read off the parts; mass is the paper's rule.",
    ),
    click.option("--no-smooth", is_flag=True, help="Leave the joints of every frame by itself."),
)

evaluation_options = options(
    click.option("--videos", help="Only these, separated by commas."),
    click.option("--out", type=FILE, default="evaluation", help="Folder of the runs."),
    numbers_option,
)

asset_options = options(
    click.option("--garments", type=FILE, help="MakeHuman garments, shoes and hair."),
    click.option("--motion", type=FILE, help="Recorded motion: BVH, ASF with AMC, DeepMimic."),
    click.option("--backgrounds", type=FILE, help="Photographs without people."),
    click.option("--panoramas", type=FILE, help="Panoramas in OpenEXR."),
    click.option("--skins", type=FILE, help="Skin pictures of the hm08 base mesh."),
)


def run_settings(
    *, window: int, epochs: int, parts_epochs: int, way: float, seed: int, **parsing: Any
) -> RunSettings:
    """Turn the options of learning and of parsing into settings."""
    return replace(
        parse_settings(**parsing),
        window=window,
        way=way,
        seed=seed,
        factor=replace(RUN.factor, epochs=epochs),
        self_training=replace(RUN.self_training, epochs=parts_epochs),
    )


def parse_settings(
    *,
    size: int | Literal["auto"],
    joints: str = RUN.parse.joints.rule,
    no_smooth: bool = False,
    views: str = DEFAULT_VIEWS,
) -> RunSettings:
    """Turn the options of parsing alone into settings."""
    return replace(
        RUN,
        size=size,
        parse=replace(RUN.parse, views=VIEWS[views], joints=replace(RUN.parse.joints, rule=joints)),
        smooth=replace(RUN.smooth, reach=0) if no_smooth else RUN.smooth,
    )


def names_of(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None if there is none."""
    return [name.strip() for name in text.split(",")] if text else None
