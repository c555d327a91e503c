"""The benchmark of procedures changes one thing at a time, and measures what a run does."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import procedures, procedures_measure
from benchmarks.procedures import drawn, measure_procedure, rows_of
from benchmarks.procedures_measure import (
    Reading,
    Scores,
    Task,
    clip_task,
    sequence_task,
    video_task,
)
from benchmarks.procedures_settings import GENERIC, KEPT, PROCEDURES, RUN, Procedure
from benchmarks.procedures_table import joint_table, silhouette_table
from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings, SelfTrainingSettings
from personalize.datasets.davis import sequences
from personalize.datasets.jhmdb import clips
from personalize.datasets.youtube_pose import videos
from personalize.media.images import write_image
from personalize.network.checkpoints import save_base
from personalize.procedures.evaluate.jhmdb import evaluate_clip
from personalize.procedures.evaluate.silhouettes import evaluate_silhouettes
from personalize.procedures.evaluate.youtube_pose import evaluate_joints
from personalize.settings import RunSettings
from personalize.stages.settings import SeedSettings
from personalize.storage.manifest import read_manifest

SETTINGS = RunSettings(
    size=80,
    seeds=SeedSettings(confidence=0.9, size=64),
    factor=FactorSettings(epochs=1),
    self_training=SelfTrainingSettings(epochs=1),
)
TINY = {
    RUN: Procedure(
        SETTINGS,
        (
            Reading(GENERIC, "generic"),
            Reading(KEPT, "kept"),
            Reading("everything"),
            Reading("alone", "silhouettes", of_joints=True),
            Reading("all", "all of the way"),
            Reading("uncoloured", "uncoloured"),
            Reading("by mass", rule="mass"),
            Reading("shaky", smooth=False),
        ),
    ),
    "paper": Procedure(
        replace(SETTINGS, way=1.0), (Reading("uncut", "uncut"), Reading("learned all of the way"))
    ),
}


@pytest.fixture
def tiny(monkeypatch):
    """Procedures that are quick."""
    monkeypatch.setattr(procedures, "PROCEDURES", TINY)


def measured(task, out, base, names=(RUN,)):
    for name in names:
        measure_procedure(name, [task], out, base, None, None)
    return {name: score for name, [score] in rows_of(out, [task]).items()}


def test_a_clip_has_the_scores_of_its_evaluation(write_jhmdb, square_network, tmp_path, tiny):
    [clip], base = clips(write_jhmdb(names=("one",))), Base.of(square_network)
    found = measured(clip_task(clip), tmp_path / "out", base)
    scores, _ = evaluate_clip(clip, tmp_path / "run", base, SETTINGS)
    for row, network in ((GENERIC, "generic"), (KEPT, "kept"), ("everything", "personalized")):
        one = scores[network]
        assert found[row] == Scores(one.px, one.pck, one.j)
    others = ("alone", "all", "uncoloured", "by mass", "shaky")
    assert len({found[row].px for row in ("everything", *others)}) == 6


def test_a_video_and_a_sequence_have_the_scores_of_their_evaluations(
    write_youtube_pose, write_davis, square_network, tmp_path, tiny
):
    base = Base.of(square_network)
    [video] = videos(write_youtube_pose())[:1]
    found = measured(video_task(video), tmp_path / "video", base)
    errors, _ = evaluate_joints(video, tmp_path / "run", base, SETTINGS)
    assert found["everything"].px == pytest.approx(np.nanmean(errors["personalized"].pixels))
    assert found["by mass"].px == pytest.approx(np.nanmean(errors["personalized_mass"].pixels))
    assert 0 <= found[KEPT].pck <= 1 and "shaky" not in found  # its frames do not follow each other
    [sequence] = sequences(write_davis(["walk"], 6))
    found = measured(sequence_task(sequence), tmp_path / "sequence", base)
    scores, _ = evaluate_silhouettes(sequence, tmp_path / "masks", base, SETTINGS)
    assert found[GENERIC].j == scores["generic"] and np.isnan(found[GENERIC].px)
    assert "alone" not in found  # no joints are labelled


def test_procedures_begin_from_the_run_and_are_measured_once(
    write_jhmdb, square_network, tmp_path, tiny, monkeypatch
):
    [clip], base, out = clips(write_jhmdb(names=("one",))), Base.of(square_network), tmp_path / "o"
    measured(clip_task(clip), out, base, TINY)
    before, after = (read_manifest(out / name / "one")["stages"] for name in TINY)
    for stage in ("predict", "propagate", "refine"):
        assert after[stage] == before[stage]
    assert after["learn"]["settings"] != before["learn"]["settings"]
    found = {name: score for name, [score] in rows_of(out, [clip_task(clip)]).items()}
    assert found["all"].px == pytest.approx(found["learned all of the way"].px, abs=1e-3)
    assert abs(found["all"].px - found["everything"].px) > 1e-2
    assert set(rows_of(out, [clip_task(clip)], [RUN])) < set(found)
    unknown = Task("other", clip.path, None)
    assert all(len(scores) == 1 for scores in rows_of(out, [clip_task(clip), unknown]).values())
    monkeypatch.setattr(procedures, "measure_readings", None)
    assert set(measured(clip_task(clip), out, base, TINY)) == {
        *(reading.name for procedure in TINY.values() for reading in procedure.readings)
    }


def test_the_command_prints_a_table_of_joints_and_one_of_silhouettes(
    write_jhmdb, square_network, tmp_path, tiny
):
    save_base(square_network, tmp_path / "weights.safetensors", {})
    words = [
        *("jhmdb", write_jhmdb(), tmp_path / "out", "--count", "1", "--only", RUN),
        *("--weights", tmp_path / "weights.safetensors"),
    ]
    result = CliRunner().invoke(procedures.main, list(map(str, words)))
    assert result.exit_code == 0, result.output
    heads = [line for line in result.stdout.splitlines() if " of 1 videos" in line]
    assert [head.split()[1] for head in heads] == ["joints", "silhouettes"]
    assert result.stdout.count("| alone ") == 1 and result.stdout.count(f"| {KEPT} ") == 2
    words = ["paper" if word == RUN else word for word in words]
    words[2] = tmp_path / "elsewhere"
    result = CliRunner().invoke(procedures.main, list(map(str, words)))
    assert result.exit_code == 1 and "measure run, too" in result.stderr


def test_nobody_to_learn_from_leaves_the_generic_network(square_network, tmp_path, tiny):
    frames = tmp_path / "frames"
    frames.mkdir()
    for number in range(3):
        write_image(frames / f"{number}.png", np.zeros((64, 96, 3), np.uint8))
    networks = []

    def measure(source, parser, smooth, rules):
        networks.append(parser.network)
        return dict.fromkeys(rules, Scores(1.0, 1.0, 1.0))

    base = Base.of(square_network)
    measured(Task("nobody", frames, measure), tmp_path / "out", base)
    assert networks and all(network is base.engine for network in networks)


def test_a_copy_of_a_run_is_whole_or_not_there(tmp_path):
    run, folder = tmp_path / "run", tmp_path / "copy"
    procedures_measure.begin_from(run, folder)
    assert not folder.exists()
    run.mkdir()
    (run / "one").write_text("1")
    (tmp_path / ".copy").mkdir()  # of a copy that was stopped
    procedures_measure.begin_from(run, folder)
    assert (folder / "one").read_text() == "1"
    (run / "one").write_text("2")
    procedures_measure.begin_from(run, folder)
    assert (folder / "one").read_text() == "1"


def test_every_procedure_but_the_papers_changes_one_thing():
    plain = asdict(RunSettings())
    for name, procedure in PROCEDURES.items():
        changed = {key for key, value in asdict(procedure.settings).items() if value != plain[key]}
        if name != "paper":
            assert len(changed) == (name not in (RUN, "teacher")), name


def test_the_papers_procedure_has_nothing_of_ours():
    settings = PROCEDURES["paper"].settings
    assert settings.seeds.residual_motion.weight == settings.still_scene.weight == 0
    assert settings.seeds.own == settings.seeds.surest == settings.self_training.epochs == 0
    assert settings.refine.local_colours.weight == 0 and len(settings.window_views) == 1
    assert settings.seeds.confidence == 0.99
    first = PROCEDURES["paper"].readings[0]
    assert first.network == "uncut"


def test_fewer_videos_are_drawn_from_the_same():
    tasks = [Task(str(number), None, None) for number in range(9)]
    many, few = drawn(tasks, 6, 3), drawn(tasks, 2, 3)
    assert [int(task.name) for task in many] == sorted(int(task.name) for task in many)
    assert set(few) < set(many) and len(drawn(tasks, 20, 3)) == 9
    assert {task.name for task in drawn(tasks, 2, 4)} != {task.name for task in few}


def test_a_gain_has_an_interval_a_range_and_counts():
    rows = {
        GENERIC: [Scores(10.0, 0.5, 0.8), Scores(20.0, 0.7, 0.6)],
        KEPT: [Scores(5.0, 0.8, 0.9), Scores(20.2, 0.7, 0.6)],
        "other": [Scores(10.0, 0.8, 0.85), Scores(40.4, 0.7, 0.55)],
    }
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in cells(joint_table, rows)]
    assert lines[0] == ["generic", "15.0", "15.0", "0.600", "", "", "", "+40.7% (-1.0% to +100.0%)"]
    assert lines[1] == [
        *("a run", "12.6", "12.6", "0.750", "16.0% (-1.0% to 50.0%)", "-1.0% to 50.0%"),
        *("1, 0", ""),  # a hundredth worse is a tie
    ]
    assert lines[2][-2:] == ["0, 1", "+100.0% (+100.0% to +100.0%)"]
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in cells(silhouette_table, rows)
    ]
    assert lines[1] == [
        *("a run", "0.750", "+0.050 (+0.000 to +0.100)", "+0.000 to +0.100", "1, 0", ""),
    ]
    assert lines[2][2:] == [
        *("+0.000 (-0.050 to +0.050)", "-0.050 to +0.050", "1, 1", "-0.050 (-0.050 to -0.050)"),
    ]


def cells(table, rows):
    return table(rows, GENERIC, KEPT, 0).splitlines()[2:]


def test_what_is_not_labelled_has_no_table():
    rows = {GENERIC: [Scores(j=0.8)], KEPT: [Scores(j=0.9)]}
    assert joint_table(rows, GENERIC, KEPT, 0) == "" == silhouette_table({}, GENERIC, KEPT, 0)
    assert "+0.100" in silhouette_table(rows, GENERIC, KEPT, 0)
