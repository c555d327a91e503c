"""Shapes of hair, hats, hoods and collars around a head in the rest pose.

Each function takes a `Headwear` and a `Head` and returns a list of (vertices, triangles).
"""

import numpy as np

from personalize.synthesis.head_shapes import ball, collar_ring, mesh_of, tube


def _curtain(worn, head):
    """Hair that falls from the crown over ears and back; open at the face."""
    widest = np.radians(75 + 35 * worn.size)
    return [_falling(worn, head, widest, head.centre[1] - worn.length, 0.016)]


def _falling(worn, head, widest, hem, thick):
    around = np.linspace(-widest, widest, 29)
    edge = np.cos(np.pi / 2 * np.abs(around / widest) ** 3)  # close to the head at its borders
    polar = np.radians(np.linspace(3, 100, 10))[:, None]
    flat = 0.25 if worn.hatted and worn.kind == "curtain" else 1.0
    off = flat * (0.004 + thick * edge * np.clip(polar / 0.9, 0.2, 1))
    crown = head.shell(polar, around, off)
    start = np.hypot(*(crown[-1] - head.centre)[:, [0, 2]].T)  # (29,) horizontal reach
    out = np.stack([np.sin(around), 0 * around, -np.cos(around)], axis=1)
    wave = 0.006 * np.sin(9 * around + worn.phase) + 0.004 * np.sin(23 * around - worn.phase)
    rows, most = [], start + 0.02 + 0.14 * np.maximum(np.cos(around), 0)
    for share in np.linspace(0, 1, 12)[1:]:
        level = crown[-1, :, 1].min() + share * (hem - crown[-1, :, 1].min())
        body = np.array([head.trunk_reach(level, angle) for angle in around]) + thick
        reach = np.maximum(start * (1 - 0.12 * share), np.minimum(body, most)) + share * wave
        rows.append(
            head.centre * (1, 0, 1)
            + out * reach[:, None]
            + (0, 1, 0) * np.array([level])
            + np.outer(share * wave, (0, 2.0, 0))
        )
    return mesh_of(np.concatenate([crown, np.stack(rows)]), closed=False)


def _bun(worn, head):
    polar = np.radians(85 if worn.hatted else 35 + 65 * (worn.phase / 6.3))
    radius = 0.032 + 0.028 * worn.size
    middle = head.shell(polar, 0.0, 0.55 * radius)
    return [mesh_of(ball(middle, radius * np.array([1.1, 0.95, 0.85])), closed=True)]


def _ponytail(worn, head):
    return [_tail(worn, head, 0.0, np.radians(55 + 40 * (worn.phase / 6.3)))]


def _bunches(worn, head):
    return [_tail(worn, head, side * np.radians(65), np.radians(80)) for side in (-1, 1)]


def _tail(worn, head, around, polar):
    """A tail of hair that leaves the head, bends down, and lies on the back."""
    share = np.linspace(0, 1, 14)
    root = head.shell(polar, around, -0.01)
    out = np.array([np.sin(around), 0.0, -np.cos(around)])
    fall = np.maximum(worn.length, 0.25) * np.maximum(share - 0.1, 0) ** 1.1
    away = 0.055 * np.sin(np.pi * np.minimum(share / 0.5, 1) ** 0.7 * 0.6)
    path = root + np.outer(away, out) - np.outer(fall, (0, 1.0, 0))
    thick = (0.016 + 0.02 * worn.size) * np.interp(share, [0, 0.12, 0.5, 1], [1, 0.8, 1.2, 0.25])
    for point, radius in zip(path, thick):
        body = head.trunk_reach(point[1], around)
        ahead = (point - head.centre) @ out
        point += out * max(0.0, min(body, 0.24) + 0.5 * radius - ahead)
    return mesh_of(tube(path, thick), closed=True)


def _dome(head, front, behind, off):
    """A shell over the crown, down to one angle in front and another behind, radians."""
    around = np.arange(32) * 2 * np.pi / 32
    rim = (front + behind) / 2 - (front - behind) / 2 * -np.cos(around)
    polar = np.linspace(0.03, 1, 9)[:, None] * rim
    return head.shell(polar, around, off), around, rim


def _cap(worn, head, turned=np.pi):
    """A cap whose peak points in a direction, and a rim around the rest."""
    crown, around, rim = _dome(head, np.radians(64), np.radians(90), 0.016)
    if turned == 0:
        crown, around, rim = _dome(head, np.radians(76), np.radians(78), 0.016)
    peak = turned + np.linspace(-1.0, 1.0, 17)
    edge = np.interp(peak % (2 * np.pi), around, rim)
    length = (0.045 + 0.035 * worn.size) * np.sqrt(np.cos(np.linspace(-1.45, 1.45, 17)))
    inner = head.shell(edge - 0.03, peak, 0.012)
    step = np.stack([np.sin(peak), 0 * peak - 0.3, -np.cos(peak)], axis=1)
    return [
        mesh_of(crown, closed=True),
        mesh_of(np.stack([inner, inner + step * length[:, None]]), closed=False),
    ]


def _backwards_cap(worn, head):
    return _cap(worn, head, turned=0)


def _brim(worn, head):
    crown, around, rim = _dome(head, np.radians(66), np.radians(82), 0.02)
    crown[:6] += np.linspace(0.03, 0.0, 6)[:, None, None] * (0, 1.0, 0)
    width = np.linspace(0, 0.05 + 0.06 * worn.size, 4)[:, None]
    out = np.stack([np.sin(around), 0 * around, -np.cos(around)], axis=1)
    sag = -0.15 * width + 0.01 * np.sin(2 * around + worn.phase) * (width > 0)
    brim = crown[-1] + width[..., None] * out + sag[..., None] * (0, 1.0, 0)
    return [mesh_of(crown, closed=True), mesh_of(brim, closed=True)]


def _beanie(worn, head):
    crown, around, rim = _dome(head, np.radians(68), np.radians(100), 0.014)
    crown[:5] += np.linspace(0.045 * worn.size, 0.0, 5)[:, None, None] * (0, 1.0, 0)
    fold = head.shell(
        np.stack([rim - 0.28, rim - 0.2, rim - 0.02, rim]),
        around,
        np.array([0.012, 0.024, 0.024, 0.01])[:, None],
    )
    return [mesh_of(crown, closed=True), mesh_of(fold, closed=True)]


def _hood(worn, head):
    """Cloth over the head down to the neck; open at the face."""
    widest = np.radians(108 + 22 * worn.size)
    return [_falling(worn, head, widest, head.neck_centre[1] - 0.03, 0.03)]


def _hood_down(worn, head):
    """A roll of cloth behind the neck that sags in the middle."""
    around = np.linspace(-1.9, 1.9, 17)
    thick = (0.016 + 0.022 * worn.size) * np.cos(around / 1.25)
    rise = 0.035 - 0.05 * np.cos(around) * worn.size
    return [mesh_of(tube(collar_ring(head, around, 0.022 + thick / 2, rise), thick), closed=True)]


def _collar(worn, head):
    """A standing collar, folded down, open in front."""
    around = np.linspace(-2.75, 2.75, 27)
    rise, height = np.array([-0.01, 0.03, 0.036, 0.004])[:, None], 0.7 + 0.9 * worn.size
    widen = np.array([0.008, 0.01, 0.014, 0.03])[:, None] + 0.004 * np.sin(3 * around)
    behind = 0.018 * np.cos(around)  # the neck is inclined, so the collar is higher behind
    return [mesh_of(collar_ring(head, around, widen, rise * height + behind), closed=False)]


def _scarf(worn, head):
    around, meshes = np.linspace(-np.pi, np.pi, 25), []
    for turn in range(2):
        thick = (0.02 + 0.012 * worn.size) * (1 + 0.15 * np.sin(4 * around + worn.phase + turn))
        rise = 0.02 + 0.035 * turn + 0.015 * np.cos(around) + 0.008 * np.sin(around + worn.phase)
        ring = collar_ring(head, around, 0.012 - 0.004 * turn, rise)
        meshes.append(mesh_of(tube(ring, thick), closed=True))
    return meshes


MAKERS = {
    "curtain": _curtain,
    "ponytail": _ponytail,
    "bun": _bun,
    "bunches": _bunches,
    "cap": _cap,
    "backwards cap": _backwards_cap,
    "brim": _brim,
    "beanie": _beanie,
    "hood": _hood,
    "collar": _collar,
    "scarf": _scarf,
    "hood down": _hood_down,
}
"""Kind of headwear -> the function that builds it."""
