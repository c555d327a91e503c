"""One picture of one person, with the part of every pixel and the joints."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from personalize import parts
from personalize.datasets.synthetic import outfits
from personalize.datasets.synthetic.body import PHENOTYPES, load_body, skin_vertices
from personalize.datasets.synthetic.camera import draw_camera
from personalize.datasets.synthetic.chart import chart_body, name_regions
from personalize.datasets.synthetic.labels import label_parts
from personalize.datasets.synthetic.looks import draw_look
from personalize.datasets.synthetic.motion import read_motions
from personalize.datasets.synthetic.poses import draw_posture
from personalize.datasets.synthetic.posture import segment_rotations
from personalize.datasets.synthetic.raster import Scene
from personalize.datasets.synthetic.shading import draw_light, vertex_normals
from personalize.datasets.synthetic.skins import read_skins
from personalize.datasets.synthetic.tracing import trace_picture

_JOINT_BONES = {"wrist": "wrist", "elbow": "lowerarm01", "shoulder": "upperarm01",
                "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered person.

    Attributes
    ----------
    colour : (S, S, 4) uint8 array
        RGB, and how much of each pixel the person covers; not premultiplied.
    parts : (S, S) uint8 array
        Labels 0 to 31; 0 where less than half of the pixel is covered.
    joints : (13, 2) float32 array
        (x, y) in pixels, in the order of `parts.JOINTS`.
    visible : (13,) bool array
        Inside the picture and before everything else.
    """

    colour: np.ndarray
    parts: np.ndarray
    joints: np.ndarray
    visible: np.ndarray


@dataclass(frozen=True, eq=False)
class Sitter:
    """A dressed and posed person, ready for the camera.

    Attributes
    ----------
    vertices, normals : (V, 3) float arrays
    triangles : (F, 3) int32 array
    scene : Scene
    labels : (V,) uint8 array
    surface : Surface
        In the rest pose, per vertex.
    corners_uv : (F, 3, 2) float array
    eyes : (F,) bool array
    eye_centres : (2, 3) float array
        Right and left, in the rest pose.
    joints : (13, 3) float array
        In the order of `parts.JOINTS`.
    stature : float
        Standing upright, metres.
    outfit : Outfit
    """

    vertices: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    scene: Scene
    labels: np.ndarray
    surface: outfits.Surface
    corners_uv: np.ndarray
    eyes: np.ndarray
    eye_centres: np.ndarray
    joints: np.ndarray
    stature: float
    outfit: outfits.Outfit


class Studio:
    """What all pictures share: the body and the assets; made once per process.

    Parameters
    ----------
    settings : SynthesisSettings
    assets : AssetFolders
    """

    def __init__(self, settings, assets):
        self.settings = settings
        self.body = load_body()
        self.motions = read_motions(assets.motion) if assets.motion else []
        self.skins = read_skins(assets.skins) if assets.skins else []
        self._region = name_regions(self.body.skeleton, self.body.weights)
        self._spread = _spread(self.body.triangles, len(self.body.used))

    def render(self, index):
        """The picture of an index; the same whatever was rendered before.

        Returns
        -------
        Picture
        """
        person, view = divmod(index, self.settings.views_per_body)
        return self.photograph(self.sitter(person), person, view)

    def sitter(self, person):
        """Draw, dress and pose the person of a number."""
        random = np.random.default_rng([self.settings.seed, person])
        shape = self.body.shape(_draw_phenotypes(random))
        outfit = outfits.draw_outfit(random)
        arms = {side: self._arm(shape, side) for side in ("right", "left")}
        posture = draw_posture(random, self.settings, self.motions, arms)
        return self.dress(shape, outfit, posture)

    def dress(self, shape, outfit, posture):
        """The posed body in painted cloth."""
        body = self.body
        chart = chart_body(shape.vertices, shape.heads, body.skeleton, self._region)
        surface = outfits.surface_of(shape.vertices, chart)
        off = outfits.stand_off(outfit, surface, outfits.cover(outfit, surface))
        normals = vertex_normals(shape.vertices, body.triangles, self._spread)
        rotations = segment_rotations(posture, body.limb_directions(shape))
        turned, placed = body.pose(shape, rotations, posture.curls)
        vertices = skin_vertices(shape.vertices + off[:, None] * normals, body.weights,
                                 shape.heads, turned, placed)  # fmt: skip
        labels = label_parts(chart)
        skeleton = body.skeleton
        return Sitter(
            vertices=vertices,
            normals=vertex_normals(vertices, body.triangles, self._spread),
            triangles=body.triangles,
            scene=Scene(vertices, body.triangles),
            labels=labels,
            surface=surface,
            corners_uv=body.corners_uv,
            eyes=body.eyes,
            eye_centres=shape.heads[[skeleton.index("eye", s) for s in ("right", "left")]],
            joints=_joints(skeleton, placed, vertices, labels),
            stature=float(np.ptp(shape.vertices[:, 1])),
            outfit=outfit,
        )

    def photograph(self, sitter, person, view):
        """One view of a sitter, with colours, camera and light of its own."""
        random = np.random.default_rng([self.settings.seed, person, view + 1])
        camera = draw_camera(random, self.settings, sitter.vertices, sitter.joints[0],
                             sitter.stature)  # fmt: skip
        away = camera.place - sitter.joints[0]
        light = draw_light(random, away / np.linalg.norm(away))
        look = draw_look(random, self.skins)
        colour, labels = trace_picture(sitter, camera, light, look, self.settings.samples)
        joints, visible = see_joints(sitter, camera, labels)
        return Picture(colour, labels, joints, visible)

    def _arm(self, shape, side):
        """Shoulder from the middle of the chest, and lengths of the arm; metres."""
        at = {bone: shape.heads[self.body.skeleton.index(bone, side)]
              for bone in ("upperarm01", "lowerarm01", "wrist")}  # fmt: skip
        shoulder = np.array([at["upperarm01"][0], 0.0, 0.0])
        return shoulder, (
            float(np.linalg.norm(at["lowerarm01"] - at["upperarm01"])),
            float(np.linalg.norm(at["wrist"] - at["lowerarm01"])),
        )


def see_joints(sitter, camera, labels):
    """Pixels of the joints, and whether they are seen.

    Returns
    -------
    joints : (13, 2) float32 array
    visible : (13,) bool array
    """
    pixels = camera.project(sitter.joints)
    depth = (sitter.joints - camera.place) @ camera.rotation[2]
    hits = sitter.scene.cast(camera.place, camera.rays(np.nan_to_num(pixels)))
    slack = np.where(np.arange(len(parts.JOINTS)) == 0, 0.17, 0.11)  # joints lie inside limbs
    column, row = np.rint(np.nan_to_num(pixels, nan=-1)).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < camera.width) & (row < camera.height)
    shown = np.zeros(len(inside), bool)
    shown[inside] = labels[row[inside], column[inside]] > 0
    return pixels.astype(np.float32), inside & shown & (hits.depth > depth - slack)


def _draw_phenotypes(random):
    drawn = dict(zip(PHENOTYPES, random.uniform(0, 1, len(PHENOTYPES))))
    drawn["age"] = random.uniform(0.45, 1.0)
    drawn["weight"] = random.beta(2, 2.2)
    drawn["muscle"] = random.beta(2, 2)
    drawn["height"] = random.beta(2, 2)
    return drawn


def _joints(skeleton, placed, vertices, labels):
    head = vertices[np.isin(labels, parts.JOINTS["head"])].mean(axis=0)
    joints = [head]
    for name in list(parts.JOINTS)[1:]:
        side, joint = name.split("_")
        joints.append(placed[skeleton.index(_JOINT_BONES[joint], side)])
    return np.stack(joints)


def _spread(triangles, count):
    """(V, F) matrix with a one where a triangle touches a vertex."""
    faces = np.repeat(np.arange(len(triangles)), 3)
    ones = np.ones(len(faces))
    return sparse.csr_array((ones, (triangles.ravel(), faces)), shape=(count, len(triangles)))
