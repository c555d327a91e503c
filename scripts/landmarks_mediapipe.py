"""Write the landmarks of videos, for `--landmarks`, with MediaPipe's BlazePose.

    python3 -m venv pose
    pose/bin/pip install "mediapipe==0.10.14"
    pose/bin/python scripts/landmarks_mediapipe.py VIDEO [VIDEO ...] --out POSES.npz

It runs in an environment of its own, and imports nothing of `personalize`: MediaPipe wants another
NumPy, and brings a second `cv2`. A VIDEO is a video file or a folder of frames. The file gets
`NAME/xy` (T, 33, 2), in pixels, (0, 0) the centre of the top-left one, NaN in frames in which
nobody was found, and `NAME/visibility` (T, 33); NAME is that of the video without its ending.
"""

import argparse
import re
import sys
from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
POINTS = 33


def natural_order(path):
    """What frames are sorted by: numbers in names count as numbers."""
    return [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", path.name)]


def frames_of(path, cv2):
    """Yield the frames (H, W, 3) of a video or of a folder, RGB."""
    if path.is_dir():
        files = [file for file in path.iterdir() if file.suffix.lower() in PICTURES]
        for file in sorted(files, key=natural_order):
            yield cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        return
    video = cv2.VideoCapture(str(path))
    while True:
        there, frame = video.read()
        if not there:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def in_pixels(found, height, width, np):
    """Landmarks as (33, 2) pixels and (33,) visibility; MediaPipe tells shares of the sides."""
    if found is None:
        return np.full((POINTS, 2), np.nan, np.float32), np.zeros(POINTS, np.float32)
    xy = [(point.x * width - 0.5, point.y * height - 0.5) for point in found.landmark]
    return np.float32(xy), np.float32([point.visibility for point in found.landmark])


def landmarks_of(path, mediapipe, cv2, np, *, complexity, single):
    """Landmarks (T, 33, 2) and their visibility (T, 33) in all frames of a video."""
    pose = mediapipe.solutions.pose.Pose(static_image_mode=single, model_complexity=complexity)
    rows = []
    with pose:
        for frame in frames_of(path, cv2):
            found = pose.process(frame).pose_landmarks
            rows.append(in_pixels(found, *frame.shape[:2], np))
            if len(rows) % 100 == 0:
                print(f"{path.name}: {len(rows)} frames", file=sys.stderr)
    if not rows:
        sys.exit(f"{path}: no frame could be read; check the path")
    xy, visibility = zip(*rows)
    return np.stack(xy), np.stack(visibility)


def main():
    words = argparse.ArgumentParser(description="Write landmarks of videos with MediaPipe.")
    words.add_argument("videos", metavar="VIDEO", type=Path, nargs="+")
    words.add_argument("--out", type=Path, required=True, help="File of the landmarks, .npz.")
    words.add_argument(
        "--complexity",
        type=int,
        choices=(0, 1, 2),
        default=1,
        help="Model: 1 is in the wheel, 0 (lite) and 2 (heavy, better) are fetched once.",
    )
    words.add_argument(
        "--single",
        action="store_true",
        help="Look at every frame by itself: frames of a folder that are seconds apart.",
    )
    asked = words.parse_args()
    try:
        import cv2
        import mediapipe
        import numpy as np
    except ImportError as error:
        sys.exit(f"{error}; run it in an environment of its own, with mediapipe 0.10.14")
    if not hasattr(mediapipe, "solutions"):
        sys.exit(
            f"mediapipe {mediapipe.__version__} has no `solutions.pose` any more; install 0.10.14"
        )
    arrays = {}
    for path in asked.videos:
        if not path.exists():
            sys.exit(f"{path}: no such video; check the path")
        name = path.name if path.is_dir() else path.stem
        xy, visibility = landmarks_of(
            path, mediapipe, cv2, np, complexity=asked.complexity, single=asked.single
        )
        arrays |= {f"{name}/xy": xy, f"{name}/visibility": visibility}
        print(f"{name}: somebody in {np.isfinite(xy[:, 0, 0]).sum()} of {len(xy)} frames")
    np.savez_compressed(asked.out, **arrays)


if __name__ == "__main__":
    main()
