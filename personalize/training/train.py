"""Train a network from samples to weights; stop and go on at any time.

The state is written every few minutes and holds all that the next step depends
on: weights, optimizer and the number of steps done. Everything random is drawn
from the seed and the numbers of step and sample.
"""

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import nn

from personalize.datasets.samples import MeasuredSample
from personalize.errors import SettingsError
from personalize.network.checkpoints import save_base
from personalize.network.registry import has_factor, make_network
from personalize.storage.atomic import make_folder
from personalize.training.batches import clean_images, composed
from personalize.training.compose.composer import Batch, Composer
from personalize.training.curves import draw_curves
from personalize.training.freezing import reestimate_statistics
from personalize.training.loop import (
    Losses,
    learning_rate,
    seeded,
    setting_of_step,
    share_done,
    step_generator,
    train_step,
)
from personalize.training.settings import Machine, TrainingSettings
from personalize.training.state import TrainingState, resume, save_state, settings_json
from personalize.training.validation import validate
from personalize.types import PathLike, Wrap

LOG = "log.csv"
CURVES = "curves.png"
WEIGHTS = "base.safetensors"
LOG_FIELDS = (
    "samples",
    "hours",
    "parts_loss",
    "person_loss",
    "parts_iou",
    "parts_accuracy",
    "person_iou",
)


def train(
    root: PathLike,
    samples: Composer,
    validation: Sequence[MeasuredSample],
    settings: TrainingSettings,
    machine: Machine = Machine(),
    *,
    start: PathLike | None = None,
    progress: Wrap = iter,
) -> nn.Module:
    """Train until `settings.samples` have been seen, or the time is over, from the last state in
    `root` if there is one.

    Parameters
    ----------
    root : path-like
        Folder of the state, the log, and the weights.
    samples : Composer
        On the same device; the training's batches are what its `compose` returns.
    validation : sequence of (image, parts, person)
        Samples that are only measured.
    settings : TrainingSettings
    machine : Machine
    start : path-like, optional
        Base weights that a new training starts from, instead of random ones.
    progress : callable

    Returns
    -------
    torch.nn.Module
        The network of `settings.network`, averaged if the settings ask for it, in evaluation mode.

    Raises
    ------
    SettingsError
        If the state in `root` was made with another recipe, `start` holds another network,
        there are too few samples for a step, the processor does not compute in bfloat16, or the
        training diverges.
    """
    if settings.samples < settings.batch:
        raise SettingsError(
            f"{settings.samples} samples are less than one step of {settings.batch}; raise "
            f"--samples"
        )
    if machine.bfloat16 and not knows_bfloat16(machine.device):
        raise SettingsError(
            "this processor does not know bfloat16, and would take several times as long with it; "
            "leave out --bfloat16"
        )
    root, device = Path(root), machine.device
    make_folder(root)
    state = resume(root, settings, start, device)
    if torch.device(device).type == "cuda":  # a CPU is slower so
        for network in filter(None, (state.network, state.mean)):
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if machine.compiled:
        compile_modules(state.network)
    steps = range(state.seen // settings.batch, settings.samples // settings.batch)
    losses, measured = [], state.minutes
    precision = torch.autocast(torch.device(device).type, torch.bfloat16, enabled=machine.bfloat16)
    for step, batch in zip(
        progress(steps), composed(samples, steps, settings.batch, machine.workers, device)
    ):
        with precision:
            losses.append(advance(state, step, batch, settings))
        over = step == steps.stop - 1 or time_is_over(state, settings)
        if over or state.minutes - measured > machine.minutes:
            checkpoint(root, state, samples, validation, losses, settings, device)
            losses, measured = [], state.minutes
        if over:
            break
    return state.kept.eval()


def time_is_over(state: TrainingState, settings: TrainingSettings) -> bool:
    """Whether the time of the training is over."""
    return 0 < settings.minutes_total <= state.minutes


def knows_bfloat16(device: str | torch.device) -> bool:
    """Whether a device computes in bfloat16; True where torch does not say."""
    if torch.device(device).type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return True
    return any(there for name, there in torch.cpu.get_capabilities().items() if "bf16" in name)


def advance(state: TrainingState, step: int, batch: Batch, settings: TrainingSettings) -> Losses:
    """Take one step; the state is changed in place.

    Parameters
    ----------
    state : TrainingState
    step : int
        Its number, from which all that is random in it is drawn.
    batch : Batch
        On the device of the network, images in [0, 1].
    settings : TrainingSettings

    Returns
    -------
    Losses
    """
    done = share_done(state.seen, state.minutes, settings)
    setting = setting_of_step(step, done, settings)
    for group in state.optimizer.param_groups:
        group["lr"] = learning_rate(state.seen, done, settings)
    generator = step_generator(settings.seed, step)
    with seeded(int(torch.randint(2**31, (), generator=generator))):  # dropout takes no generator
        losses = train_step(state.network, state.optimizer, batch, setting, settings, generator)
    if state.mean is not None:
        state.mean.update_parameters(state.network)
    state.seen += len(batch[0])
    return losses


def compile_modules(network: nn.Module) -> None:
    """Fuse the operations of each module that a step calls; weights and their names stay."""
    if not has_factor(network):
        network.compile()
        return
    network.features = torch.compile(network.features)  # type: ignore[method-assign]
    network.factored.compile()
    network.aggregation.compile()


def checkpoint(
    root: Path,
    state: TrainingState,
    samples: Composer,
    validation: Sequence[MeasuredSample],
    losses: Sequence[Losses],
    settings: TrainingSettings,
    device: str | torch.device,
) -> None:
    """Measure, and write the state, the weights, one line of the log and the curves.

    Parameters
    ----------
    root : Path
        Gets `STATE`, `WEIGHTS`, `LOG` and, if matplotlib is there, `CURVES`.
    state : TrainingState
    samples : Composer
        The statistics of the aggregation module are measured on its first batches.
    validation : sequence of (image, parts, person)
        As for `validation.validate`.
    losses : sequence of Losses
        Of the steps since the last checkpoint.
    settings : TrainingSettings
    device : str or torch.device

    Raises
    ------
    SettingsError
        If the training has diverged; nothing is written then.
    WorkspaceError
        If the disk refuses.
    """
    if not is_finite(state.network):
        raise SettingsError(
            f"{root}: after {state.seen} images the training has diverged: its weights are not "
            "finite; what was saved before is kept, and the same command goes on from there; try a "
            "lower --learning-rate, or leave out --bfloat16, which with --compile fails on some "
            "processors"
        )
    save_state(root, state, settings)
    network = make_network(settings.network).to(device)
    network.load_state_dict(state.kept.state_dict())
    reestimate_statistics(network, clean_images(samples, settings.batch, device))
    line = {
        "samples": state.seen,
        "hours": round(state.hours, 3),
        "parts_loss": mean_of_known(loss.parts for loss in losses),
        "person_loss": mean_of_known(loss.person for loss in losses),
        **validate(network, validation, settings.batch, device),
    }
    save_base(network, root / WEIGHTS, {**line, "recipe": json.loads(settings_json(settings))})
    append_line(root / LOG, line)
    if find_spec("matplotlib"):  # of the extra `training`; without it the log has to do
        draw_curves(root / LOG, root / CURVES)


def is_finite(network: nn.Module) -> bool:
    """Whether all weights and statistics of a network are finite."""
    return all(bool(values.isfinite().all()) for values in network.state_dict().values())


def mean_of_known(values: Iterable[Any]) -> float:
    """Return the mean of the values, floats or () tensors, that are not NaN; NaN if none is."""
    known = [value for value in map(float, values) if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Add one line to a CSV log, with a head if it is new."""
    new = not path.exists()
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, LOG_FIELDS)
        if new:
            writer.writeheader()
        writer.writerow({name: round(line[name], 4) for name in LOG_FIELDS})
