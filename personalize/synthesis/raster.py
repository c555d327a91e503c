"""Cast rays on triangles. The only file that uses Embree."""

from dataclasses import dataclass

import numpy as np

from personalize.errors import PersonalizeError
from personalize.types import Floats, Mask, Numbers, Whole

try:
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene
except ImportError:  # the extra is not installed; `Scene` raises the error
    EmbreeScene = None

MISSED = -1


@dataclass(frozen=True, eq=False)
class Hits:
    """The triangles that rays hit.

    Attributes
    ----------
    triangle : (N,) int array
        Index of the triangle, `MISSED` where there is none.
    corners : (N, 3) float32 array
        Barycentric weights of its corners.
    depth : (N,) float32 array
        Ray parameter; infinite where nothing was hit.
    """

    triangle: Whole
    corners: Floats
    depth: Floats


class Scene:
    """Triangles prepared for casting rays.

    Parameters
    ----------
    vertices : (V, 3) float array
    triangles : (F, 3) int array

    Raises
    ------
    PersonalizeError
        If embreex is not installed.
    """

    def __init__(self, vertices: Floats, triangles: Whole) -> None:
        if EmbreeScene is None:
            raise PersonalizeError(
                "rendering people needs the package embreex, which is not installed; "
                "run pip install 'personalize[synthetic]'"
            )
        self._scene = EmbreeScene()
        TriangleMesh(
            self._scene,
            np.ascontiguousarray(vertices, dtype=np.float32),
            np.ascontiguousarray(triangles, dtype=np.int32),
        )

    def cast(self, origins: Floats, directions: Floats) -> Hits:
        """Return the first triangle that each ray hits; origins (3,) or (N, 3)."""
        met = self._scene.run(*_as_rays(origins, directions), query="INTERSECT", output=1)
        across, along = met["u"], met["v"]
        corners = np.stack([1 - across - along, across, along], axis=1).astype(np.float32)
        triangle = met["primID"].astype(np.int64)
        return Hits(triangle, corners, np.where(triangle >= 0, met["tfar"], np.inf))

    def blocked(self, origins: Floats, directions: Floats, reach: Numbers = np.inf) -> Mask:
        """Return whether rays hit anything within a distance.

        Parameters
        ----------
        origins : (3,) or (N, 3) float array
            Metres.
        directions : (N, 3) float array
        reach : float or (N,) float array
            Length of the rays, in lengths of their directions.

        Returns
        -------
        (N,) bool array
        """
        return self.cast(origins, directions).depth < reach


def _as_rays(origins, directions):
    directions = np.ascontiguousarray(directions, dtype=np.float32)
    origins = np.broadcast_to(np.asarray(origins, dtype=np.float32), directions.shape)
    return np.ascontiguousarray(origins), directions
