"""MakeHuman garments, shoes and hair: reading them, and fitting them to a body.

A `.mhclo` file binds each vertex of its `.obj` to three vertices of the hm08
base mesh by weights and an offset, and lists the base vertices that it hides.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from personalize.errors import DatasetError
from personalize.synthesis.textures import sample_picture
from personalize.types import Array, Floats, Frame, Mask, Whole

KINDS = ("suit", "shoes", "hat", "hair")


@dataclass(frozen=True, eq=False)
class Garment:
    """A garment, as it was modelled.

    Attributes
    ----------
    name : str
    kind : str
        One of `KINDS`.
    anchors : (N, 3) int array
        Base vertices to which each vertex is bound.
    shares : (N, 3) float array
        Their weights.
    offsets : (N, 3) float array
        From the weighted mean of the anchors, in units that `scales` converts to metres.
    scales : ((int, int, float), ...)
        For x, y and z: two base vertices, and their distance on the modeller's body.
    triangles : (F, 3) int array
    corners_uv : (F, 3, 2) float32 array
    hides : (19158,) bool array
        Base vertices of skin that is covered.
    picture : (h, w, 4) uint8 array or None
        RGBA by texture coordinates.
    brightness : float
        Mean of the part of the picture that the garment uses, in [0, 1].
    """

    name: str
    kind: str
    anchors: Whole
    shares: Floats
    offsets: Floats
    scales: tuple
    triangles: Whole
    corners_uv: Floats
    hides: Mask
    picture: Frame | None
    brightness: float

    @property
    def see_through(self) -> bool:
        """Whether the picture has transparent parts, as between strands of hair."""
        return self.picture is not None and self.picture[..., 3].min() < 128


def read_garments(folder: Path, base_count: int) -> list[Garment]:
    """Read all garments below a folder, in the order of their paths.

    Parameters
    ----------
    folder : Path
        Searched recursively for `.mhclo` files, each beside its `.obj`, and for the
        pictures `<name>_diffuse.png` or `<name>_texture.png`.
    base_count : int
        Vertices of the base mesh.

    Returns
    -------
    list of Garment

    Raises
    ------
    DatasetError
        If a garment does not follow the format.
    """
    pictures = {path.stem: path for path in folder.rglob("*.png")}
    garments = []
    for path in sorted(folder.rglob("*.mhclo")):
        try:
            garments.append(_read_garment(path, pictures, base_count))
        except (ValueError, IndexError, KeyError, OSError) as error:
            raise DatasetError(f"{path}: not a garment that can be read ({error})") from error
    return garments


def drape(garment: Garment, base: Floats) -> Floats:
    """Return vertices (N, 3) of a garment on base vertices (19158, 3) of a body at rest."""
    scale = [
        abs(base[first, axis] - base[second, axis]) / length
        for axis, (first, second, length) in enumerate(garment.scales)
    ]
    return spread_over(garment, base) + garment.offsets * scale


def spread_over(garment: Garment, values: Array) -> Floats:
    """Transfer values of base vertices, (19158,) or (19158, K), to the vertices of a garment."""
    if values.ndim == 1:
        return (values[garment.anchors] * garment.shares).sum(axis=1)
    return np.einsum("nc,nck->nk", garment.shares, values[garment.anchors])


def nearest_anchor(garment: Garment) -> Whole:
    """Return the base vertex of the largest weight for each vertex, (N,)."""
    strongest = garment.shares.argmax(axis=1)
    return garment.anchors[np.arange(len(strongest)), strongest]


def _read_garment(path, pictures, base_count):
    words = _Words(path.read_text(errors="replace"))
    mesh = path.with_name(words.value("obj_file"))
    triangles, corners_uv = _read_mesh(mesh)
    anchors, shares, offsets = words.bindings()
    if triangles.max() >= len(anchors):
        raise ValueError(f"{len(anchors)} bindings for vertex {triangles.max()}")
    picture = _read_picture(path.stem, pictures)
    return Garment(
        name=path.stem,
        kind=_kind(path),
        anchors=anchors,
        shares=shares,
        offsets=offsets,
        scales=tuple(words.scale(axis) for axis in "xyz"),
        triangles=triangles,
        corners_uv=corners_uv,
        hides=words.hidden(base_count),
        picture=picture,
        brightness=_brightness(picture, corners_uv),
    )


def _kind(path):
    name = path.stem.lower()
    if "hair" in (parent.name for parent in path.parents):
        return "hair"
    if any(word in name for word in ("hat", "fedora", "helmet")):
        return "hat"
    return "shoes" if any(word in name for word in ("shoe", "boot")) else "suit"


class _Words:
    """The lines of a `.mhclo` file."""

    def __init__(self, text):
        lines = [line.split() for line in text.splitlines()]
        self._lines = [words for words in lines if words and not words[0].startswith("#")]

    def value(self, name):
        return next(words[1] for words in self._lines if words[0] == name)

    def scale(self, axis):
        words = next(words for words in self._lines if words[0] == f"{axis}_scale")
        return int(words[1]), int(words[2]), float(words[3])

    def bindings(self):
        start = next(k for k, words in enumerate(self._lines) if words[0] == "verts") + 1
        rows = []
        for words in self._lines[start:]:
            if not words[0].isdigit():
                if words[0] == "delete_verts":
                    break
                continue
            single = len(words) == 1  # this vertex coincides with a base vertex
            rows.append([words[0]] * 3 + [1, 0, 0, 0, 0, 0] if single else words[:9])
        table = np.array(rows, dtype=float)
        return table[:, :3].astype(int), table[:, 3:6], table[:, 6:9]

    def hidden(self, count):
        hides = np.zeros(count, bool)
        starts = [k for k, words in enumerate(self._lines) if words[0] == "delete_verts"]
        words = sum(self._lines[starts[0] + 1 :], []) if starts else []
        previous, ranging = 0, False
        for word in words:
            if word == "-":
                ranging = True
            elif word.isdigit():
                hides[previous if ranging else int(word) : int(word) + 1] = True
                previous, ranging = int(word), False
        return hides


def _read_mesh(path):
    """Triangles (F, 3) and the texture coordinates (F, 3, 2) of their corners."""
    uv, faces = [], []
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if words and words[0] == "vt":
            uv.append(words[1:3])
        elif words and words[0] == "f":
            corners = [(int(a), int(b)) for a, b, *_ in (word.split("/") for word in words[1:])]
            faces += [(corners[0], *corners[k : k + 2]) for k in range(1, len(corners) - 1)]
    table = np.array(faces) - 1  # (F, 3, 2)
    return table[..., 0], np.array(uv, dtype=np.float32)[table[..., 1]]


def _read_picture(name, pictures):
    names = (
        f"{name}_diffuse",
        f"{name}_texture",
        name.split("_")[0] + "_texture",
        name.rstrip("0123456789") + "_diffuse",
    )
    path = next((pictures[name] for name in names if name in pictures), None)
    if path is None:
        return None
    picture = cv2.imread(str(Path(path)), cv2.IMREAD_UNCHANGED)
    if picture.shape[2] == 3:
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA)
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)


def _brightness(picture, corners_uv):
    if picture is None:
        return 0.5
    sampled = sample_picture(picture, corners_uv.mean(axis=1))
    seen = sampled[:, 3] > 0.5
    return float(np.clip(sampled[seen, :3].mean() if seen.any() else 0.5, 0.05, 1.0))
