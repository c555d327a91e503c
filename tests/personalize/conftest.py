"""Data sets written in the layouts in which they are published, with numbers known by heart.

And small videos, coded with PyAV alone.
"""

from fractions import Fraction
from functools import partial

import av
import cv2
import numpy as np
import pytest
import scipy.io
from PIL import Image

from personalize.storage import layout
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.workspace import Workspace

from .drawn import drawn_run, drawn_video  # noqa: F401  fixtures

YOUTUBE_NAMES = ("aaaa", "-bbb", "cccc&", "żółć")
YOUTUBE_JOINTS = (
    "Head",
    "Right wrist",
    "Left wrist",
    "Right elbow",
    "Left elbow",
    "Right shoulder",
    "Left shoulder",
)


@pytest.fixture(scope="session")
def still_room():
    """A still room with a lamp, and somebody who walks before it, who wears the lamp's colour.

    Returns
    -------
    frames : (11, 96, 128, 3) uint8 array
    masks : (11, 96, 128) bool array
    beliefs : (11, 12, 16) float32 array
        What takes the lamp, in rows 20 to 70 and columns 8 to 20, for the person, too.
    """
    random = np.random.default_rng(0)
    tiles = random.integers(40, 120, (12, 16, 3), dtype=np.uint8)
    wall = cv2.resize(tiles, (128, 96), interpolation=cv2.INTER_NEAREST)
    wall[20:70, 8:20] = (230, 190, 150)
    frames, masks = np.repeat(wall[None], 11, axis=0), np.zeros((11, 96, 128), bool)
    for t, (frame, mask) in enumerate(zip(frames, masks)):
        mask[16:80, 24 + 9 * t : 44 + 9 * t] = True
        frame[mask] = (230, 190, 150)
    frames = np.clip(frames + random.normal(0, 2, frames.shape), 0, 255).astype(np.uint8)
    beliefs = np.float32(masks) * 0.96 + 0.02
    beliefs[:, 20:70, 8:20] = 0.8
    cells = [cv2.resize(belief, (16, 12), interpolation=cv2.INTER_AREA) for belief in beliefs]
    return frames, masks, np.stack(cells)


class FakeSource:
    """A source of which nothing is read."""

    name = "clip.mp4"

    def describe(self):
        return {"name": self.name, "digest": "d1", "frames": 3}


@pytest.fixture
def fake_run(tmp_path):
    """Return a function that opens the folder `out` for a run of nothing."""
    return lambda: Workspace.open(tmp_path / "out", source=FakeSource(), facts={})


@pytest.fixture
def tiny_run(tmp_path, monkeypatch):
    """Return a function that runs all stages of a run, on next to nothing, in the folder `out`.

    Every output is there, under its name; returned are the Workspace and what was loaded.
    """

    monkeypatch.setattr(
        "personalize.storage.workspace.give_back", lambda: None
    )  # nothing worth its time
    monkeypatch.setattr("personalize.storage.manifest._versions", dict)

    def run(seed=0, root=tmp_path / "out"):
        work = Workspace.open(root, source=FakeSource(), facts={"seed": seed})
        loaded = [
            work.arrays(name, {}, lambda: np.full(40, seed))
            for name in ("predict", "propagate", "refine")
        ]
        stages = {
            "learn": (
                [layout.LEARNED, layout.PART_COLOURS],
                lambda folder: load_arrays(folder / layout.PART_COLOURS),
            ),
            "judge": (
                [layout.arrays_of("judge")],
                lambda folder: load_arrays(folder / layout.arrays_of("judge")),
            ),
            "keep": ([layout.PERSON], None),
            "parse": (layout.PARSED, None),
            "report": ([layout.REPORT, layout.COMPARISON], None),
        }
        for name, (outputs, load) in stages.items():
            loaded.append(
                work.stage(name, {}, partial(write_outputs, outputs), outputs=outputs, load=load)
            )
        return work, loaded

    return run


def write_outputs(outputs, folder):
    """Write what a stage leaves, of a few bytes; arrays are arrays."""
    files = {
        layout.SILHOUETTES: [layout.picture(number) for number in range(4)],
        layout.PARTS: [layout.picture(number) for number in range(4)],
        layout.COMPARISON: [layout.NUMBERS, "000001_generic.jpg", "000001_personal.jpg"],
    }
    for output in outputs:
        for path in (
            [folder / output / name for name in files[output]]
            if output in files
            else [folder / output]
        ):
            path.parent.mkdir(exist_ok=True)
            if path.suffix == ".npz":
                save_arrays(path, np.arange(40))
            else:
                path.write_text(f"what stands in {path.name}")


@pytest.fixture
def write_youtube_pose(tmp_path):
    """Return a function that writes YouTube Pose and returns its folder.

    Frame f is of the grey level f; joint j of frame f lies at (f + j, 2 j + 5) as MATLAB counts.
    """

    def write(names=YOUTUBE_NAMES, frame_ids=(30, 10, 20), joints=YOUTUBE_JOINTS):
        root = tmp_path / "youtube_pose"
        fields = "url videoname locs frameids label_names scale crop origRes isYouTubePoseSubset"
        records = np.empty((1, len(names)), [(field, object) for field in fields.split()])
        for number, name in enumerate(names):
            records[0, number] = (
                f"https://www.youtube.com/watch?v={name}",
                name,
                youtube_locs(frame_ids, len(joints)),
                np.array([frame_ids], np.uint16),
                np.array([joints], object),
                0.5,
                np.array([[1, 1, 128, 96]], np.uint16),
                np.array([[96, 128]], np.uint16),
                np.uint8(number == 1),
            )
            folder = root / "GT_frames" / name
            folder.mkdir(parents=True)
            for frame_id in frame_ids:
                write_grey(folder / f"frame_{frame_id:06d}.jpg", (48, 64, 3), frame_id)
        scipy.io.savemat(root / "YouTube_Pose_dataset.mat", {"data": records})
        return root

    return write


@pytest.fixture
def write_davis(tmp_path):
    """Return a function that writes sequences in the layout of DAVIS and returns their folder.

    Each has frames of 4 x 6 pixels; in frame t, the mask is the left t + 1 columns.
    """

    def write(names=("dance", "hike"), frames=3, level=""):
        root = tmp_path / "davis"
        for name in names:
            images, masks = (root / kind / level / name for kind in ("JPEGImages", "Annotations"))
            images.mkdir(parents=True)
            masks.mkdir(parents=True)
            for frame in range(frames):
                write_grey(images / f"{frame:05d}.jpg", (4, 6, 3), frame)
                mask = np.zeros((4, 6), np.uint8)
                mask[:, : frame + 1] = 255
                Image.fromarray(mask).save(masks / f"{frame:05d}.png")
        return root

    return write


@pytest.fixture
def write_jhmdb(tmp_path, square_frames):
    """Return a function that writes clips of `square_frames` in the layout of J-HMDB and returns
    its folder.

    Joint j of frame t lies at (t + j + 1, 2 j + 11) as MATLAB counts; the masks are those of the
    square.
    """

    def write(names=("wave_one", "wave_two"), action="wave"):
        root, (frames, masks) = tmp_path / "jhmdb", square_frames
        joint, frame = np.mgrid[:15, : len(frames)]
        for name in names:
            video = root / "ReCompress_Videos" / action / f"{name}.avi"
            labels = {
                root / "puppet_mask" / action / name / "puppet_mask.mat": {
                    "part_mask": masks.transpose(1, 2, 0).astype(np.uint8)
                },
                root / "joint_positions" / action / name / "joint_positions.mat": {
                    "pos_img": np.stack([frame + joint + 1, 2 * joint + 11]).astype(float)
                },
            }
            for path in (video, *labels):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_avi(video, frames)
            for path, content in labels.items():
                scipy.io.savemat(path, content)
        return root

    return write


def write_avi(path, frames):
    """Write frames without loss."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "bgr0"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


@pytest.fixture
def write_clothing(tmp_path):
    """Return a function that writes Clothing Co-Parsing and returns its folder.

    Every photograph is labelled skin, background, bag / purse, wallet, hair.
    """

    def write(names=("0001", "0002"), published=False):
        root = tmp_path / "clothing"
        labels = root / ("annotations/pixel-level" if published else "pixel-level")
        labels.mkdir(parents=True)
        (root / "photos").mkdir()
        groundtruth = np.array([[41, 0, 2], [33, 56, 19]], np.uint8)
        for name in names:
            write_grey(root / "photos" / f"{name}.jpg", (2, 3, 3), 100)
            scipy.io.savemat(labels / f"{name}.mat", {"groundtruth": groundtruth})
        return root

    return write


def youtube_locs(frame_ids, joints):
    """(2, joints, N): x and y of the labels as MATLAB counts."""
    joint, frame = np.mgrid[:joints, : len(frame_ids)]
    return np.stack([np.asarray(frame_ids)[frame] + joint, 2 * joint + 5]).astype(float)


def write_grey(path, shape, level):
    """Write an image of one grey level."""
    Image.fromarray(np.full(shape, level, np.uint8)).save(path, quality=100)


@pytest.fixture
def make_video(tmp_path):
    """Return a function that writes a video file and returns its path."""

    def make(
        name="clip.mp4",
        frames=None,
        *,
        fps=25,
        times=None,
        tone=None,
        codec="libx264",
        pixels=None,
        matrix=None,
        title="",
        **options,
    ):
        frames = counting_frames(12, 24, 32) if frames is None else frames
        path = tmp_path / name
        options = {"g": "4", **options} if codec == "libx264" else options
        with av.open(str(path), "w") as container:
            container.metadata["title"] = title
            video = container.add_stream(codec, rate=fps, options=options)
            video.height, video.width = frames[0].shape[:2]
            video.pix_fmt = pixels or ("yuv444p" if frames[0].shape[0] % 2 else "yuv420p")
            video.codec_context.time_base = Fraction(1, 1000) if times else 1 / Fraction(fps)
            sound = container.add_stream("aac", rate=16000, layout="mono") if tone else None
            for number, array in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(array, format="rgb24")
                if matrix is not None:
                    frame = frame.reformat(format=video.pix_fmt, dst_colorspace=matrix)
                    frame.colorspace = 2  # which says nothing
                frame.pts = round(times[number] * 1000) if times else number
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            if sound:
                container.mux(sound.encode(sound_frame(tone(np.arange(16000) / 16000), 16000)))
                container.mux(sound.encode(None))
        return path

    return make


def sound_frame(samples, rate):
    """One PyAV frame of mono sound."""
    frame = av.AudioFrame.from_ndarray(np.float32(samples)[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    return frame


def counting_frames(count, height, width):
    """(T, H, W, 3) uint8 frames; frame t is of the grey level 16 + 8 t."""
    greys = 16 + 8 * np.arange(count, dtype=np.uint8)
    return np.broadcast_to(greys[:, None, None, None], (count, height, width, 3)).copy()
