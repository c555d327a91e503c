"""The state of a training: all that its next step depends on, kept in one file."""

import dataclasses
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from personalize.errors import PersonalizeError, SettingsError, WorkspaceError, is_out_of_memory
from personalize.network.checkpoints import load_network
from personalize.network.registry import make_network, name_of
from personalize.network.settings import FACTORED
from personalize.storage.atomic import atomic_write
from personalize.training.loop import (
    make_optimizer,
    seeded,
)
from personalize.training.settings import TrainingSettings
from personalize.types import PathLike

STATE = "state.pt"
Together: TypeAlias = tuple[Tensor, ...] | list[Tensor]
"""Weights that are averaged in one call."""
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


def resume(
    root: Path, settings: TrainingSettings, start: PathLike | None, device: str | torch.device
) -> TrainingState:
    """Return the state in a folder, or a new one if there is none.

    Parameters
    ----------
    root : Path
        The folder of a training.
    settings : TrainingSettings
    start : path-like or None
        Base weights that a new training starts from, instead of random ones.
    device : str or torch.device

    Returns
    -------
    TrainingState

    Raises
    ------
    SettingsError
        If the state was made with another recipe, or `start` holds another network.
    WorkspaceError
        If the state is damaged.
    """
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


def save_state(root: Path, state: TrainingState, settings: TrainingSettings) -> None:
    """Write a state into a folder, whole or not at all; its clock is read.

    Parameters
    ----------
    root : Path
    state : TrainingState
        Its `hours` and `began` are brought to now.
    settings : TrainingSettings
        Written beside it, so that another recipe is refused.

    Raises
    ------
    WorkspaceError
        If the disk refuses.
    """
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


def begin(start: PathLike | None, name: str, device: str | torch.device) -> nn.Module:
    """Return the network of a name, to be trained.

    Parameters
    ----------
    start : path-like or None
        A base file with its weights; random ones without it.
    name : str
        One of `settings.NETWORKS`.
    device : str or torch.device

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    SettingsError
        If the file holds another network.
    """
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
    """Return the running mean of a network: of all images, then of the last `averaging` ones."""
    steps = max(settings.averaging // settings.batch, 1)

    @torch.no_grad()
    def follow(means: Together, values: Together, count: Tensor | int) -> None:
        share = max(1 / steps, 1 / (int(count) + 1))
        if means[0].is_floating_point():  # all of a call are alike
            torch._foreach_lerp_(means, values, share)
        else:
            torch._foreach_copy_(means, values)

    return AveragedModel(network, multi_avg_fn=follow, use_buffers=True)


def set_dropout(network: nn.Module, strength: float) -> None:
    """Multiply the probabilities with which a network drops channels in training."""
    for module in network.modules():
        if isinstance(module, (nn.Dropout, nn.Dropout2d)):
            module.p *= strength


def check_recipe(root: Path, saved: str, settings: TrainingSettings) -> None:
    """Refuse to go on with a state that was made with settings that must not change on the way.

    Parameters
    ----------
    root : Path
        Its folder, for the message.
    saved : str
        Its settings, from `settings_json`.
    settings : TrainingSettings
        What is asked for now.

    Raises
    ------
    SettingsError
        If one of `MUST_STAY` differs.
    """
    before = {"network": FACTORED, **json.loads(saved)}  # older states do not name it
    wanted = json.loads(settings_json(settings))
    other = [name for name in MUST_STAY if before[name] != wanted[name]]
    if other:
        raise SettingsError(
            f"{root}: this training was begun with other {', '.join(other)}; "
            "use the same recipe or another folder"
        )


def settings_json(settings: TrainingSettings) -> str:
    """Return settings as JSON."""
    return json.dumps(dataclasses.asdict(settings))
