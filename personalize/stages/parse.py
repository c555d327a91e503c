"""Parse frames into parts, a silhouette and joints (Charles et al., BMVC 2017, section 4.4).

Source frames in, one record a frame out. Maps are enlarged as probabilities, not
as labels, so that the outlines of parts are smoother than the cells; the silhouette
is enlarged along the edges of the frame, and parts end where it does.
"""

from dataclasses import dataclass
from functools import partial
from itertools import islice

import cv2
import numpy as np
from skimage.segmentation import expand_labels

from personalize.imaging.components import CORE, drop_others
from personalize.imaging.framing import CELL
from personalize.imaging.guided_filter import enlarge_guided
from personalize.media.given_silhouettes import canvas_mask, cells_covered
from personalize.network.factored import inject
from personalize.network.inference import BATCH, PERSON_FROM, consensus, look, merge
from personalize.network.settings import VIEWS
from personalize.parts import BACKGROUND
from personalize.stages.joints import locate_joints, of_nobody
from personalize.stages.refine import reconcile

HALF = 0.5  # of a pixel that a restored mask covers
ELSEWHERE = 0.5
"""What a head and a trunk weigh where nobody was in the frame before: of two people, the one stays who was seen."""
SPECK = 4  # cells below which a silhouette is nobody's; a head has 27


@dataclass(frozen=True, eq=False)
class ParsedFrame:
    """What the network says of one frame.

    Attributes
    ----------
    person : (h, w) float32 array
        Probability of the person, in cells of the canvas; where a silhouette was
        given, the share of the cell that it covers.
    parts : (32, h, w) float32 array
        Probabilities of background and parts.
    xy : (J, 2) float array
        Joints in the order of `parts.JOINTS`, (x, y) in pixels of the source
        frame; NaN where there is no estimate.
    confidence : (J,) float array
    found : (J,) bool array
        Whether the joint's part wins a cell.
    silhouette : (height, width) bool array
        The person in the source frame: as it was given, or cut out, or else where the
        `consensus` of both maps, enlarged along edges, is at least `PERSON_FROM`. What was
        not given is without the pieces that are far from the person (`components.drop_others`),
        and empty where only a speck is left.
    """

    person: np.ndarray
    parts: np.ndarray
    xy: np.ndarray
    confidence: np.ndarray
    found: np.ndarray
    silhouette: np.ndarray

    def part_labels(self, framing):
        """Return the (height, width) uint8 part labels of the source frame.

        Parts end where the silhouette does; what of it no part reaches is that of the
        nearest, if it is no more than a cell away.
        """
        size = framing.cols, framing.rows
        enlarged = np.stack([cv2.resize(part, size) for part in self.parts])
        labels = enlarged.argmax(axis=0).astype(np.uint8)
        labels = framing.restore_labels(expand_labels(labels, distance=CELL))
        return np.where(self.silhouette, labels, np.uint8(BACKGROUND))


def parse_frames(
    network,
    frames,
    framing,
    *,
    joints,
    views=VIEWS["1"],
    silhouettes=None,
    appearance=None,
    batch=BATCH,
    start=0,
    before=None,
):
    """Parse frames as they come; only `batch` of them are held at a time.

    Parameters
    ----------
    network : FactoredNetwork
        In evaluation mode.
    frames : iterable of (height, width, 3) uint8 arrays
        RGB.
    framing : Framing
        How they lie on the canvas.
    joints : JointSettings
    views : sequence of View
        Of every frame, as `inference.look`.
    silhouettes : GivenSilhouettes, optional
        Of some of the frames; they are injected.
    appearance : Appearance, optional
        Cuts the person out of the other frames, if it can; what it cuts out is injected,
        too, but not where it contradicts a sure answer of the network (`refine.reconcile`).
        It weighs the parts of all frames.
    batch : int
    start : int
        Number of the first of the frames.
    before : (height, width) bool array, optional
        The last silhouette before that frame.

    Yields
    ------
    (height, width, 3) uint8 array, ParsedFrame
        Every frame with its parsing.
    """
    frames = iter(frames)
    while together := list(islice(frames, batch)):
        canvases = np.stack([framing.apply(frame) for frame in together])
        given = [silhouettes and silhouettes.get(start + k) for k in range(len(together))]
        masks = [None if mask is None else canvas_mask(mask, framing) for mask in given]
        features, person = look(network, canvases, views=views)
        person = inject(person, masks)
        seen, found = person[:, 1].cpu().numpy(), given
        if appearance:
            cut = partial(cut_out, framing=framing, appearance=appearance)
            masks, found = zip(*map(cut, canvases, seen, masks, given))
        parts = merge(network, features, person, masks)
        if appearance:
            parts = map(appearance.weigh, canvases, parts)
        for frame, canvas, known, silhouette, *maps in zip(
            together, canvases, given, found, seen, parts
        ):
            if silhouette is None:
                silhouette = find_silhouette(canvas, consensus(*maps), framing)
            if known is None:
                core = framing.restore(maps[1][CORE].sum(axis=0))
                if before is not None:
                    core *= np.where(before, 1, ELSEWHERE)
                silhouette = drop_others(silhouette, core)
                silhouette &= cells_covered(silhouette, framing).sum() >= SPECK
            before = silhouette if silhouette.any() else before
            yield frame, read_off(*maps, silhouette, framing, joints)
        start += len(together)


def find_silhouette(canvas, person, framing):
    """Return the (height, width) bool silhouette in the source frame, of the map (h, w) of its canvas."""
    return framing.restore(enlarge_guided(person, canvas)) >= PERSON_FROM


def cut_out(canvas, person, mask, silhouette, *, framing, appearance):
    """Return what to inject of a frame, and its silhouette in the source: those known, or cut out."""
    if silhouette is not None:
        return mask, silhouette
    belief = appearance.doubt(canvas, person)
    mask = appearance.cut_out(canvas, belief)
    if mask is None:
        return None, None
    told = reconcile(mask, belief, appearance.refine.sure)
    return told, framing.restore(np.float32(mask)) >= HALF


def read_off(person, parts, silhouette, framing, joints):
    """Return the ParsedFrame of the maps of one frame."""
    if silhouette.any() or not joints.nobody:
        covered = cells_covered(silhouette, framing)
        estimate = locate_joints(parts, person, covered=covered, settings=joints)
    else:
        estimate = of_nobody()
    xy = framing.cells_to_source(estimate.xy)
    return ParsedFrame(person, parts, xy, estimate.confidence, estimate.found, silhouette)
