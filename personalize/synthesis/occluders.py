"""Objects between camera and person: a desk, a laptop, a microphone, a post, a box.

They are only cut out of the person; in their place the background is seen.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.boxes import join_boxes
from personalize.synthesis.camera import Camera
from personalize.synthesis.posture import UP, unit
from personalize.synthesis.raster import Scene
from personalize.synthesis.settings import SynthesisSettings
from personalize.synthesis.sitters import Sitter


def draw_occluders(
    random: np.random.Generator, settings: SynthesisSettings, sitter: Sitter, camera: Camera
) -> Scene | None:
    """Draw objects in front of a person.

    Parameters
    ----------
    random : numpy.random.Generator
    settings : SynthesisSettings
    sitter : Sitter
    camera : Camera

    Returns
    -------
    Scene or None
        None where nothing is in front of the person.
    """
    if random.random() >= settings.occluder_share:
        return None
    towards = camera.place - sitter.vertices.mean(axis=0)
    towards = unit(towards - UP * (towards @ UP))
    axes = np.stack([np.cross(UP, towards), UP, towards], axis=1)  # aside, up, to the camera
    kind = random.choice(
        ["desk", "laptop", "microphone", "post", "box"], p=[0.4, 0.2, 0.15, 0.1, 0.15]
    )
    boxes = _BOXES[kind](random)
    hips = sitter.joints[[7, 8]].mean(axis=0)
    near = np.quantile((sitter.vertices - hips) @ towards, 0.97)  # the person's front
    before = [(middle + (0.0, 0.0, near), half, turned) for middle, half, turned in boxes]
    corners, triangles = join_boxes(before)
    return Scene(hips + corners @ axes.T, triangles)


def _desk(random):
    """A board at the height of the belly. Metres from hips and front, as in all functions below."""
    depth = random.uniform(0.15, 0.4)
    top = random.uniform(0.08, 0.3)
    thick = random.choice([0.02, 0.5])
    place = np.array([random.normal(0, 0.2), top - thick, random.uniform(-0.12, 0.05) + depth])
    tilt = Rotation.from_euler("yz", random.normal(0, 0.08, 2))
    return [(place, np.array([random.uniform(0.5, 1.2), thick, depth]), tilt)]


def _laptop(random):
    half = np.array([random.uniform(0.14, 0.22), random.uniform(0.09, 0.14), 0.006])
    place = np.array([random.normal(0, 0.15), random.uniform(0.15, 0.4), random.uniform(0, 0.2)])
    open_by = Rotation.from_euler("yx", [random.normal(0, 0.3), random.normal(0.3, 0.15)])
    return [(place, half, open_by)] + (_desk(random) if random.random() < 0.6 else [])


def _microphone(random):
    aside, height = random.normal(0, 0.1), random.uniform(0.3, 0.65)
    ball = np.array([0.025, 0.03, 0.025]) * random.uniform(0.8, 1.5)
    stick = random.uniform(0.1, 0.5)
    lean = Rotation.from_euler("z", random.normal(0, 0.5))
    front = random.uniform(0.02, 0.15)
    foot = lean.apply([0.0, -stick, 0.0])
    return [
        (np.array([aside, height, front]), ball, lean),
        (np.array([aside, height, front]) + foot, np.array([0.008, stick, 0.008]), lean),
    ]


def _post(random):
    place = np.array([random.normal(0, 0.3), 0.0, random.uniform(0.05, 0.3)])
    lean = Rotation.from_euler("z", random.normal(0, 0.15))
    return [(place, np.array([random.uniform(0.01, 0.09), 2.0, 0.03]), lean)]


def _box(random):
    place = np.array([random.normal(0, 0.3), random.uniform(-0.5, 0.45), random.uniform(0, 0.2)])
    turned = Rotation.from_euler("xyz", random.normal(0, 0.6, 3))
    return [(place, random.uniform(0.04, 0.22, 3), turned)]


_BOXES = {"desk": _desk, "laptop": _laptop, "microphone": _microphone, "post": _post, "box": _box}
