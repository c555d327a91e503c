"""Train a network from samples to weights; stop and go on at any time.

The state is written every few minutes and holds all that the next step depends
on: weights, optimizer and the number of steps done. Everything random is drawn
from the seed and the numbers of step and sample.
"""

import csv
import dataclasses
import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Dataset

from personalize.datasets.samples import MeasuredSample
from personalize.errors import PersonalizeError, SettingsError, WorkspaceError, is_out_of_memory
from personalize.network.checkpoints import load_network, save_base
from personalize.network.registry import has_factor, make_network, name_of
from personalize.network.settings import FACTORED
from personalize.storage.atomic import atomic_write, make_folder
from personalize.training.compose.composer import Batch, Composer
from personalize.training.curves import draw_curves
from personalize.training.freezing import reestimate_statistics
from personalize.training.loop import (
    Losses,
    learning_rate,
    make_optimizer,
    setting_of_step,
    share_done,
    step_generator,
    train_step,
)
from personalize.training.settings import TrainingSettings
from personalize.training.validation import validate
from personalize.types import PathLike, Wrap

STATE = "state.pt"
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
CLEAN_BATCHES = 12  # for the statistics of the aggregation module
MUST_STAY = ("network", "optimizer", "seed")
"""Settings that the saved state depends on; the others may differ when a training goes on."""


@dataclass
class TrainingState:
    """A training under way; changed in place by every step.

    Attributes
    ----------
    network : torch.nn.Module
        Any of `registry.CLASSES`.
    optimizer : torch.optim.Optimizer
    mean : torch.optim.swa_utils.AveragedModel or None
        The weights of the last steps, averaged.
    seen : int
        Samples seen.
    hours : float
        Time spent in steps and checkpoints before `began`.
    began : float
        When the clock was read last (`time.monotonic`).
    """

    network: nn.Module
    optimizer: torch.optim.Optimizer
    mean: AveragedModel | None = None
    seen: int = 0
    hours: float = 0.0
    began: float = dataclasses.field(default_factory=time.monotonic)

    @property
    def minutes(self) -> float:
        """Time spent in steps and checkpoints, until now."""
        return 60 * self.hours + (time.monotonic() - self.began) / 60

    @property
    def kept(self) -> nn.Module:
        """The network that is measured and written: the mean, if there is one."""
        return self.network if self.mean is None else self.mean.module


def train(
    root: PathLike,
    samples: Composer,
    validation: Sequence[MeasuredSample],
    settings: TrainingSettings,
    *,
    start: PathLike | None = None,
    device: str | torch.device = "cpu",
    workers: int = 1,
    minutes: float = 5.0,
    compiled: bool = False,
    bfloat16: bool = False,
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
    start : path-like, optional
        Base weights that a new training starts from, instead of random ones.
    device : str
    workers : int
        Processes that compose samples on a CPU; a GPU composes its own.
    minutes : float
        Time between checkpoints.
    compiled : bool
        Compile the modules first: the fused steps of a CPU take half the time.
    bfloat16 : bool
        Compute steps, not measures, in half of the digits where that is safe (autocast).
    progress : callable

    Returns
    -------
    torch.nn.Module
        The network of `settings.network`, averaged if settings say so, in evaluation mode.

    Raises
    ------
    SettingsError
        If the state in `root` was made with another recipe, `start` holds another network,
        there are too few samples for a step, or the processor does not know bfloat16.
    """
    if settings.samples < settings.batch:
        raise SettingsError(
            f"{settings.samples} samples are less than one step of {settings.batch}; raise "
            f"--samples"
        )
    if bfloat16 and not knows_bfloat16(device):
        raise SettingsError(
            "this processor does not know bfloat16, and would take several times as long with it; "
            "leave out --bfloat16"
        )
    root = Path(root)
    make_folder(root)
    state = resume(root, settings, start, device)
    if torch.device(device).type == "cuda":  # a CPU is slower so
        for network in filter(None, (state.network, state.mean)):
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if compiled:
        compile_modules(state.network)
    steps = range(state.seen // settings.batch, settings.samples // settings.batch)
    losses, measured = [], state.minutes
    precision = torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bfloat16)
    for step, batch in zip(
        progress(steps), composed(samples, steps, settings.batch, workers, device)
    ):
        with precision:
            losses.append(advance(state, step, batch, settings))
        over = step == steps.stop - 1 or time_is_over(state, settings)
        if over or state.minutes - measured > minutes:
            checkpoint(root, state, samples, validation, losses, settings, device)
            losses, measured = [], state.minutes
        if over:
            break
    return state.kept.eval()


def time_is_over(state: TrainingState, settings: TrainingSettings) -> bool:
    """Whether the training has taken the time that it has."""
    return 0 < settings.minutes_total <= state.minutes


class Batches(Dataset[Batch]):
    """Composed batches by the number of the step, for processes that compose them.

    Parameters
    ----------
    samples : Composer
    steps : range
    size : int
        Samples of a batch.
    """

    def __init__(self, samples: Composer, steps: Sequence[int], size: int) -> None:
        self.samples, self.steps, self.size = samples, steps, size

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> Batch:
        first = self.steps[number] * self.size
        return self.samples.compose(range(first, first + self.size))


def composed(
    samples: Composer, steps: Sequence[int], size: int, workers: int, device: str | torch.device
) -> Iterator[Batch]:
    """Yield the batch of every step: images (B, 3, S, S) float32 in [0, 1], parts and person, on
    the device.
    """
    workers = workers if torch.device(device).type == "cpu" else 0
    for images, *labels in DataLoader(
        Batches(samples, steps, size), batch_size=None, num_workers=workers
    ):
        yield to_floats(images, device), *(label.to(device) for label in labels)


def to_floats(images: Tensor, device: str | torch.device) -> Tensor:
    """Bring images (B, 3, S, S) uint8 to a device as float32 in [0, 1], laid out as it likes them
    best.
    """
    images = images.to(device).float() / 255
    on_gpu = images.device.type == "cuda"
    return images.contiguous(memory_format=torch.channels_last) if on_gpu else images


def knows_bfloat16(device: str | torch.device) -> bool:
    """Whether a device computes in bfloat16 itself; where torch cannot tell, it may be tried."""
    if torch.device(device).type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return True
    return any(there for name, there in torch.cpu.get_capabilities().items() if "bf16" in name)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from a seed what knows no generator, and leave the caller's random state as it was."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def advance(state: TrainingState, step: int, batch: Batch, settings: TrainingSettings) -> Losses:
    """Take one step; return its `Losses`."""
    done = share_done(state.seen, state.minutes, settings)
    setting = setting_of_step(step, done, settings)
    for group in state.optimizer.param_groups:
        group["lr"] = learning_rate(state.seen, done, settings)
    generator = step_generator(settings.seed, step)
    with seeded(int(torch.randint(2**31, (), generator=generator))):  # dropout knows no generator
        losses = train_step(state.network, state.optimizer, batch, setting, settings, generator)
    if state.mean is not None:
        state.mean.update_parameters(state.network)
    state.seen += len(batch[0])
    return losses


def resume(
    root: Path, settings: TrainingSettings, start: PathLike | None, device: str | torch.device
) -> TrainingState:
    """Return the state in a folder, or a new one if there is none."""
    with seeded(settings.seed):
        network = begin(start, settings.network, device)
    set_dropout(network, settings.dropout)
    mean = average_of(network, settings) if settings.averaging else None
    state = TrainingState(network, make_optimizer(network, settings), mean)
    if not (root / STATE).exists():
        return state
    with state_errors(root / STATE):
        saved = torch.load(root / STATE, map_location=device, weights_only=True)
        check_recipe(root, saved["settings"], settings)
        network.load_state_dict(saved["network"])
        state.optimizer.load_state_dict(saved["optimizer"])
        if mean is not None and "mean" in saved:
            mean.load_state_dict(saved["mean"])
        state.seen, state.hours = int(saved["seen"]), float(saved["hours"])
    return state


@contextmanager
def state_errors(path: Path) -> Iterator[None]:
    """Turn the many ways in which a state can be damaged into one sentence.

    Raises
    ------
    WorkspaceError
    """
    try:
        yield
    except PersonalizeError:
        raise
    except Exception as error:  # of pickles that were refused, archives, names, shapes, types
        if is_out_of_memory(error):
            raise
        raise WorkspaceError(
            f"{path}: is damaged, or of another program ({type(error).__name__}); remove it to"
            " begin this training anew, or choose another folder"
        ) from error


def begin(start: PathLike | None, name: str, device: str | torch.device) -> nn.Module:
    """Return the network of a name with random weights, or with those of a base file."""
    if start is None:
        return make_network(name).to(device)
    network, _ = load_network(start, str(device))
    if name_of(network) != name:
        raise SettingsError(
            f"{start}: holds the network {name_of(network)}, and {name} is to be trained; give "
            f"--network {name_of(network)} or other weights to start from"
        )
    return network


def average_of(network: nn.Module, settings: TrainingSettings) -> AveragedModel:
    """Return the running mean of a network: plain at first, then of the last `averaging` images."""
    steps = max(settings.averaging // settings.batch, 1)

    @torch.no_grad()
    def follow(means, values, count):
        share = max(1 / steps, 1 / (count.item() + 1))
        if means[0].is_floating_point():  # all of a call are alike
            torch._foreach_lerp_(means, values, share)
        else:
            torch._foreach_copy_(means, values)

    return AveragedModel(network, multi_avg_fn=follow, use_buffers=True)


def compile_modules(network: nn.Module) -> None:
    """Fuse the operations of each module that a step calls; weights and their names stay."""
    if not has_factor(network):
        network.compile()
        return
    network.features = torch.compile(network.features)  # type: ignore[method-assign]
    network.factored.compile()
    network.aggregation.compile()


def set_dropout(network: nn.Module, strength: float) -> None:
    """Multiply the probabilities with which a network drops channels in training."""
    for module in network.modules():
        if isinstance(module, (nn.Dropout, nn.Dropout2d)):
            module.p *= strength


def check_recipe(root: Path, saved: str, settings: TrainingSettings) -> None:
    """Raise SettingsError if a state was made with settings that must not change on the way."""
    before = {"network": FACTORED, **json.loads(saved)}  # older states do not say
    wanted = json.loads(settings_json(settings))
    other = [name for name in MUST_STAY if before[name] != wanted[name]]
    if other:
        raise SettingsError(
            f"{root}: this training was begun with other {', '.join(other)}; "
            "use the same recipe or another folder"
        )


def checkpoint(
    root: Path,
    state: TrainingState,
    samples: Composer,
    validation: Sequence[MeasuredSample],
    losses: Sequence[Losses],
    settings: TrainingSettings,
    device: str | torch.device,
) -> None:
    """Measure, and write the state, the weights and one line of the log."""
    now = time.monotonic()
    state.hours, state.began = state.hours + (now - state.began) / 3600, now
    saved = {
        "network": state.network.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "seen": state.seen,
        "hours": state.hours,
        "settings": settings_json(settings),
    }
    if state.mean is not None:
        saved["mean"] = state.mean.state_dict()
    with atomic_write(root / STATE, durable=True) as partial:
        torch.save(saved, partial)
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


def mean_of_known(values: Iterable[Any]) -> float:
    """Return the mean of the values, floats or () tensors, that are not NaN; NaN if none is."""
    known = [value for value in map(float, values) if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def settings_json(settings: TrainingSettings) -> str:
    """Return settings as JSON."""
    return json.dumps(dataclasses.asdict(settings))


def clean_images(samples: Composer, batch: int, device: str | torch.device) -> Iterator[Tensor]:
    """Yield batches of images as they are trained on, the first of the set."""
    for images, *_ in composed(samples, range(CLEAN_BATCHES), batch, 0, device):
        yield images


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Add one line to a CSV log, with a head if it is new."""
    new = not path.exists()
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, LOG_FIELDS)
        if new:
            writer.writeheader()
        writer.writerow({name: round(line[name], 4) for name in LOG_FIELDS})
