"""A dressed body in a pose, ready for the camera."""

from dataclasses import dataclass

import numpy as np

from personalize import parts
from personalize.synthesis.body import Body, skin_vertices
from personalize.synthesis.dressing import Tailored
from personalize.synthesis.posture import Posture, segment_rotations
from personalize.synthesis.raster import Scene
from personalize.synthesis.shading import find_shelter, vertex_normals
from personalize.types import Floats

_JOINT_BONES = {
    "wrist": "wrist",
    "elbow": "lowerarm01",
    "shoulder": "upperarm01",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
}


@dataclass(frozen=True, eq=False)
class Sitter:
    """A dressed and posed person, ready for the camera.

    Attributes
    ----------
    worn : Tailored
    vertices, normals : (V, 3) float arrays
        Of the body and the garments.
    scene : Scene
    shelter : (V,) float array
        From `shading.find_shelter`.
    eye_centres : (2, 3) float array
        Right and left, in the rest pose.
    joints : (13, 3) float array
        In the order of `parts.JOINTS`.
    """

    worn: Tailored
    vertices: Floats
    normals: Floats
    scene: Scene
    shelter: Floats
    eye_centres: Floats
    joints: Floats


def pose_sitter(body: Body, tailored: Tailored, posture: Posture) -> Sitter:
    """Pose a dressed body.

    Parameters
    ----------
    body : Body
    tailored : Tailored
    posture : Posture

    Returns
    -------
    Sitter
    """
    shape = tailored.shape
    rotations = segment_rotations(posture, body.limb_directions(shape))
    turned, placed = body.pose(shape, rotations, posture.curls)
    vertices = skin_vertices(tailored.rest, tailored.weights, shape.heads, turned, placed)
    normals = vertex_normals(vertices, tailored.triangles)
    scene = Scene(vertices, tailored.triangles)
    eyes = [body.skeleton.index("eye", side) for side in ("right", "left")]
    return Sitter(
        worn=tailored,
        vertices=vertices,
        normals=normals,
        scene=scene,
        shelter=find_shelter(vertices, normals, tailored.triangles, scene),
        eye_centres=shape.heads[eyes],
        joints=_joints(body.skeleton, placed, vertices, tailored),
    )


def _joints(skeleton, placed, vertices, tailored):
    own = vertices[: tailored.own]
    head = own[np.isin(tailored.labels[: tailored.own], parts.JOINTS["head"])].mean(axis=0)
    joints = [head]
    for name in list(parts.JOINTS)[1:]:
        side, joint = name.split("_")
        joints.append(placed[skeleton.index(_JOINT_BONES[joint], side)])
    return np.stack(joints)
