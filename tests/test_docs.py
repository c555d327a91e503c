"""The documents as tests: what they tell a reader to type is run, and what they point at is
there."""

import configparser
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

import click
import numpy as np
import pytest
from click.testing import CliRunner

from personalize.commands.given import GivenPath
from personalize.commands.main import main
from personalize.factors.registry import GROUP, Factor
from personalize.media.images import write_image
from personalize.parts import JOINTS

ROOT = Path(__file__).resolve().parents[1]
GUIDE = sorted((ROOT / "docs/guide").glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDE]
"""Every command and every block of code in these is run."""
DOCUMENTS = [*PAGES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
"""These speak of the program as it is; the notebook and the changelog speak of earlier ones."""
SKIPPED = {".venv", ".git", "build", "out", "shared"}
EVERYTHING = [
    path for path in sorted(ROOT.rglob("*.md")) if not SKIPPED & set(path.relative_to(ROOT).parts)
]
WIDTH, README_LINES = 100, 150

FAST = ["--weights", "W", "--size", "80"]
LEARN_FAST = [*FAST, "--window", "5", "--epochs", "1", "--parts-epochs", "1"]
RUN = {
    ("run",): LEARN_FAST,
    ("batch",): LEARN_FAST,
    ("evaluate", "rendered"): LEARN_FAST,
    ("parse",): FAST,
    ("transfer",): [*FAST, "--epochs", "1"],
    ("average",): [],
    ("report",): [],
    ("check",): [],
    ("config",): [],
    ("learn",): LEARN_FAST,
    ("person", "show"): [],
    ("doctor",): [],
    ("export",): ["--weights", "W"],
}
"""Commands that are run as they stand, and options that make them quick; those of the page win."""
HELP = {
    *(
        ("train",),
        ("live",),
        ("label",),
        ("synthesize", "people"),
        ("synthesize", "video"),
        ("datasets", "check"),
    ),
    *(("evaluate", name) for name in ("youtube-pose", "silhouettes", "jhmdb", "photographs")),
    *(("experiment", name) for name in ("1", "2", "3", "4", "5", "6", "complexity")),
}
"""Commands of training and of whole data sets: their words are parsed, and their help is asked for.
"""


def blocks_of(text, *languages):
    """Return the fenced blocks of a document in some languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for language, block in found if language in languages]


def commands_of(text):
    """Return the command lines of a document, fenced or indented, a list of words each."""
    lines = "".join(blocks_of(text, "bash", "console", "sh")).replace("\\\n", " ").splitlines()
    lines += re.findall(r"^    (personalize .*)$", without_blocks(text), re.MULTILINE)
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def without_blocks(text):
    """Return a document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def spans_of(text):
    """Return what stands between single backticks, outside of blocks."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without_blocks(text))]


def find_command(words):
    """Return the command that words name, its path, and the words behind it."""
    command, path = main, ()
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, path, words = command.commands[words[0]], (*path, words[0]), words[1:]
    return command, path, words


def invoke(words):
    """Run a command in this process; it must succeed."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, (
        f"personalize {shlex.join(words)}\n{result.output}\n{result.exception!r}"
    )
    return result


def run_personalize(words):
    """Run a command of the page as it stands, or check its words where it would take hours."""
    command, path, rest = find_command(words)
    if path in RUN and "--help" not in rest:
        return invoke([*path, *RUN[path], *rest])
    if "--help" not in rest:
        assert path in HELP, (
            f"personalize {shlex.join(words)}: this test does not know what to do with it"
        )
        with (  # as on a machine with the data sets and a GPU
            patch.object(GivenPath, "convert", click.Path.convert),
            patch("personalize.network.device.is_absent", return_value=False),
        ):
            command.make_context(path[-1], list(rest))  # refuses options and values
    return invoke([*path, *rest, "--help"])


def benchmark_help(module, *command):
    """Return what a benchmark, or one of its commands, says of itself."""
    done = subprocess.run(
        [sys.executable, "-m", module, *command, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_command(words):
    """Run or check one command line, in the folder that it stands in."""
    if words[-2:-1] == [">"]:
        words, into = words[:-2], words[-1]
        Path(into).write_text(run_personalize(words[1:]).stdout)
        return
    while re.fullmatch(r"[A-Z_]+=\S*", words[0]):  # of the environment
        words = words[1:]
    program, rest = Path(words[0]).name, words[1:]
    if program == "personalize":
        run_personalize(rest)
    elif program == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(rest) <= set(targets), f"the Makefile has no {rest}"
    elif program == "pip":
        check_installation(rest)
    elif program == "python" and rest[0] == "-m" and rest[1].startswith("benchmarks."):
        told = benchmark_help(rest[1])
        if "COMMAND [ARGS]" in told:
            told = benchmark_help(*rest[1:3])
        given = {word for word in rest if word.startswith("--")}
        assert given - options_of(main.commands["run"]) <= set(re.findall(r"--[\w-]+", told))
    else:
        assert words in (
            ["python3", "-m", "venv", ".venv"],
            [".venv/bin/python", "-m", "pytest"],
        ), words


def check_installation(words):
    """See that an installation names files and extras that there are."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    if "--constraint" in words:
        assert (ROOT / words[words.index("--constraint") + 1]).is_file()
    what = re.fullmatch(r"\.(?:\[(.+)\])?", words[-1])
    extras = (what[1] or "").split(",") if what[1] else []
    assert set(extras) <= set(setup["options.extras_require"])


def options_of(command):
    """Return all options of a command and of those below it."""
    own = {word for item in command.params for word in (*item.opts, *item.secondary_opts)}
    below = [options_of(inner) for inner in getattr(command, "commands", {}).values()]
    return {"--help", "-h", "--version", *own}.union(*below)


@pytest.fixture
def desk(tmp_path, monkeypatch, square_frames, square_video, square_weights):
    """A folder in which every name that the pages use stands for something small.

    ==================  =====================================================
    VIDEO, OTHER_VIDEO  twelve frames of a bright square that moves
    FOLDER              two such videos
    KNOWN               the true silhouette of frame 6
    POSES.npz           nose and shoulders in every frame
    WALK                frames of a still camera, past which a square walks
    IMAGES, MASKS       four pictures of the square, and their silhouettes
    W, EARLIER, LATER   weights that take bright squares for people
    data/demo           the video with its truth
    ==================  =====================================================
    """
    frames, masks = square_frames
    for name in ("VIDEO", "OTHER_VIDEO", "FOLDER/one.mp4", "FOLDER/two.mp4", "data/demo/clip.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(square_video, tmp_path / name)
    for name in ("W", "EARLIER", "LATER"):
        shutil.copy(square_weights, tmp_path / name)
    write_image(tmp_path / "KNOWN/000006.png", masks[6])
    poses = np.full((len(frames), 17, 2), np.nan)
    for number, points in enumerate(poses):
        points[[0, 5, 6]] = np.array([(26, 22), (34, 28), (18, 28)]) + (3 * number, 0)
    seen = np.isfinite(poses[..., 0]).astype(float)
    names = ("VIDEO", "one", "two")
    told = {f"{name}/xy": poses for name in names} | {f"{name}/visibility": seen for name in names}
    np.savez(tmp_path / "POSES.npz", **told)
    for number in range(4):
        write_image(tmp_path / f"IMAGES/{number}.jpg", frames[number])
        write_image(tmp_path / f"MASKS/{number}.png", masks[number])
    wall = np.random.default_rng(0).integers(0, 90, (24, 40, 3), dtype=np.uint8)
    wall = np.kron(wall, np.ones((4, 4, 1), np.uint8))
    for number in range(6):
        frame = wall.copy()
        frame[24:72, 26 * number : 26 * number + 20] = 220
        write_image(tmp_path / f"WALK/{number}.png", frame)
    bits = np.stack([np.packbits(mask) for mask in masks])
    np.savez(tmp_path / "data/demo/silhouettes.npz", bits=bits, shape=np.array(masks.shape))
    rows = [
        f"{t},{t / 25},{joint},{26 + 3 * t},32,1\n" for t in range(len(frames)) for joint in JOINTS
    ]
    (tmp_path / "data/demo/joints.csv").write_text("frame,time,joint,x,y,visible\n" + "".join(rows))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def segmenter(monkeypatch):
    """Stands for the package of a reader: whatever is bright is the person."""
    module = ModuleType("segmenter")
    module.load_network = lambda: SimpleNamespace(
        eval=lambda: lambda image: 20 * image.mean(1, True) - 10
    )
    monkeypatch.setitem(sys.modules, "segmenter", module)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(page, desk):
    commands = commands_of(page.read_text())
    assert commands
    for words in commands:
        run_command(words)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/results.md", "data/README.md"])
def test_the_commands_of_other_pages_are_there(name, monkeypatch):
    monkeypatch.setitem(globals(), "RUN", {})
    monkeypatch.setitem(globals(), "HELP", {*HELP, ("evaluate", "rendered")})
    for words in commands_of((ROOT / name).read_text()):
        run_command(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(page, desk, segmenter):
    names = {"__name__": page.stem}
    for block in blocks_of(page.read_text(), "python"):
        exec(compile(block, str(page), "exec"), names)


def test_the_factor_of_the_guide_is_one(segmenter, square_frames):
    text = (ROOT / "docs/guide/factor.md").read_text()
    (code,), (setup,) = blocks_of(text, "python"), blocks_of(text, "ini")
    names = {}
    exec(compile(code, "segment_factor", "exec"), names)
    frames, masks = square_frames
    person = Factor("segment", "", names["find_person"]).predict(frames)
    np.testing.assert_array_equal(person > 0.5, masks)
    parser = configparser.ConfigParser()
    parser.read_string(setup)
    entry = parser["options.entry_points"][GROUP].strip()
    assert entry == "segment = segment_factor:find_person"
    assert "`segment_factor.py`" in text


BENCHMARK_OPTIONS = {
    option
    for script in (ROOT / "benchmarks").glob("*.py")
    for option in re.findall(r"option\(\s*\"(--[a-z-]+)", script.read_text())
}


def test_every_command_is_in_the_guide():
    told = {find_command(words[1:])[1] for page in PAGES for words in commands_of(page.read_text())}
    assert {*RUN, *HELP} <= told
    assert {path[0] for path in (*RUN, *HELP)} == set(main.commands)


def test_a_command_that_does_not_exist_is_caught(desk):
    train = "train PEOPLE --out DIR"
    for words in (f"{train} --faster", f"{train} --network resnet", "run VIDEO --out DIR --fast"):
        with pytest.raises((AssertionError, click.UsageError)):
            run_command(["personalize", *words.split()])
    with pytest.raises(AssertionError, match="has no"):
        run_command(["make", "coffee"])
    with pytest.raises(AssertionError, match="what to do"):
        run_command(["personalize", "personify", "VIDEO"])


@pytest.mark.parametrize("page", [*DOCUMENTS, ROOT / "data/README.md"], ids=lambda page: page.stem)
def test_commands_and_options_in_the_text_exist(page):
    everywhere = options_of(main) | {"--constraint", "--editable"} | BENCHMARK_OPTIONS
    for span in spans_of(page.read_text()):
        words = span.split()
        known = everywhere
        if words[0] == "personalize" and len(words) > 1:
            command, path, words = find_command(words[1:])
            assert path or words[0].startswith("-"), f"`{span}`: there is no such command"
            known = options_of(command)
        for word in words:
            option = word.partition("=")[0]
            if re.fullmatch(r"--[a-z][\w-]*", option):
                assert option in known, f"`{span}`: there is no such option"


@pytest.mark.parametrize("page", EVERYTHING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_files_that_are_named_are_there(page):
    text = without_blocks(page.read_text())
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(
        r"^\[[^\]]+\]: (\S+)$", text, re.MULTILINE
    )
    for link in links:
        if link.startswith(("http://", "https://")):
            continue
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not place or place in anchors_of(target), f"{page.name}: {link}"
    for span in spans_of(text):
        if re.fullmatch(r"[\w/]+/\w+\.py", span):
            assert (ROOT / span).is_file() or (ROOT / "personalize" / span).is_file(), (
                f"{page.name}: {span}"
            )


def anchors_of(page):
    """Return the names by which the headings of a page may be linked to."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def is_prose(line):
    return not line.startswith(("    ", "|"))


@pytest.mark.parametrize("page", EVERYTHING, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_are_at_most_100_columns(page):
    for line in filter(is_prose, without_blocks(page.read_text()).splitlines()):
        words = re.sub(r"\]\([^)]*\)|https?://\S+", "", line)
        assert len(words) <= WIDTH, f"{page.name}: {len(words)} columns: {line}"


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= README_LINES


def test_nothing_is_left_to_do():
    for page in DOCUMENTS:
        assert "TODO" not in page.read_text(), page


def test_the_drawing_of_the_rows_is_that_of_the_test():
    text = (ROOT / "docs/architecture.md").read_text()
    (drawing,) = blocks_of(text, "text")
    rows = runpy.run_path(str(ROOT / "tests/test_imports.py"))["ROWS"]
    assert tuple(line.split()[0] for line in drawing.splitlines()) == rows


def test_the_version_is_in_the_changelog():
    from personalize import __version__

    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", text, re.MULTILINE)
    assert text.index("## [Unreleased]") < text.index(f"## [{__version__}]")
