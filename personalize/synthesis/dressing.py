"""The clothes of a person, put on the body in the rest pose."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize.synthesis import outfits
from personalize.synthesis.body import Body, Shape
from personalize.synthesis.chart import chart_body
from personalize.synthesis.garments import Garment, drape, nearest_anchor, spread_over
from personalize.synthesis.headwear import HAIR, HATS, Headwear, draw_headwear, sew_headwear
from personalize.synthesis.labels import label_parts
from personalize.synthesis.outfits import Outfit, Surface
from personalize.synthesis.settings import SynthesisSettings
from personalize.synthesis.shading import vertex_normals
from personalize.synthesis.skirts import Skirt, draw_skirt, sew_skirt, under_skirt
from personalize.types import Floats, Labels, Mask, Whole

BODY = -1


@dataclass(frozen=True, eq=False)
class Costume:
    """The clothes of a person: painted cloth and hair, and modelled garments over them.

    Attributes
    ----------
    outfit : Outfit
    garments : tuple of Garment
    skirt : Skirt or None
    headwear : tuple of Headwear
    """

    outfit: Outfit
    garments: tuple[Garment, ...]
    skirt: Skirt | None = None
    headwear: tuple[Headwear, ...] = ()


@dataclass(frozen=True, eq=False)
class Tailored:
    """A costume on a body in the rest pose, as one mesh.

    Attributes
    ----------
    shape : Shape
    costume : Costume
    own : int
        Number of vertices of the body; they come first.
    rest : (V, 3) float array
    weights : (V, B) sparse array
    triangles : (F, 3) int32 array
    labels : (V,) uint8 array
    surface : Surface
        Body coordinates of each vertex.
    corners_uv : (F, 3, 2) float array
    garment : (F,) int array
        Index of the garment of each triangle, or `BODY`.
    eyes : (F,) bool array
    sewn : (F,) uint8 array
        Kind of each triangle that is sewn on, such as `outfits.HAIR`; `outfits.PAINTED` elsewhere.
    """

    shape: Shape
    costume: Costume
    own: int
    rest: Floats
    weights: sparse.csr_array
    triangles: Whole
    labels: Labels
    surface: Surface
    corners_uv: Floats
    garment: Whole
    eyes: Mask
    sewn: NDArray[np.uint8]

    @property
    def stature(self) -> float:
        """Height of the body standing upright, metres."""
        return float(np.ptp(self.shape.vertices[:, 1]))


def draw_costume(
    random: np.random.Generator, settings: SynthesisSettings, wardrobe: Sequence[Garment]
) -> Costume:
    """Draw a costume.

    Parameters
    ----------
    random : numpy.random.Generator
    settings : SynthesisSettings
    wardrobe : list of Garment
        Modelled garments; may be empty, then all cloth is painted.

    Returns
    -------
    Costume
    """
    outfit = outfits.draw_outfit(random)
    cloth = random.spawn(1)[0]  # so that skirts do not change the other random numbers
    skirt = draw_skirt(cloth) if cloth.random() < settings.skirt_share else None
    wanted = {
        "suit": random.random() < settings.dressed_share and not skirt,
        "shoes": random.random() < 0.8 * settings.dressed_share,
        "hair": random.random() < settings.dressed_share and outfit.hairline < 0.2,
        "hat": random.random() < 0.05,
    }
    garments = []
    for kind, worn in wanted.items():
        choice = [garment for garment in wardrobe if garment.kind == kind]
        chosen = random.integers(max(1, len(choice)))  # always drawn: later numbers stay the same
        if worn and choice:
            garments.append(choice[chosen])
    outfit = _under(outfit, [garment.kind for garment in garments])
    outfit = under_skirt(outfit, skirt) if skirt else outfit
    if settings.headwear_share and (hats := random.spawn(1)[0]).random() < settings.headwear_share:
        return _with_headwear(hats, outfit, garments, skirt)
    return Costume(outfit, tuple(garments), skirt)


def _with_headwear(random, outfit, garments, skirt):
    """A costume with hair, hats and collars that are sewn on, instead of modelled ones."""
    headwear = draw_headwear(random, bald=outfit.hairline > 0.2)
    kinds = {worn.kind for worn in headwear}
    instead = {"hair": bool(kinds.intersection(HAIR + HATS)), "hat": bool(kinds.intersection(HATS))}
    garments = tuple(garment for garment in garments if not instead.get(garment.kind))
    if instead["hair"]:  # the hair underneath is painted, and short
        outfit = replace(outfit, hair_length=-0.03, loose=(*outfit.loose[:2], 0.006), hat=False)
    return Costume(outfit, garments, skirt, headwear)


def tailor(body: Body, shape: Shape, costume: Costume) -> Tailored:
    """Put a costume on a body in the rest pose; the result can be posed many times.

    Parameters
    ----------
    body : Body
    shape : Shape
    costume : Costume

    Returns
    -------
    Tailored
    """
    chart = chart_body(shape.base, shape.heads, body.skeleton, body.region)
    surface, labels = outfits.surface_of(shape.base, chart), label_parts(chart)
    pieces = [_skin(body, shape, costume, surface, labels)]
    pieces += [
        _cloth(body, shape, garment, k, surface, labels)
        for k, garment in enumerate(costume.garments)
    ]
    if costume.skirt:
        pieces.append(_skirt(body, shape, costume, surface, labels))
    pieces += [_headwear(body, shape, worn, surface, labels) for worn in costume.headwear]
    return Tailored(shape=shape, costume=costume, own=len(body.used), **_join(pieces))


def _under(outfit, kinds):
    """The painted cloth that remains under modelled garments."""
    if "suit" in kinds:
        outfit = replace(outfit, hem=9.0, waist=-9.0, gloves=False)
    if "shoes" in kinds:
        outfit = replace(outfit, shoe=9.0)
    if "hat" in kinds:
        outfit = replace(outfit, hat=False)
    if "hair" in kinds:  # the scalp shows between the strands
        outfit = replace(outfit, hair_length=-0.03, loose=(*outfit.loose[:2], 0.001), hat=False)
    return outfit


def _skin(body, shape, costume, surface, labels):
    """The body: pushed out where painted cloth covers it, without skin that garments hide."""
    own = outfits.pick(surface, body.used)
    off = outfits.stand_off(costume.outfit, own, outfits.cover(costume.outfit, own))
    normals = vertex_normals(shape.vertices, body.triangles)
    hidden = np.zeros(len(shape.base), bool)
    for garment in costume.garments:
        hidden |= garment.hides
    kept = ~hidden[body.used][body.triangles].all(axis=1)
    return {
        "rest": shape.vertices + off[:, None] * normals,
        "weights": body.weights,
        "triangles": body.triangles[kept],
        "labels": labels[body.used],
        "surface": own,
        "corners_uv": body.corners_uv[kept],
        "garment": np.full(int(kept.sum()), BODY),
        "eyes": body.eyes[kept],
        "sewn": np.full(int(kept.sum()), outfits.PAINTED, np.uint8),
    }


def _cloth(body, shape, garment, number, surface, labels):
    carried = {
        field.name: spread_over(garment, getattr(surface, field.name)) for field in fields(Surface)
    }
    rest = drape(garment, shape.base)
    count = len(garment.triangles)
    shares = sparse.csr_array(
        (garment.shares.ravel(), (np.repeat(np.arange(len(rest)), 3), garment.anchors.ravel())),
        shape=(len(rest), len(shape.base)),
    )
    return {
        "rest": rest,
        "weights": shares @ body.base_weights,
        "triangles": garment.triangles,
        "labels": labels[nearest_anchor(garment)],
        "surface": replace(Surface(**carried), rest=rest),
        "corners_uv": garment.corners_uv,
        "garment": np.full(count, number),
        "eyes": np.zeros(count, bool),
        "sewn": np.full(count, outfits.PAINTED, np.uint8),
    }


def _skirt(body, shape, costume, surface, labels):
    own = outfits.pick(surface, body.used)
    sewn = sew_skirt(
        costume.skirt, costume.outfit, shape.vertices, body.weights, own, labels[body.used]
    )
    count = len(sewn["triangles"])
    return {**sewn, **_hung(count, outfits.PAINTED)}


def _headwear(body, shape, worn, surface, labels):
    own = outfits.pick(surface, body.used)
    sewn = sew_headwear(worn, shape.vertices, body.weights, own, labels[body.used])
    count = len(sewn["triangles"])
    return {**sewn, "corners_uv": np.zeros((count, 3, 2), np.float32), **_hung(count, worn.piece)}


def _hung(count, piece):
    """Attributes of the triangles of sewn pieces, which neither skin nor modelled garments have."""
    return {
        "garment": np.full(count, BODY),
        "eyes": np.zeros(count, bool),
        "sewn": np.full(count, piece, np.uint8),
    }


def _join(pieces):
    """Join meshes to one; vertex numbers of later meshes are shifted."""
    starts = np.cumsum([0] + [len(piece["rest"]) for piece in pieces])
    whole = {
        name: np.concatenate([piece[name] for piece in pieces])
        for name in ("rest", "labels", "corners_uv", "garment", "eyes", "sewn")
    }
    whole["triangles"] = np.concatenate(
        [piece["triangles"] + start for piece, start in zip(pieces, starts)]
    ).astype(np.int32)
    whole["weights"] = sparse.vstack([piece["weights"] for piece in pieces], format="csr")
    whole["surface"] = Surface(
        **{
            field.name: np.concatenate([getattr(piece["surface"], field.name) for piece in pieces])
            for field in fields(Surface)
        }
    )
    return whole
