import click
from click.testing import CliRunner

from personalize.commands.groups import Places, grouped, options
from personalize.commands.parameter_types import MOMENT
from personalize.media.moment import Moment

place_options = grouped(
    "places",
    Places,
    click.option("--centre", type=MOMENT),
    click.option("--window-from", type=MOMENT),
    click.option("--window-to", type=MOMENT),
)


def test_options_of_a_group_are_one_argument_beside_others():
    seen = []

    @click.command()
    @click.option("--before")
    @options(place_options, click.option("--after"))
    def place(before, places, after):
        """Place a window."""
        seen.append((before, places, after))

    words = ["--before", "a", "--window-from", "0.5s", "--after", "b"]
    result = CliRunner().invoke(place, words)
    assert result.exit_code == 0, result.output
    assert seen == [("a", Places(window_from=Moment(0.5, in_seconds=True)), "b")]
    assert [one.name for one in place.params] == [
        *("before", "centre", "window_from", "window_to", "after")
    ]
    assert place.help == "Place a window."
