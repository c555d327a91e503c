"""Colours and patterns of cloth, as functions of the position in the rest pose."""

from dataclasses import dataclass

import cv2
import numpy as np

from personalize.types import Array, Floats

PATTERNS = ("plain", "stripes", "checks", "blotches", "print")


@dataclass(frozen=True, eq=False)
class Fabric:
    """A cloth.

    Attributes
    ----------
    colours : (3, 3) float array
        RGB in [0, 1] of ground, pattern and print.
    pattern : str
        One of `PATTERNS`.
    waves : (6, 4) float array
        Frequencies and phases of the blotches, per metre and radians.
    period, share : float
        Of stripes and checks: metres, and the share of the second colour.
    across : int
        Axis along which stripes change: 0 upright stripes, 1 level ones.
    """

    colours: Floats
    pattern: str
    waves: Floats
    period: float
    share: float
    across: int

    def colour_at(self, rest: Floats) -> Floats:
        """Return RGB (N, 3) of points (N, 3) of the rest pose, metres."""
        second: Array = np.zeros(len(rest))
        phase = (rest / self.period) % 1.0
        if self.pattern == "stripes":
            second = phase[:, self.across] < self.share
        elif self.pattern == "checks":
            second = 0.5 * (phase[:, 0] < self.share) + 0.5 * (phase[:, 1] < self.share)
        elif self.pattern == "blotches":
            second = np.sin(rest @ self.waves[:, :3].T + self.waves[:, 3]).mean(axis=1) > 0.12
        elif self.pattern == "print":
            middle = rest[:, :2] - (0.0, 0.5)
            spots = np.sin(60 * rest[:, 0] + self.waves[0, 3]) * np.sin(50 * rest[:, 1])
            second = (np.abs(middle) < (0.1, 0.12)).all(axis=1) & (rest[:, 2] > 0) & (spots > -0.2)
        ground, other = self.colours[0], self.colours[1]
        grain = 0.04 * np.sin(rest @ (7 * self.waves[:, :3].T) + self.waves[:, 3]).mean(axis=1)
        return ground + np.outer(second, other - ground) + grain[:, None]


def draw_fabric(random: np.random.Generator) -> Fabric:
    """Draw a fabric; dark, white and grey are more common than bright colours, as in reality."""
    waves = np.concatenate([random.normal(0, 40, (6, 3)), random.uniform(0, 6.3, (6, 1))], axis=1)
    return Fabric(
        colours=np.stack([draw_cloth_colour(random) for _ in range(3)]),
        pattern=random.choice(PATTERNS, p=[0.5, 0.15, 0.1, 0.1, 0.15]),
        waves=waves,
        period=np.exp(random.uniform(np.log(0.015), np.log(0.12))),
        share=random.uniform(0.15, 0.6),
        across=int(random.integers(2)),
    )


def draw_cloth_colour(random: np.random.Generator) -> Floats:
    """Draw a colour of cloth: RGB in [0, 1]."""
    kind = random.random()
    if kind < 0.3:
        return np.clip(random.uniform(0.03, 0.25) + random.normal(0, 0.02, 3), 0, 1)
    if kind < 0.45:
        return np.clip(random.uniform(0.7, 0.95) + random.normal(0, 0.02, 3), 0, 1)
    hue, saturation = random.uniform(0, 360), random.beta(1.6, 1.6)
    pixel = np.array([[[hue, saturation, random.uniform(0.1, 0.95)]]], np.float32)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].astype(float)


def draw_hair_colour(random: np.random.Generator) -> Floats:
    """Draw a colour of hair, black to blond, grey, rarely dyed: RGB in [0, 1]."""
    tones = np.array(
        [
            (0.06, 0.05, 0.05),
            (0.17, 0.1, 0.06),
            (0.32, 0.2, 0.1),
            (0.6, 0.45, 0.25),
            (0.45, 0.18, 0.08),
            (0.55, 0.55, 0.55),
        ]
    )
    if random.random() < 0.04:
        return draw_cloth_colour(random)
    tone = tones[random.choice(len(tones), p=[0.35, 0.28, 0.15, 0.1, 0.04, 0.08])]
    return tone * random.uniform(0.7, 1.3)
