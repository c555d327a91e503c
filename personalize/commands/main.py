"""The command line: options become settings, errors become sentences, stages get bars.

Nothing is computed here. Heavy imports stand inside the commands, so that help
is instant. Results go to stdout, all else to stderr. Exit codes: 0 done,
1 failed, 2 misuse, 3 a batch in which some failed, 130 interrupted.
"""

import errno
import os
import sys
from typing import Any

import click

from personalize import __version__
from personalize.commands.average import average
from personalize.commands.batch import batch
from personalize.commands.check import check
from personalize.commands.datasets import datasets
from personalize.commands.evaluate import evaluate
from personalize.commands.experiment.group import experiment
from personalize.commands.label import label
from personalize.commands.parse import parse
from personalize.commands.report import report
from personalize.commands.run import run
from personalize.commands.synthesize import synthesize
from personalize.commands.train import train
from personalize.commands.transfer import transfer
from personalize.errors import FULL_MEMORY, PersonalizeError, is_out_of_memory

COMMANDS = (
    run,
    parse,
    batch,
    check,
    average,
    datasets,
    evaluate,
    experiment,
    label,
    report,
    synthesize,
    train,
    transfer,
)
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
"""What torch's threads read when it is loaded: one that waits sleeps, where it would spin, and
take a core from whoever works. Beside one busy program a frame takes a ninth of the time."""
INTERRUPTED = 130  # as shells count Ctrl-C


class Sentences(click.Group):
    """A group whose commands end a user's mistake with one sentence and exit code 1, an interrupt
    with 130.
    """

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except PersonalizeError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped. The same command goes on from what was finished.", err=True)
            sys.exit(INTERRUPTED)
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


@click.group(
    cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(__version__)
def main() -> None:
    """Learn the person of a video, and parse them into parts, silhouette and joints."""
    for name, value in PATIENT.items():
        os.environ.setdefault(name, value)


for command in COMMANDS:
    main.add_command(command)
