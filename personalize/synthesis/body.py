"""The parametric body: shape numbers -> rest pose -> posed vertices.

`anny` (NAVER, Apache-2.0, on MakeHuman's CC0 targets) gives shapes and skinning
weights; posing is done here, for many bodies a second. Axes: x to the person's
left, y up, z to the front; metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from personalize.errors import PersonalizeError
from personalize.synthesis.chart import name_regions
from personalize.synthesis.skeleton import Skeleton, place_bones
from personalize.types import Floats

PHENOTYPES = ("gender", "age", "muscle", "weight", "height", "proportions")

# All 19,158 vertices of the hm08 base mesh, so that MakeHuman garments attach.
# Never the topologies "smpl" or "smplx": they fetch data for non-commercial use only.
_TOPOLOGY, _RIG = "makehuman-full", "makehuman"


@dataclass(frozen=True, eq=False)
class Shape:
    """One body in the rest pose.

    Attributes
    ----------
    vertices : (V, 3) float array
        Of the skin and the eyes.
    heads : (B, 3) float array
        Where the bones begin.
    base : (19158, 3) float array
        All vertices of the hm08 mesh, helper vertices for garments included.
    """

    vertices: Floats
    heads: Floats
    base: Floats


class Body:
    """The base mesh with its bones; made once per process.

    Attributes
    ----------
    used : (V,) int array
        Vertices of the hm08 mesh that belong to skin or eyes; all other indices are into these.
    triangles : (F, 3) int32 array
    corners_uv : (F, 3, 2) float32 array
        Texture coordinates of the triangles' corners, v upwards.
    eyes : (F,) bool array
        Triangles of the eyeballs.
    skeleton : Skeleton
    weights, base_weights : (V, B) and (19158, B) sparse arrays
        Share of each bone in moving a vertex.
    region : (19158,) str array
        As in `Chart`.
    """

    def __init__(self, model: Any) -> None:
        faces, uv_faces = model.faces.numpy(), model.face_texture_coordinate_indices.numpy()
        self.used, renumbered = np.unique(_split_quads(faces), return_inverse=True)
        self.triangles = renumbered.reshape(-1, 3).astype(np.int32)
        uv = model.texture_coordinates.numpy().astype(np.float32)
        self.corners_uv = uv[_split_quads(uv_faces)]
        self.skeleton = Skeleton(tuple(model.bone_labels), np.array(model.bone_parents))
        self.base_weights = _sparse_weights(model)
        self.weights = self.base_weights[self.used]
        self.region = name_regions(self.skeleton, self.base_weights)
        self._model = model
        self.eyes = self._find_eyes()

    def shape(self, phenotypes: Mapping[str, float]) -> Shape:
        """Compute a body in the rest pose.

        Parameters
        ----------
        phenotypes : dict of str to float
            `PHENOTYPES` in [0, 1]; 0.5 where one is left out. Age 0.33 is a child of
            about twelve, 0.67 an adult of 25, 1 an old person.

        Returns
        -------
        Shape
        """
        import torch

        with torch.inference_mode():
            model = self._model
            blend = model.get_phenotype_blendshape_coefficients(**phenotypes)
            vertices = model.get_rest_vertices(blend)[0].numpy()
            heads = (
                model.template_bone_heads
                + torch.einsum("bk,kij->bij", blend, model.bone_heads_blendshapes)[0]
            ).numpy()
        base = _y_up(vertices)
        return Shape(base[self.used], _y_up(heads), base)

    def limb_directions(self, shape: Shape) -> dict[str, Floats]:
        """Return unit directions of the limbs in the rest pose, named as in `Posture.limbs`."""
        directions = {}
        for side in ("right", "left"):
            for limb, start, end in _LIMB_BONES:
                step = (
                    shape.heads[self.skeleton.index(end, side)]
                    - shape.heads[self.skeleton.index(start, side)]
                )
                directions[f"{side}_{limb}"] = step / np.linalg.norm(step)
        return directions

    def pose(
        self, shape: Shape, rotations: Floats, curls: Mapping[str, Floats]
    ) -> tuple[Floats, Floats]:
        """Compute rotations and places of the bones in a pose.

        Parameters
        ----------
        shape : Shape
        rotations : (S, 3, 3) float array
            Of the segments, from `posture.segment_rotations`.
        curls : dict
            As in `Posture`.

        Returns
        -------
        turned : (B, 3, 3) float array
        placed : (B, 3) float array
        """
        return place_bones(self.skeleton, shape.heads, rotations, curls)

    def _find_eyes(self):
        bones = [self.skeleton.index("eye", side) for side in ("right", "left")]
        moved = np.asarray(self.weights[:, bones].sum(axis=1)).ravel() > 0.9
        return moved[self.triangles].all(axis=1)


_LIMB_BONES = (
    ("upper_arm", "upperarm01", "lowerarm01"),
    ("forearm", "lowerarm01", "wrist"),
    ("thigh", "upperleg01", "lowerleg01"),
    ("shin", "lowerleg01", "foot"),
    ("foot", "foot", "toe2-1"),
)


def skin_vertices(
    vertices: Floats, weights: sparse.csr_array, heads: Floats, turned: Floats, placed: Floats
) -> Floats:
    """Move vertices with their bones: linear blend skinning.

    Parameters
    ----------
    vertices : (V, 3) float array
        In the rest pose.
    weights : (V, B) sparse array
    heads, placed : (B, 3) float array
        Where the bones begin, in the rest pose and posed.
    turned : (B, 3, 3) float array

    Returns
    -------
    (V, 3) float array
    """
    shifts = placed - np.einsum("bij,bj->bi", turned, heads)
    blended = weights @ np.concatenate([turned.reshape(-1, 9), shifts], axis=1)  # (V, 12)
    return np.einsum("vij,vj->vi", blended[:, :9].reshape(-1, 3, 3), vertices) + blended[:, 9:]


@lru_cache(maxsize=1)
def load_body() -> Body:
    """Load the body from anny's cache; the first time ever this takes a minute or two.

    Raises
    ------
    PersonalizeError
        If anny is not installed.
    """
    try:
        from anny import Anny
    except ImportError as error:
        raise PersonalizeError(
            "rendering people needs the package anny, which is not installed; "
            "run pip install 'personalize[synthetic]'"
        ) from error
    return Body(Anny(topology=_TOPOLOGY, rig=_RIG, skinning_method="lbs"))


def _split_quads(faces):
    """(F, 4) quads as (2F, 3) triangles; a quad's second triangle follows its first."""
    return np.stack([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]], axis=1).reshape(-1, 3)


def _sparse_weights(model):
    shares = model.vertex_bone_weights.numpy()
    bones = model.vertex_bone_indices.numpy()
    rows = np.repeat(np.arange(len(shares)), shares.shape[1])
    size = (len(shares), len(model.bone_labels))
    return sparse.csr_array((shares.ravel(), (rows, bones.ravel())), shape=size)


def _y_up(points):
    """anny is z up and faces -y."""
    return np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1)
