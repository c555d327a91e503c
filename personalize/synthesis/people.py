"""Render one picture of one person, with the part of every pixel and the joints."""

from dataclasses import dataclass

import numpy as np

from personalize import parts
from personalize.synthesis.body import PHENOTYPES, Shape, load_body
from personalize.synthesis.camera import Camera, draw_camera
from personalize.synthesis.dressing import draw_costume, tailor
from personalize.synthesis.garments import read_garments
from personalize.synthesis.gestures import Arms
from personalize.synthesis.looks import draw_look
from personalize.synthesis.motion import read_motions
from personalize.synthesis.occluders import draw_occluders
from personalize.synthesis.poses import draw_posture
from personalize.synthesis.settings import AssetFolders, SynthesisSettings
from personalize.synthesis.shading import draw_light
from personalize.synthesis.sitters import Sitter, pose_sitter
from personalize.synthesis.skins import read_skins
from personalize.synthesis.things import draw_things
from personalize.synthesis.tracing import View, trace_picture
from personalize.types import Floats, Frame, Labels, Map, Mask


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered person.

    Attributes
    ----------
    colour : (S, S, 4) uint8 array
        RGB, and the share of each pixel that the person and their things cover; not premultiplied.
    parts : (S, S) uint8 array
        Labels 0 to 31; 0 where the person covers less than half of the pixel.
    joints : (13, 2) float32 array
        (x, y) in pixels, in the order of `parts.JOINTS`.
    visible : (13,) bool array
        Inside the picture and not hidden.
    """

    colour: Frame
    parts: Labels
    joints: Map
    visible: Mask


class Studio:
    """The body and the assets that all pictures share; made once per process.

    Parameters
    ----------
    settings : SynthesisSettings
    assets : AssetFolders
    """

    def __init__(self, settings: SynthesisSettings, assets: AssetFolders) -> None:
        self.settings = settings
        self.body = load_body()
        self.motions = read_motions(assets.motion) if assets.motion else []
        self.skins = read_skins(assets.skins) if assets.skins else []
        self.wardrobe = []
        if assets.garments:
            self.wardrobe = read_garments(assets.garments, len(self.body.region))

    def render(self, index: int) -> Picture:
        """Render the picture of an index; it does not depend on other pictures.

        Returns
        -------
        Picture
        """
        person, view = divmod(index, self.settings.views_per_body)
        return self.photograph(self.sitter(person), person, view)

    def sitter(self, person: int) -> Sitter:
        """Draw, dress and pose the person with a number."""
        random = np.random.default_rng([self.settings.seed, person])
        shape = self.body.shape(draw_phenotypes(random))
        costume = draw_costume(random, self.settings, self.wardrobe)
        posture = draw_posture(random, self.settings, self.motions, self.arms(shape))
        return pose_sitter(self.body, tailor(self.body, shape, costume), posture)

    def photograph(self, sitter: Sitter, person: int, view: int) -> Picture:
        """Render one view of a sitter, with colours, camera and light of its own.

        Parameters
        ----------
        sitter : Sitter
        person : int
            Number of the person; the seed of all random choices.
        view : int
            Number of the view, from 0.

        Returns
        -------
        Picture
        """
        random = np.random.default_rng([self.settings.seed, person, view + 1])
        camera = draw_camera(
            random, self.settings, sitter.vertices, sitter.joints[0], sitter.worn.stature
        )
        away = camera.place - sitter.joints[0]
        light = draw_light(random, away / np.linalg.norm(away))
        look = draw_look(random, self.skins)
        occluders = draw_occluders(random, self.settings, sitter, camera)
        touched = random.spawn(1)[0]  # so that things do not change the other random numbers
        things = draw_things(touched, self.settings, sitter, look)
        view_of = View(sitter, camera, light, look, occluders, things)
        colour, labels = trace_picture(view_of, self.settings.samples)
        joints, visible = see_joints(sitter, camera, labels)
        return Picture(colour, labels, joints, visible)

    def arms(self, shape: Shape) -> Arms:
        """Return for each side the shoulder, relative to the chest, and the arm's two lengths."""
        arms: Arms = {}
        for side in ("right", "left"):
            shoulder, elbow, wrist = (
                shape.heads[self.body.skeleton.index(bone, side)]
                for bone in ("upperarm01", "lowerarm01", "wrist")
            )
            lengths = _apart(elbow, shoulder), _apart(wrist, elbow)
            arms[side] = np.array([shoulder[0], 0.0, 0.0]), lengths
        return arms


def _apart(one: Floats, other: Floats) -> np.float64:
    return np.float64(np.linalg.norm(one - other))


def see_joints(sitter: Sitter, camera: Camera, labels: Labels) -> tuple[Map, Mask]:
    """Return the pixels of the joints, and whether they are seen.

    Parameters
    ----------
    sitter : Sitter
    camera : Camera
    labels : (H, W) uint8 array
        Parts, as the camera sees them.

    Returns
    -------
    joints : (13, 2) float32 array
        NaN behind the camera.
    visible : (13,) bool array
        False where something hides a joint, or it is outside of the picture.
    """
    pixels = camera.project(sitter.joints)
    depth = (sitter.joints - camera.place) @ camera.rotation[2]
    hits = sitter.scene.cast(camera.place, camera.rays(np.nan_to_num(pixels)))
    slack = np.where(np.arange(len(parts.JOINTS)) == 0, 0.17, 0.11)  # joints are below the skin
    column, row = np.rint(np.nan_to_num(pixels, nan=-1)).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < camera.width) & (row < camera.height)
    shown = np.zeros(len(inside), bool)
    shown[inside] = labels[row[inside], column[inside]] > 0
    return pixels.astype(np.float32), inside & shown & (hits.depth > depth - slack)


def draw_phenotypes(random: np.random.Generator) -> dict[str, float]:
    """Draw the shape of a body, for `Body.shape`: from teenagers to old people."""
    drawn = dict(zip(PHENOTYPES, random.uniform(0, 1, len(PHENOTYPES))))
    drawn["age"] = random.uniform(0.45, 1.0)
    drawn["weight"] = random.beta(2, 2.2)
    drawn["muscle"] = random.beta(2, 2)
    drawn["height"] = random.beta(2, 2)
    return drawn
