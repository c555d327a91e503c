"""No reader shows a traceback, crashes, or takes more than 10 s or 2 GB, whatever it is given.

A mutant that ever did is kept in `regressions/`, under the name of its reader.
"""

import csv
import gzip
import json
from collections import Counter
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import torch
from forked import DONE, REFUSED, in_fork
from mutants import mutate, mutate_arrays, mutate_json, random_of
from PIL import Image
from tinyrun import tiny_run

from personalize.commands.settings_file import read_settings, write_settings
from personalize.datasets import clothing, freiburg_sitting, jhmdb, landmarks, real_people
from personalize.datasets.matlab import read_variable
from personalize.datasets.rendered_video import rendered_video
from personalize.datasets.youtube_pose import videos
from personalize.experiments.count_cache import cached_counts
from personalize.media.encode import VideoWriter
from personalize.media.images import image_size, read_cutout, read_image, read_mask
from personalize.media.video import open_source
from personalize.network import checkpoints
from personalize.network.factored import FactoredNetwork
from personalize.output.export import FRAME_FIELDS, JOINT_FIELDS
from personalize.output.finished import read_run, read_seen
from personalize.settings import RunSettings
from personalize.storage import layout
from personalize.storage.arrays import read_arrays
from personalize.storage.atomic import open_table
from personalize.synthesis.motion_acclaim import read_acclaim
from personalize.synthesis.motion_bvh import read_bvh
from personalize.synthesis.motion_deepmimic import NUMBERS, read_deepmimic
from personalize.training.state import state_errors

REGRESSIONS = Path(__file__).with_name("regressions")
READERS = {}
"""Name -> (make, read): ``make(folder)`` writes sound files and returns their paths;
``read(path)`` reads a file that stands where the sound one stood."""


def reader(make, of_json=False):
    """Register a function as the reader of what `make` writes."""

    def register(read):
        READERS[read.__name__] = (make, read, of_json)
        return read

    return register


def frames_of(count=6, height=24, width=32):
    random = np.random.default_rng(0)
    return random.integers(0, 255, (count, height, width, 3), np.uint8)


def write_films(folder):
    import av

    for name, codec, pixels in (
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
        ("a.avi", "ffv1", "bgr0"),
        ("a.mov", "mjpeg", "yuvj420p"),
    ):
        with av.open(str(folder / name), "w") as container:
            stream = container.add_stream(codec, rate=25)
            stream.height, stream.width, stream.pix_fmt = 24, 32, pixels
            for frame in frames_of():
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            container.mux(stream.encode(None))
        yield folder / name


@reader(write_films)
def film(path):
    source = open_source(path, partial=True)
    for frame in source:
        assert frame.shape == (source.height, source.width, 3)
    assert (np.diff(source.times) >= 0).all()


def write_film_with_sound(folder):
    import av

    path = folder / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width, stream.pix_fmt = 24, 32, "yuv420p"
        sound = container.add_stream("aac", rate=16000, layout="mono")
        for frame in frames_of():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        tone = np.float32(np.sin(np.arange(4096)))[None]
        samples = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        samples.sample_rate = 16000
        container.mux([*sound.encode(samples), *sound.encode(None), *stream.encode(None)])
    yield path


@reader(write_film_with_sound)
def film_and_its_copy(path):
    source = open_source(path, partial=True)
    with VideoWriter(path.with_name("copy.mp4"), source=source) as writer:
        for frame in source:
            writer.write(frame)


def write_pictures(folder):
    picture = frames_of()[0]
    for suffix in ("png", "jpg", "webp", "bmp", "tif"):
        Image.fromarray(picture).save(folder / f"a.{suffix}")
        yield folder / f"a.{suffix}"
    palette = Image.fromarray(picture).convert("P", palette=Image.Palette.ADAPTIVE)
    palette.save(folder / "p.png", transparency=3)
    yield folder / "p.png"


@reader(write_pictures)
def picture(path):
    height, width = image_size(path)
    assert read_image(path).shape == (height, width, 3)
    assert read_image(path, colour=False).ndim == 2
    assert read_cutout(path).shape[2] == 4
    assert read_mask(path).dtype == bool


@reader(write_pictures)
def folder_of_frames(path):
    folder = path.with_name("frames")
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number in range(2):
        (folder / f"{number}{path.suffix}").write_bytes(path.read_bytes())
    assert len(list(open_source(folder, partial=True)))


def write_matlab(folder):
    records = np.array([[(np.eye(2), np.array(["a", "b"]))]], [("xy", object), ("names", object)])
    for name, pack in (("a.mat", True), ("b.mat", False)):
        content = {"M": records, "N": np.arange(60.0).reshape(6, 10)}
        scipy.io.savemat(folder / name, content, do_compression=pack)
        yield folder / name


@reader(write_matlab)
def matlab(path):
    for variable in ("M", "N"):
        read_variable(path, variable)


def write_labels(folder):
    for number, (name, value) in enumerate(
        {
            "groundtruth": np.uint8([[41, 0], [56, 19]]),
            "M": np.float64([[1, 2], [0, 0]]),
            "part_mask": np.ones((4, 6, 2), np.uint8),
            "pos_img": np.ones((2, 15, 2)),
        }.items()
    ):
        scipy.io.savemat(folder / f"{number}.mat", {name: value})
        yield folder / f"{number}.mat"


@reader(write_labels)
def labels_of_data_sets(path):
    if path.stem == "0":
        clothing.ClothingPhotograph("a", path, path).read_regions()
    elif path.stem == "1":
        freiburg_sitting.SeatedPhotograph("a", path, path).read_parts()
    elif path.stem == "2":
        jhmdb.LabelledClip("a", "b", path, path, path).read_masks()
    else:
        jhmdb.LabelledClip("a", "b", path, path, path).read_joints(jhmdb.PUPPET_JOINTS[:2])


def write_youtube(folder):
    fields = ("videoname", "locs", "frameids", "label_names", "isYouTubePoseSubset")
    record = np.empty((1, 1), [(field, object) for field in fields])
    names = ["Head", *(f"{side} {joint}" for joint in ("wrist", "elbow", "shoulder")
                       for side in ("Right", "Left"))]  # fmt: skip
    locs, numbers = np.ones((2, 7, 1)), np.uint16([[1]])
    record[0, 0] = ("aaaa", locs, numbers, np.array([names], object), np.uint8(1))
    (folder / "GT_frames" / "aaaa").mkdir(parents=True)
    (folder / "GT_frames" / "aaaa" / "frame_000001.jpg").touch()
    scipy.io.savemat(folder / "labels.mat", {"data": record})
    yield folder / "labels.mat"


@reader(write_youtube)
def youtube_pose(path):
    found = videos(path)
    assert all(video.images[0].parent.parent.name == "GT_frames" for video in found)


def write_rendered(folder):
    np.savez(folder / "silhouettes.npz", bits=np.ones((2, 2), np.uint8), shape=np.array([2, 3, 5]))
    (folder / "clip.mp4").touch()
    (folder / "joints.csv").write_text("frame,time,joint,x,y,visible\n0,0.000,head,1.50,2.00,1\n")
    yield folder / "silhouettes.npz"
    yield folder / "joints.csv"


@reader(write_rendered)
def rendered(path):
    video = rendered_video(path.parent)
    video.read_mask(0)


def write_landmarks(folder):
    np.savez(
        folder / "a.npz", **{"a/xy": np.ones((1, 17, 2)) * 9, "a/visibility": np.ones((1, 17))}
    )
    yield folder / "a.npz"


@reader(write_landmarks)
def landmarks_as_arrays(path):
    landmarks.read_landmarks(path)


def write_coco(folder):
    person = {"image_id": 1, "keypoints": [9.0, 9.0, 2] * 17, "score": 0.5, "bbox": [0, 0, 4, 4]}
    image = {"id": 1, "file_name": "a.jpg", "height": 20, "width": 20}
    (folder / "a.json").write_text(json.dumps({"images": [image], "annotations": [person]}))
    yield folder / "a.json"


@reader(write_coco, of_json=True)
def landmarks_of_coco(path):
    landmarks.read_landmarks(path)


def write_index(folder):
    (folder / "index.csv").write_text(
        f"{','.join(real_people.INDEX_FIELDS)}\n" + ",".join("1" for _ in real_people.INDEX_FIELDS)
    )
    yield folder / "index.csv"


@reader(write_index)
def index_of_people(path):
    real_people.read_index(path)


def write_counts(folder):
    cached_counts(folder, "a", {"size": 1}, lambda: np.arange(4))
    yield folder / "counts-a.json"


@reader(write_counts, of_json=True)
def counts(path):
    assert cached_counts(path.parent, "a", {"size": 1}, lambda: np.arange(4)).dtype == np.int64


def write_numbers(folder):
    for name, save in (("a.npz", np.savez), ("b.npz", np.savez_compressed)):
        save(folder / name, a=np.arange(30), b=np.ones((3, 4), np.float32))
        yield folder / name


@reader(write_numbers)
def arrays(path):
    read_arrays(path, ["a", "b"])


@cache
def network():
    """Random weights; the same in every call."""
    torch.manual_seed(0)
    return FactoredNetwork()


def write_base(folder):
    checkpoints.save_base(network(), folder / "base.safetensors", {"samples": 1})
    yield folder / "base.safetensors"


@reader(write_base)
def base(path):
    found, facts = checkpoints.load_base(path)
    assert isinstance(facts, dict)
    assert all(tensor.isfinite().all() for tensor in found.state_dict().values())


def write_person(folder):
    learned = deepcopy(network())
    with torch.no_grad():
        for name, weights in learned.named_parameters():
            if name.startswith(checkpoints.PERSONAL) and weights.numel() < 99:
                weights += 0.01
    checkpoints.save_person(learned, folder / "person.safetensors", network(), {})
    yield folder / "person.safetensors"


@reader(write_person)
def person(path):
    found = checkpoints.load_person(path, network())
    assert all(tensor.isfinite().all() for tensor in found.state_dict().values())


def write_state(folder):
    torch.save({"network": {"a": torch.zeros(3)}, "seen": 3, "settings": "{}"}, folder / "state.pt")
    yield folder / "state.pt"


@reader(write_state)
def state(path):
    with state_errors(path):
        int(torch.load(path, map_location="cpu", weights_only=True)["seen"])


def write_tables(folder):
    tiny_run(folder)
    with open(folder / layout.JOINTS, "w", newline="") as file:
        csv.writer(file).writerows([JOINT_FIELDS, (0, "0.0000", "head", "1.00", "2.00", "0.5000")])
    with open_table(folder / layout.FRAMES, "w") as file:
        rows = [(k, f"{k / 25:.4f}", "0.100000", "0.900000", "", "yes") for k in range(4)]
        csv.writer(file).writerows([FRAME_FIELDS, *rows])
    yield folder / layout.JOINTS
    yield folder / layout.FRAMES


@reader(write_tables)
def tables_of_a_run(path):
    done = read_run(path.parent)
    assert done.xy.shape == (4, 13, 2)
    assert len(done.times) == len(done.frame_names) == len(done.areas) == 4
    assert len(done.in_view) == 4
    read_seen(path.parent)


def write_settings_file(folder):
    (folder / "a.toml").write_text(write_settings(RunSettings()))
    yield folder / "a.toml"


@reader(write_settings_file)
def settings_file(path):
    assert isinstance(read_settings(path), RunSettings)


BVH = """HIERARCHY
ROOT Hips
{
 OFFSET 0 0 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT Chest
 {
  OFFSET 0 5 0
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 4 0
  }
 }
}
MOTION
Frames: 2
Frame Time: 0.033333
0 0 0 10 0 0 0 5 0
1 0 0 12 0 0 0 6 0
"""
ASF = """:bonedata
begin
name chest
direction 0 1 0
length 2
axis 0 0 0 XYZ
dof rx
end
:hierarchy
begin
root chest
end
"""
AMC = "1\nroot 0 0 0 0 0 0\nchest 5\n5\nroot 1 0 0 0 0 0\nchest 6\n"


def write_motions(folder):
    (folder / "a.bvh").write_text(BVH)
    (folder / "a.asf").write_text(ASF)
    (folder / "a.amc").write_text(AMC)
    frames = [[0.03, 0, 1, 0, *[1.0, 0, 0, 0] * 10][:NUMBERS] for _ in range(3)]
    (folder / "a.json").write_text(json.dumps({"Loop": "wrap", "Frames": frames}))
    (folder / "a.amc.gz").write_bytes(gzip.compress(AMC.encode(), mtime=0))
    for suffix in ("bvh", "asf", "amc", "json", "amc.gz"):
        yield folder / f"a.{suffix}"


@reader(write_motions)
def motions(path):
    if path.suffix == ".bvh":
        read_bvh(path)
    elif path.suffix == ".json":
        read_deepmimic(path)
    else:
        motion = path if path.suffix == ".gz" else path.with_suffix(".amc")
        read_acclaim(path.with_name("a.asf"), motion)


def damage(path, content, random, of_json):
    """Write a mutant: half of the time of the bytes, else of what they hold."""
    deep = random.random() < 0.5
    if of_json and deep:
        text = mutate_json(content.decode(), random)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    elif path.suffix == ".npz" and deep:
        with np.load(path) as stored:
            changed = mutate_arrays(dict(stored), random)
        np.savez(path, **changed)
    elif path.suffix == ".mat" and deep:
        stored = scipy.io.loadmat(path)
        sound = {name: value for name, value in stored.items() if name[0] != "_"}
        if all(value.dtype.kind in "biuf" for value in sound.values()):
            scipy.io.savemat(path, mutate_arrays(sound, random))
        else:
            path.write_bytes(mutate(content, random))
    else:
        path.write_bytes(mutate(content, random))


@pytest.mark.parametrize("name", READERS)
def test_no_mutant_gets_past_a_sentence(name, tmp_path, tally, pytestconfig):
    make, read, of_json = READERS[name]
    sound = [(path, path.read_bytes()) for path in make(tmp_path)]

    def task(number):
        for path, content in sound:  # what stands beside it is sound
            path.write_bytes(content)
        path, content = sound[number % len(sound)]
        damage(path, content, random_of(number), of_json)
        read(path)

    read_sound = list(in_fork(lambda number: read(sound[number][0]), range(len(sound))))
    assert [outcome for outcome in read_sound if outcome.kind != DONE] == []
    outcomes = list(in_fork(task, range(pytestconfig.getoption("--mutants"))))
    tally(f"mutants of {name.replace('_', ' ')}", Counter(outcome.kind for outcome in outcomes))
    wrong = [outcome for outcome in outcomes if outcome.kind not in (DONE, REFUSED)]
    for outcome in wrong[:20]:
        path, content = sound[outcome.number % len(sound)]
        path.write_bytes(content)
        damage(path, content, random_of(outcome.number), of_json)
        path.rename(tmp_path / f"{name}-{outcome.number}{path.suffix}")  # for `regressions`
    found = f"{len(wrong)} of {len(outcomes)}, kept in {tmp_path}, the first: {wrong[:1]}"
    assert not wrong, found


@pytest.mark.parametrize("path", sorted(REGRESSIONS.glob("*")), ids=lambda path: path.stem)
def test_what_was_once_a_traceback_is_a_sentence(path, tmp_path):
    make, read, _ = READERS[path.name.partition("-")[0]]
    sound = next(one for one in make(tmp_path) if one.suffix == path.suffix)
    sound.write_bytes(path.read_bytes())
    [outcome] = in_fork(lambda number: read(sound), [0])
    assert outcome.kind in (DONE, REFUSED), outcome
