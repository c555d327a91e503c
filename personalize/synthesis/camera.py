"""A pinhole camera before a person, drawn at random or fixed through a film."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from personalize.synthesis.settings import SynthesisSettings
from personalize.types import Floats


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera. Its own axes: x right, y down, z into the picture.

    Attributes
    ----------
    rotation : (3, 3) float array
        World to camera.
    place : (3,) float array
        Of the pinhole in the world, metres.
    focal : float
        Pixels.
    centre : (2,) float array
        Pixel (x, y) of the optical axis.
    width, height : int
        Of the picture, pixels.
    """

    rotation: Floats
    place: Floats
    focal: float
    centre: Floats
    width: int
    height: int

    def project(self, points: Floats) -> Floats:
        """Project world points (N, 3) to pixels (N, 2); NaN behind the pinhole."""
        seen = (points - self.place) @ self.rotation.T
        depth = np.where(seen[:, 2:] > 1e-3, seen[:, 2:], np.nan)
        return self.focal * seen[:, :2] / depth + self.centre

    def rays(self, pixels: Floats) -> Floats:
        """Return world directions (N, 3) float32, not normalised, through pixels (N, 2)."""
        inside = np.empty((len(pixels), 3), np.float32)
        inside[:, :2] = (pixels - self.centre) / self.focal
        inside[:, 2] = 1
        return inside @ self.rotation.astype(np.float32)

    def moved(self, shift: Floats) -> "Camera":
        """Return the same camera with its picture shifted by (x, y) pixels."""
        return Camera(
            self.rotation, self.place, self.focal, self.centre + shift, self.width, self.height
        )


def facing_camera(
    target: Floats,
    tallness: float,
    stature: float,
    *,
    yaw: float,
    pitch: float,
    roll: float,
    view: float,
    width: int,
    height: int,
) -> Camera:
    """Place a camera in front of a target, at the distance that gives the wanted size.

    Parameters
    ----------
    target : (3,) float array
        What the camera looks at, metres; y up.
    tallness : float
        Pixels that the person would fill standing upright.
    stature : float
        Of the person standing upright, metres.
    yaw, pitch, roll : float
        Radians: around the person (0 sees the front), downwards, about the axis.
    view : float
        Vertical angle of view, radians.
    width, height : int
        Of the picture, pixels.

    Returns
    -------
    Camera
        `target` is in the middle of the picture.
    """
    focal = 0.5 * height / np.tan(0.5 * view)
    distance = focal * stature / tallness
    around = Rotation.from_euler("YX", [yaw, -pitch]).as_matrix()  # camera axes in the world
    away = around[:, 2]
    down = Rotation.from_euler("z", roll).as_matrix() @ np.diag([1.0, -1.0, -1.0]) @ around.T
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return Camera(down, target + distance * away, focal, centre, width, height)


def draw_camera(
    random: np.random.Generator,
    settings: SynthesisSettings,
    vertices: Floats,
    head: Floats,
    stature: float,
) -> Camera:
    """Draw a camera; its picture shows head and shoulders, the whole body, or between.

    Parameters
    ----------
    random : numpy.random.Generator
    settings : SynthesisSettings
    vertices : (V, 3) float array
        The posed body.
    head : (3,) float array
        Middle of the head.
    stature : float
        Of the person standing upright, metres.

    Returns
    -------
    Camera
    """
    size = settings.size
    share = np.exp(random.uniform(np.log(settings.shortest), np.log(settings.tallest)))
    close = np.clip(share - 0.9, 0, 1)  # close cameras stand at the height of the face
    camera = facing_camera(
        (1 - close) * vertices.mean(axis=0) + close * head,
        share * size,
        stature,
        yaw=draw_yaw(random, settings),
        pitch=np.radians(random.normal(3, settings.pitch_sigma)),
        roll=np.radians(random.normal(0, settings.roll_sigma)),
        view=np.radians(random.uniform(22, 60)),
        width=size,
        height=size,
    )
    return camera.moved(
        _framing_shift(random, camera.project(vertices), camera.project(head[None])[0], size)
    )


def draw_yaw(random: np.random.Generator, settings: SynthesisSettings) -> float:
    """Draw the person's heading relative to the camera, radians."""
    if random.random() < settings.all_round_share:
        return random.uniform(-np.pi, np.pi)
    return np.radians(random.normal(0, settings.yaw_sigma))


def _framing_shift(random, pixels, head, size):
    """Shift that centres the person if they fit, and otherwise keeps the head in the picture."""
    low, high = np.nanmin(pixels, axis=0), np.nanmax(pixels, axis=0)
    extent = np.maximum(high - low, 1)
    shift = (size - 1) / 2 - (low + high) / 2
    room = np.maximum(size - extent, 0) / 2
    shift += random.uniform(-0.5, 0.5, 2) * room
    for axis in (0, 1):
        if extent[axis] > 0.95 * size:
            wanted = (0.5 + random.normal(0, 0.1), random.uniform(0.14, 0.42))[axis]
            if random.random() < 0.06:
                wanted = random.uniform(-0.1, 0.5)  # sometimes the head is cut off
            shift[axis] = wanted * size - head[axis]
    return shift
