"""The places of all actors and of the camera in every frame of a shot.

World axes, in metres: a shot begins with the camera at the origin of the ground, looking
along -z; x is to its right, y up. An actor of heading 0 faces +z, the camera.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from personalize.synthesis.camera import Camera
from personalize.synthesis.scripts import Keys, Role, Shot
from personalize.types import Floats

_CORNER = 0.15  # seconds in which an actor starts to move
_TURNING = 0.25  # seconds in which an actor turns
_STILL, _BRISK = 0.15, 0.9  # metres a second: at most while standing, at least for full strides
_SWAYING = 0.25  # seconds: correlation time of a camera held by hand


@dataclass(frozen=True, eq=False)
class Mark:
    """The place of an actor at a given time.

    Attributes
    ----------
    place : (2,) float array
        x and z of the head on average; leaning and swaying move it around that place.
    heading : float
        Radians; 0 faces the camera, positive is to the actor's left.
    gone : float
        Distance covered since the shot began, metres.
    effort : float
        0 stands, 1 walks.
    """

    place: Floats
    heading: float
    gone: float
    effort: float


def depth_of(head: float, pixels: float, focal: float) -> float:
    """Return the distance from the camera at which a head has the given size in the picture.

    Parameters
    ----------
    head : float
        Size in metres.
    pixels : float
        Size in the picture.
    focal : float
        Focal length in pixels.

    Returns
    -------
    float
        In metres.
    """
    return focal * head / pixels


def focal_of(view: float, height: int) -> float:
    """Return the focal length in pixels of a vertical angle of view in degrees."""
    return 0.5 * height / np.tan(np.radians(view / 2))


def block(
    role: Role, head: float, focal: float, width: int, moments: Floats, seconds: float
) -> list[Mark]:
    """Compute the path of an actor through a shot.

    Parameters
    ----------
    role : Role
    head : float
        Of the actor, metres.
    focal : float
        In pixels, at the start of the shot.
    width : int
        Of the picture, pixels.
    moments : (T,) float array
        Times of the frames, as fractions of the shot.
    seconds : float
        Length of the shot.

    Returns
    -------
    list of Mark
        One for each frame.
    """
    depth = np.array([_depth_at(role.heads, m, head, focal) for m in moments])
    across = np.array([role.across.at(m) for m in moments]) * width * depth / focal
    places = np.stack([across, -depth], axis=1)
    step = seconds / max(len(moments), 1)
    places = _rounded(places, _CORNER / step)
    moved = np.gradient(places, step, axis=0) if len(moments) > 1 else np.zeros_like(places)
    speed = np.linalg.norm(moved, axis=1)
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])
    effort = np.clip((speed - _STILL) / (_BRISK - _STILL), 0, 1)
    headings = _headings(role, moved, speed, step)
    return [Mark(*numbers) for numbers in zip(places, headings, gone, effort)]


def _rounded(places, frames):
    """Round the corners of a path; its ends stay where they are."""
    room = min(int(4 * frames), len(places) - 1)
    if room < 1:
        return places
    longer = np.pad(places, ((room, room), (0, 0)), mode="reflect", reflect_type="odd")
    return gaussian_filter1d(longer, frames, axis=0, mode="nearest")[room:-room]


def _depth_at(heads, moment, head, focal):
    """Distance at a moment: between keys the speed is constant in the world, not the picture."""
    places = [depth_of(head, pixels, focal) for pixels in heads.values]
    return Keys(tuple(places), heads.moments).at(moment)


def _headings(role, moved, speed, step):
    if role.facing is not None:
        return np.full(len(moved), np.radians(role.facing))
    going = np.arctan2(moved[:, 0], moved[:, 1])
    known = np.nonzero(speed > _STILL)[0]
    if not len(known):
        return np.zeros(len(moved))
    nearest = known[np.abs(np.arange(len(moved))[:, None] - known).argmin(axis=1)]
    return gaussian_filter1d(np.unwrap(going[nearest]), _TURNING / step, mode="nearest")


def cameras(
    shot: Shot,
    eye: float,
    subject: Floats,
    random: np.random.Generator,
    moments: Floats,
    seconds: float,
    width: int,
    height: int,
) -> list[Camera]:
    """Compute the camera in every frame of a shot.

    Parameters
    ----------
    shot : Shot
    eye : float
        Height of the camera, metres.
    subject : (2,) float array
        x and z of the actor that the camera approaches.
    random : numpy.random.Generator
        Draws the shake of a camera held by hand.
    moments, seconds
        As for `block`.
    width, height : int
        Of the picture, pixels.

    Returns
    -------
    list of Camera
    """
    step = seconds / max(len(moments), 1)
    tremble = gaussian_filter1d(
        random.normal(0, 1, (len(moments) + 1, 3)), _SWAYING / step, axis=0, mode="nearest"
    )
    tremble *= np.radians(shot.shake) / np.maximum(tremble.std(axis=0), 1e-6)
    focal, centre = focal_of(shot.view, height), np.array([(width - 1) / 2, (height - 1) / 2])
    pitch = np.arctan((centre[1] - _head_height(shot, height)) / focal)
    result = []
    for moment, (yaw, nod, roll) in zip(moments, tremble):
        nearer = 1 - 1 / shot.closer.at(moment)
        place = np.array([nearer * subject[0], eye, nearer * subject[1]])
        zoomed = focal * shot.zoom.at(moment)
        yaw -= np.radians(shot.turn.at(moment))
        # without this, zooming in would move the head out of the picture
        rotation = _looking(yaw, pitch / shot.zoom.at(moment) + nod, 0.5 * roll)
        result.append(Camera(rotation, place, zoomed, centre, width, height))
    return result


def _head_height(shot, height):
    """Row of the first role's head: nearer to the middle for larger heads."""
    if not shot.roles:
        return 0.3 * height
    largest = max(shot.roles[0].heads.values) * max(shot.zoom.values) * max(shot.closer.values)
    return height * np.clip(0.12 + 0.8 * largest / height, 0.14, 0.45)


def _looking(yaw, pitch, roll):
    """Rotation from world to camera, for a camera turned left, down and about its axis."""
    around = Rotation.from_euler("YX", [yaw, -pitch]).as_matrix()
    return Rotation.from_euler("z", roll).as_matrix() @ np.diag([1.0, -1.0, -1.0]) @ around.T
