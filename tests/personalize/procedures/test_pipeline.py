import csv
import json
import shutil
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from personalize.adaptation.base import Base
from personalize.adaptation.record import parser_kept
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.errors import NobodyFoundError
from personalize.media.encode import VideoWriter
from personalize.media.images import read_image
from personalize.media.video import open_source
from personalize.network.checkpoints import digest, load_person
from personalize.parts import JOINTS
from personalize.procedures import parsing, pipeline
from personalize.procedures.window import remedy
from personalize.settings import RunSettings
from personalize.stages.appearance import Appearance
from personalize.stages.parse import Parser
from personalize.stages.settings import (
    CameraSettings,
    FollowSettings,
    LocateSettings,
    SeedSettings,
    SpreadSettings,
    VerdictSettings,
)
from personalize.stages.verdict import Choice, Verdict
from personalize.storage.manifest import network_kept
from personalize.types import Window

SETTINGS = RunSettings(
    window=9,
    size=80,
    seeds=SeedSettings(confidence=0.9, size=64),
    factor=FactorSettings(epochs=8),
    self_training=SelfTrainingSettings(epochs=1),
    learned=4,
    verdict=VerdictSettings(keep="personal"),
)
STAGES = ["predict", "propagate", "refine", "learn", "judge", "keep", "parse", "report"]


@pytest.fixture(scope="module")
def base(square_network):
    return Base.of(square_network)


@pytest.fixture(scope="module")
def source(square_video):
    return open_source(square_video)


@pytest.fixture(scope="module")
def finished(source, base, tmp_path_factory):
    root = tmp_path_factory.mktemp("run")
    pipeline.run(source, root, base, SETTINGS)
    return root


@pytest.fixture(scope="module")
def teacher(square_frames):
    """Landmarks of every frame: somebody who fills the square, and faces the camera."""
    places = {"nose": (16, 6), "shoulder": (8, 12), "hip": (11, 28), "elbow": (4, 20)}
    found = {}
    for number, mask in enumerate(square_frames[1]):
        rows, cols = np.nonzero(mask)
        xy = np.full((len(POINTS), 2), np.nan)
        for name, (x, y) in places.items():
            sides = {name: x} if name == "nose" else {f"right_{name}": x, f"left_{name}": 32 - x}
            for point, aside in sides.items():
                xy[INDEX[point]] = cols.min() + aside, rows.min() + y
        found[number] = BodyPoints(xy, np.float64(np.isfinite(xy[:, 0])))
    return VideoLandmarks(found)


def seconds(root):
    stages = json.loads((root / "manifest.json").read_text())["stages"]
    return {name: stage["seconds"] for name, stage in stages.items()}


def test_a_run_goes_through_the_stages_of_the_paper(finished):
    assert list(seconds(finished)) == STAGES


def test_every_frame_is_parsed_at_its_own_size(finished, square_frames):
    _, masks = square_frames
    for number, mask in enumerate(masks):
        name = f"{number:06d}.png"
        silhouette = read_image(finished / "silhouettes" / name, colour=False)
        parts = read_image(finished / "parts" / name, colour=False)
        assert silhouette.shape == parts.shape == mask.shape
        assert set(np.unique(silhouette)) <= {0, 255}
        assert parts.max() <= 31
        overlap = np.sum((silhouette > 0) & mask) / np.sum((silhouette > 0) | mask)
        assert overlap > 0.7


def test_the_table_has_a_line_for_every_joint_of_every_frame(finished):
    with open(finished / "joints.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["frame", "time", "joint", "x", "y", "confidence"]
    assert len(rows) == 12 * len(JOINTS)
    assert {row["joint"] for row in rows} == set(JOINTS)
    assert float(rows[-1]["time"]) == pytest.approx(11 / 25, abs=1e-3)
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)


def test_the_overlay_has_every_frame(finished):
    overlay = open_source(finished / "overlay.mp4")
    assert (overlay.frame_count, overlay.height, overlay.width) == (12, 64, 96)


def test_the_person_differs_from_the_base_in_what_learns_alone(finished, base):
    personal = load_person(finished / "person.safetensors", base.network).state_dict()
    moved = [n for n, t in base.network.state_dict().items() if not t.equal(personal[n])]
    assert {name.split(".")[0] for name in moved} == {"factored", "aggregation"}


@pytest.mark.parametrize(
    "choices, modules",
    [
        (("personal", "personal"), {"factored", "aggregation"}),
        (("personal", "generic"), {"factored"}),
        (("generic", "personal"), {"aggregation"}),
        (("generic", "generic"), set()),
    ],
)
def test_the_person_file_holds_what_is_kept(
    choices, modules, finished, source, base, tmp_path, monkeypatch
):
    verdict = Verdict(*(Choice(kept, "gain") for kept in choices), 4, {})
    monkeypatch.setattr(pipeline, "reach_verdict", lambda *_, **__: verdict)
    root = shutil.copytree(finished, tmp_path / "run")
    workspace = pipeline.run(source, root, base, SETTINGS)
    assert workspace.reused[:5] == STAGES[:5]
    kept = load_person(root / "person.safetensors", base.network).state_dict()
    moved = {n for n, t in base.network.state_dict().items() if not t.equal(kept[n])}
    assert {name.split(".")[0] for name in moved} == modules


def test_parsers_of_one_module_look_with_what_belongs_to_it():
    generic, personal = (
        Parser(None, None, appearance=appearance)
        for appearance in (None, Appearance("colours", "worn", "scene"))
    )

    def kept(silhouettes, parts):
        verdict = Verdict(Choice(silhouettes, "gain"), Choice(parts, "gain"), 4, {})
        return parser_kept(verdict, generic, personal, "engine")

    assert kept("personal", "personal") is personal
    assert kept("generic", "generic") is generic
    silhouettes, parts = kept("personal", "generic"), kept("generic", "personal")
    assert (silhouettes.network, parts.network) == ("engine", "engine")
    worn_by = [(a.colours, a.worn, a.scene) for a in (silhouettes.appearance, parts.appearance)]
    assert worn_by == [("colours", None, "scene"), (None, "worn", None)]


def test_of_a_window_too_short_to_test_anything_the_generic_network_is_kept(
    finished, source, base, tmp_path
):
    root = shutil.copytree(finished, tmp_path / "run")
    workspace = pipeline.run(source, root, base, replace(SETTINGS, verdict=VerdictSettings()))
    assert workspace.manifest["verdict"]["silhouettes"]["reason"] == "untested"
    assert network_kept(workspace.manifest) == "generic"


def test_a_second_run_computes_nothing(finished, source, base):
    before = sorted((path, path.stat().st_mtime_ns) for path in finished.rglob("*.png"))
    workspace = pipeline.run(source, finished, base, SETTINGS)
    assert workspace.reused == STAGES
    assert before == sorted((path, path.stat().st_mtime_ns) for path in finished.rglob("*.png"))


def test_other_settings_recompute_from_the_first_stage_they_touch(source, base, tmp_path):
    pipeline.run(source, tmp_path, base, SETTINGS)
    longer = replace(SETTINGS, factor=FactorSettings(epochs=3))
    assert pipeline.run(source, tmp_path, base, longer).reused == STAGES[:3]


def test_the_same_seed_gives_the_same_person(finished, source, base, tmp_path):
    pipeline.run(source, tmp_path, base, SETTINGS)
    one, other = (
        digest(load_person(root / "person.safetensors", base.network).state_dict())
        for root in (finished, tmp_path)
    )
    assert one == other


def test_a_run_that_was_stopped_goes_on_where_it_was(source, base, tmp_path):
    def stop_at_refine(stage):
        def wrap(items):
            if stage == "refine":
                raise KeyboardInterrupt
            return items

        return wrap

    with pytest.raises(KeyboardInterrupt):
        pipeline.run(source, tmp_path, base, SETTINGS, progress=stop_at_refine)
    assert not (tmp_path / "person.safetensors").exists()
    assert pipeline.run(source, tmp_path, base, SETTINGS).reused == ["predict", "propagate"]


def test_the_frames_of_a_window_go_through_the_shared_modules_once(
    source, square_network, tmp_path, monkeypatch
):
    counted = []
    compute = type(square_network).features

    def features(network, images):
        counted.append(len(images))
        return compute(network, images)

    monkeypatch.setattr(type(square_network), "features", features)
    settings = replace(SETTINGS, window=12, learned=8)
    pipeline.run(source, tmp_path / "run", Base.of(square_network), settings)
    window = 12 * len(settings.window_views)
    turned = 8  # to learn their parts: these images are new
    together = [count for count in counted if count > 1]  # single frames of the report are not kept
    assert sum(together) == window + turned


def test_frames_that_were_parsed_before_a_stop_are_not_parsed_again(
    finished, source, base, tmp_path, monkeypatch
):
    def stop_at_frame_5(stage):
        def wrap(items):
            for item in items:
                if stage == "parse" and item == 5:
                    raise KeyboardInterrupt
                yield item

        return wrap

    def count_frames(parser, frames, *, numbers=None, **rest):
        numbers = list(islice(numbers, 100)) if numbers else None
        begins.append(numbers and numbers[0])
        return parse_frames(parser, frames, numbers=numbers, **rest)

    begins, parse_frames = [], Parser.frames
    monkeypatch.setattr(Parser, "frames", count_frames)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(source, tmp_path, base, SETTINGS, progress=stop_at_frame_5)
    assert not (tmp_path / "overlay.mp4").exists()
    pipeline.run(source, tmp_path, base, SETTINGS)
    assert begins[:2] == [0, 8]  # four at a time, and four before they are smoothed and written
    for name in ("joints.csv", "frames.csv", "silhouettes/000009.png", "parts/000011.png"):
        assert (tmp_path / name).read_bytes() == (finished / name).read_bytes()
    assert open_source(tmp_path / "overlay.mp4").frame_count == source.frame_count
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".stopped")]


def test_a_video_without_a_person_is_told_and_nothing_is_parsed(base, tmp_path):
    from personalize.media.encode import VideoWriter

    with VideoWriter(tmp_path / "empty.mp4", fps=25) as writer:
        for _ in range(9):
            writer.write(np.full((64, 96, 3), 40, np.uint8))
    with pytest.raises(NobodyFoundError, match=r"\.mp4: nobody was found"):
        pipeline.run(open_source(tmp_path / "empty.mp4"), tmp_path / "out", base, SETTINGS)
    assert not (tmp_path / "out" / "overlay.mp4").exists()


def test_parsing_alone_writes_the_same_outputs(finished, source, base, tmp_path):
    personal = load_person(finished / "person.safetensors", base.network)
    parsing.parse(source, tmp_path, personal, SETTINGS)
    for folder in ("silhouettes", "parts"):
        assert names(tmp_path / folder) == names(finished / folder)
    one, other = (
        read_image(root / "silhouettes" / "000005.png", colour=False) > 0
        for root in (tmp_path, finished)
    )
    assert (one == other).mean() > 0.9  # a run's outlines follow the colours of its window
    lines = [(root / "joints.csv").read_text().count("\n") for root in (tmp_path, finished)]
    assert lines[0] == lines[1]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("silhouettes/000003.png", "parse"),
        ("stages/judge.npz", "judge"),
        ("person.safetensors", "keep"),
        ("stages/learned.safetensors", "learn"),
    ],
)
def test_an_emptied_output_of_a_run_is_made_again_as_it_was(
    finished, source, base, tmp_path, name, stage
):
    root = shutil.copytree(finished, tmp_path / "run", copy_function=shutil.copyfile)
    (root / name).write_bytes(b"")
    workspace = pipeline.run(source, root, base, SETTINGS)
    assert workspace.reused == STAGES[: STAGES.index(stage)]
    assert len(workspace.anew) == 1
    assert (root / name).stat().st_size == (finished / name).stat().st_size
    for made in ("joints.csv", "silhouettes/000003.png", "parts/000011.png"):
        assert (root / made).read_bytes() == (finished / made).read_bytes()


def test_the_person_is_looked_for_once_and_their_track_recorded(source, base, tmp_path):
    camera = CameraSettings(least=80, most=80)  # the square as large as the network knows it
    anybody = FollowSettings(doubt=0.0)
    looks = LocateSettings(sizes=(80,), camera=camera, follow=anybody)
    settings = replace(SETTINGS, size="auto", locate=looks, factor=FactorSettings(epochs=1))
    pipeline.run(source, tmp_path, base, settings)
    stages = json.loads((tmp_path / "manifest.json").read_text())["stages"]
    assert list(stages) == ["track", *STAGES]
    track = stages["parse"]["settings"]["track"]
    assert track == stages["predict"]["settings"]["track"]
    assert track["rows"] % 8 == track["cols"] % 8 == 0
    assert "Who was followed" in (tmp_path / "report.html").read_text()
    again = pipeline.run(source, tmp_path, base, settings)
    assert again.reused == ["track", *STAGES]


def test_from_what_is_not_built_like_a_person_nothing_is_learned(source, base, tmp_path):
    camera = CameraSettings(least=80, most=80)
    looks = LocateSettings(sizes=(80,), camera=camera, follow=FollowSettings(doubt=0.99))
    with pytest.raises(NobodyFoundError, match="--person-at FRAME,X,Y"):
        pipeline.run(source, tmp_path, base, replace(SETTINGS, size="auto", locate=looks))


@pytest.mark.parametrize(
    ("size", "frames", "advice"),
    [
        (64, 90, "leave out --size"),
        ("auto", 90, "another window with --centre or --window-from"),
        ("auto", 30, "is larger"),
    ],
)
def test_the_advice_to_somebody_whose_video_shows_nobody_can_be_followed(size, frames, advice):
    source = SimpleNamespace(frame_count=frames)
    assert advice in remedy(source, Window.between(0, 30), RunSettings(size=size))


def test_results_are_the_same_with_any_number_of_workers(source, base, tmp_path, monkeypatch):
    drawn = {1: [], 5: []}
    write = VideoWriter.write
    for workers in drawn:

        def noted(self, frame, drawn=drawn[workers]):
            drawn.append(frame)
            write(self, frame)

        monkeypatch.setattr(VideoWriter, "write", noted)
        pipeline.run(source, tmp_path / str(workers), base, replace(SETTINGS, workers=workers))
    assert np.array_equal(drawn[1], drawn[5])
    one, five = tmp_path / "1", tmp_path / "5"
    # these tell the time, or depend on what was in memory: the encoder reads beyond small pictures
    left = {"manifest.json", "report.html", "overlay.mp4"}
    files = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    kept = [file for file in files if file.name not in left]
    assert len(kept) > 2 * len(drawn[1])
    assert not [f for f in kept if (one / f).read_bytes() != (five / f).read_bytes()]


def test_a_window_may_be_spread_over_the_video(source, base, tmp_path):
    settings = replace(SETTINGS, learn_from="spread", window=6, spread=SpreadSettings(stretch=2))
    pipeline.run(source, tmp_path, base, settings)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    window = Window.read(manifest["window"])
    assert len(window) == 6 and len(window.stretches) > 1
    assert manifest["stages"]["predict"]["settings"]["frames"] == window.describe()
    with np.load(tmp_path / "stages" / "refine.npz") as kept:
        assert len(kept["labels"]) == 6
    assert "stretches, spread over the video" in (tmp_path / "report.html").read_text()


def test_a_teacher_changes_what_is_learned_and_the_manifest_and_the_report_tell(
    finished, source, base, teacher, tmp_path
):
    shutil.copytree(finished, tmp_path / "run")
    workspace = pipeline.run(source, tmp_path / "run", base, SETTINGS, teacher=teacher)
    assert workspace.reused == STAGES[:3]
    told = json.loads((tmp_path / "run/manifest.json").read_text())
    assert (told["teacher"]["frames"], told["teacher"]["taught"]) == (4, 4)
    assert told["stages"]["learn"]["settings"]["teacher"]["landmarks"]["frames"] == 9
    assert "landmarks of a teacher in 4 of the 4 frames" in (
        tmp_path / "run/report.html"
    ).read_text("utf-8")
    alone, taught = (
        load_person(root / "person.safetensors", base.network).state_dict()
        for root in (finished, tmp_path / "run")
    )
    changed = {name.split(".")[0] for name in alone if not alone[name].equal(taught[name])}
    assert changed == {"aggregation"}
    again = pipeline.run(source, tmp_path / "run", base, SETTINGS, teacher=teacher)
    assert again.reused == STAGES
    moved = {
        k: BodyPoints(points.xy + 1, points.visibility) for k, points in teacher.points.items()
    }
    other = pipeline.run(source, tmp_path / "run", base, SETTINGS, teacher=VideoLandmarks(moved))
    assert other.reused == STAGES[:3]
    without = pipeline.run(source, tmp_path / "run", base, SETTINGS)
    assert without.reused == STAGES[:3] and without.manifest["teacher"] is None


def test_frames_of_which_the_silhouettes_were_given_prove_nothing(source, base):
    """They are learned from, so that they would flatter what was learned."""
    settings = replace(SETTINGS, verdict=VerdictSettings(share=0.5, stretches=2, shortest=4))
    stages = pipeline.Stages(source, Window.between(0, 9), None, None, base, settings, None, None)
    held = stages.hold_out()
    first = int(np.flatnonzero(held)[0])
    given = pipeline.Stages(source, Window.between(0, 9), None, None, base, settings, None, None)
    given.__dict__["known"] = {first: np.ones((8, 8), bool)}
    without = given.hold_out()
    assert held[first] and not without[first]
    assert without.sum() == held.sum() - 1


def test_frames_held_out_from_a_teacher_tell_what_learning_the_parts_brought(
    source, base, teacher, tmp_path
):
    settings = replace(SETTINGS, verdict=VerdictSettings(shortest=5))
    run = pipeline.run(source, tmp_path, base, settings, teacher=teacher)
    verdict = run.manifest["verdict"]
    near = verdict["evidence"]["landmarks"]
    assert verdict["parts"]["estimate"] == pytest.approx(
        1 - (1 - near["personal"]) / (1 - near["generic"]), abs=0.02
    )
    assert verdict["parts"]["reason"] in ("gain", "small loss", "loss")
