"""The command line: options become settings, errors become sentences, stages get bars.

Nothing is computed here. Heavy imports stand inside the commands, so that help
is instant. Results go to stdout, all else to stderr. Exit codes: 0 done,
1 failed, 2 misuse, 3 a batch in which some failed, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from personalize import __version__
from personalize.commands.average import average
from personalize.commands.batch import batch
from personalize.commands.check import check
from personalize.commands.config import config
from personalize.commands.datasets import datasets
from personalize.commands.doctor import doctor
from personalize.commands.evaluate import evaluate
from personalize.commands.experiment.group import experiment
from personalize.commands.export import export
from personalize.commands.help import Sections
from personalize.commands.label import label
from personalize.commands.learn import learn
from personalize.commands.live import live
from personalize.commands.parse import parse
from personalize.commands.person import person
from personalize.commands.report import report
from personalize.commands.run import run
from personalize.commands.synthesize import synthesize
from personalize.commands.terminal import progress_options
from personalize.commands.train import train
from personalize.commands.transfer import transfer
from personalize.errors import FULL_MEMORY, PersonalizeError, is_out_of_memory
from personalize.workers import share_arenas

COMMANDS = (
    run,
    learn,
    parse,
    batch,
    live,
    check,
    export,
    report,
    person,
    doctor,
    config,
    train,
    synthesize,
    transfer,
    average,
    label,
    datasets,
    evaluate,
    experiment,
)
SECTIONS = {
    "Every day": (
        *("run", "learn", "parse", "batch", "live", "export", "report", "person", "check"),
        *("doctor", "config"),
    ),
    "Other weights, other pictures": (
        *("train", "transfer", "average", "synthesize", "label", "datasets"),
    ),
    "Measure": ("evaluate", "experiment"),
}
"""Titles of the help, and the commands below them."""
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "OPENBLAS_NUM_THREADS": "1"}
"""Variables that are read when torch and NumPy are loaded. With the first two a thread of torch's
that waits sleeps; else it would spin, and take a core from other programs: beside one busy program
a frame takes a ninth of the time. With the last, small products of matrices are not shared out:
several threads of ours compute them at a time, and would wait for each other."""
INTERRUPTED, TERMINATED = 130, 143  # as shells count Ctrl-C, and SIGTERM


class Terminated(KeyboardInterrupt):
    """The process was asked to end, by SIGTERM, which schedulers and containers send."""


class Sentences(Sections):
    """A group whose commands end with one sentence and exit code 1 after a user's mistake, with 130
    after an interrupt, and with 143 after SIGTERM.
    """

    def invoke(self, context: click.Context) -> Any:
        """Run the command; what a user can mend ends in one sentence and an exit code."""
        try:
            with termination_raised():
                return super().invoke(context)
        except PersonalizeError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt as stop:
            click.echo("Stopped. The same command goes on from what was finished.", err=True)
            sys.exit(TERMINATED if isinstance(stop, Terminated) else INTERRUPTED)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG):
                raise
            raise click.ClickException(
                f"{error.filename}: cannot be opened ({error.strerror}); check the path, and who "
                f"may read it"
            ) from error
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise click.ClickException(FULL_MEMORY) from error


@contextmanager
def termination_raised() -> Iterator[None]:
    """Have SIGTERM raise `Terminated` in this process; in its children it ends them, as usual.

    Ray, if it waits for its tasks then, raises a KeyboardInterrupt of its own instead; that becomes
    `Terminated`, too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    process, met = os.getpid(), False

    def terminate(number: int, frame: Any) -> None:
        nonlocal met
        if os.getpid() == process:
            met = True
            raise Terminated
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except KeyboardInterrupt as stop:
        if met and not isinstance(stop, Terminated):
            raise Terminated from stop
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def leaves(command: click.Command) -> Iterator[click.Command]:
    """Yield a command, or those below a group."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from leaves(inner)
    else:
        yield command


@click.group(
    cls=Sentences,
    sections=SECTIONS,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "show_default": True,
        "max_content_width": 100,
    },
)
@click.version_option(__version__)
def main() -> None:
    """Learn the person of a video, and parse them into parts, silhouette and joints.

    `personalize run VIDEO --out DIR` does all of it.
    """
    for name, value in PATIENT.items():
        os.environ.setdefault(name, value)
    share_arenas()


for command in COMMANDS:
    main.add_command(command)
    for leaf in leaves(command):
        progress_options(leaf)
