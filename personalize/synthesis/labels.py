"""The 31 parts of Unite the People on the vertices of the body.

Borders of parts were read off the template of Unite the People, scaled to a person of
1.75 m: elbows are 15 cm long, knees 17, wrists 5, ankles 10, and the lower body reaches 15 cm
below the hip joints.
"""

import numpy as np

from personalize import parts
from personalize.synthesis.chart import Chart
from personalize.types import Labels

# (from, to) along the limb as in `Chart.along`
_ARM_BANDS = (("shoulder", 0.20), ("uarm", 0.66), ("elbow", 1.27), ("larm", 1.93), ("wrist", 2.13))
_LEG_BANDS = (("lbody", 0.36), ("uleg", 0.85), ("knee", 1.22), ("lleg", 1.83), ("ankle", 2.06))
_BODY_SPLIT = 0.38  # border of upper and lower body: hips are at 0, the neck begins at 1
_SHOULDER_INNER = 0.60  # inner border of the shoulder; the shoulder joint is at 1


def label_parts(chart: Chart) -> Labels:
    """Label every vertex with its part.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    (V,) uint8 array
        Labels 1 to 31.
    """
    names = np.full(len(chart.region), "neck", dtype="<U8")
    _cut(names, chart, "arm", _ARM_BANDS, "hand")
    _cut(names, chart, "leg", _LEG_BANDS, "foot")
    trunk = chart.region == "trunk"
    names[trunk] = np.where(chart.along[trunk] > _BODY_SPLIT, "ubody", "lbody")
    names[trunk & _on_shoulder(chart)] = "shoulder"
    names[trunk & _on_neck(chart)] = "neck"
    head = chart.region == "head"
    names[head] = np.where(_above_eyes(chart)[head], "uhead", "lhead")
    sided = np.where(names == "neck", "", np.where(chart.left, "l", "r"))
    return _ids(np.char.add(sided, names))


def _cut(names, chart, region, bands, last):
    chosen = chart.region == region
    edges = [end for _, end in bands]
    words = np.array([word for word, _ in bands] + [last])
    names[chosen] = words[np.digitize(chart.along[chosen], edges)]


def _on_shoulder(chart):
    """The side of the trunk above the armpit; further down the border is further out."""
    below = np.maximum(0.93 - chart.along, 0)  # 0.93: height of the shoulder joints
    return (chart.aside > _SHOULDER_INNER + 1.35 * below) & (chart.along > 0.6)


def _on_neck(chart):
    """The collar belongs to the neck."""
    return (chart.along > 0.98) & (chart.aside < 0.42)


def _above_eyes(chart):
    """Above a border that slopes from the back of the head past the ears to the nose."""
    before_ears = chart.front - 0.04
    return chart.eye_level > 0.02 - np.where(before_ears > 0, 0.6, 0.125) * before_ears


def _ids(names):
    table = {name: k for k, name in enumerate(parts.NAMES)}
    unique, inverse = np.unique(names, return_inverse=True)
    return np.array([table[name] for name in unique], dtype=np.uint8)[inverse]
