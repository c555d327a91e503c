"""Settings of the renderer, and the folders of its assets.

Imports nothing heavy: the command line shows these defaults in its help.
"""

from dataclasses import dataclass
from pathlib import Path

from personalize.errors import InputError, SettingsError


@dataclass(frozen=True)
class AssetFolders:
    """Folders of real assets; where one is None, the renderer invents its own.

    Attributes
    ----------
    garments : Path or None
        MakeHuman garments, shoes and hair: folders of `.mhclo` and `.obj`, or of json.
    motion : Path or None
        Recorded motion: BVH, ASF with AMC, DeepMimic json; searched recursively.
    backgrounds : Path or None
        Photographs without people.
    panoramas : Path or None
        Equirectangular panoramas in OpenEXR.
    skins : Path or None
        Skin pictures for the texture coordinates of the hm08 base mesh.

    Raises
    ------
    InputError
        If a folder does not exist.
    """

    garments: Path | None = None
    motion: Path | None = None
    backgrounds: Path | None = None
    panoramas: Path | None = None
    skins: Path | None = None

    def __post_init__(self) -> None:
        for name in ("garments", "motion", "backgrounds", "panoramas", "skins"):
            folder = getattr(self, name)
            if folder is not None and not folder.is_dir():
                raise InputError(
                    f"{folder}: no such folder of {name}; check the path or leave it out"
                )


@dataclass(frozen=True)
class SynthesisSettings:
    """How people are drawn at random. Angles in degrees, lengths in metres.

    With the shares of headwear, raised arms and touching things at 0, their defaults, pictures
    are equal to the last bit to those of versions without these settings.

    Attributes
    ----------
    size : int
        Side of the rendered picture in pixels.
    seed : int
        Seed and index of a picture determine every pixel.
    views_per_body : int
        Pictures of one posed body, with different clothes and cameras.
    yaw_sigma, all_round_share : float
        Standard deviation of the heading around the camera; share of people of any heading.
    pitch_sigma, roll_sigma : float
        Standard deviations of the camera's angles.
    shortest, tallest : float
        Height of a standing person as a share of the picture's.
    motion_share, gesture_share : float
        Shares of poses from recorded motion: unchanged, and with invented arms. All other
        poses are invented.
    seated_share : float
        Share of seated people among the invented poses.
    dressed_share : float
        Share of people in modelled garments, where there are any; others wear painted cloth.
    skirt_share : float
        Share of people in a skirt or a dress.
    occluder_share : float
        Share of people partly behind an object.
    headwear_share : float
        Share of people with long or tied hair, hats, hoods or collars.
    raised_share : float
        Share of people with one hand or both at the head or above it.
    touching_share : float
        Share of people who hold, touch or stand behind a thing. It is in the picture, and is
        labelled background.
    samples : int
        Rays per pixel on an outline.
    """

    size: int = 320
    seed: int = 0
    views_per_body: int = 2
    yaw_sigma: float = 50.0
    all_round_share: float = 0.15
    pitch_sigma: float = 10.0
    roll_sigma: float = 5.0
    shortest: float = 0.55
    tallest: float = 2.2
    motion_share: float = 0.2
    gesture_share: float = 0.2
    seated_share: float = 0.4
    dressed_share: float = 0.75
    skirt_share: float = 0.15
    occluder_share: float = 0.25
    headwear_share: float = 0.0
    raised_share: float = 0.0
    touching_share: float = 0.0
    samples: int = 4

    def __post_init__(self) -> None:
        if self.size < 32 or self.views_per_body < 1 or self.samples < 1:
            raise SettingsError(
                f"pictures of {self.size} px with {self.views_per_body} views and "
                f"{self.samples} rays: at least 32 px, 1 view and 1 ray are needed"
            )
        for name in ("all_round_share", "headwear_share", "raised_share", "touching_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"{name} {getattr(self, name)}: a share is between 0 and 1")
        if not 0 < self.shortest <= self.tallest:
            raise SettingsError(
                f"people from {self.shortest} to {self.tallest} picture heights: "
                "the shortest must be positive and not above the tallest"
            )


@dataclass(frozen=True)
class FilmSettings:
    """A rendered video: of one person who talks and gestures, or of a difficulty.

    Attributes
    ----------
    difficulty : str or None
        Of `difficulties.DIFFICULTIES`. Its film uses frames, width, height, rate, seed,
        exposure and noise, and no other of these settings.
    heads : (float, float) or None
        Smallest and largest head of a film of a difficulty: side in pixels of a square with its
        area. None takes the defaults of `difficulties` for the height of the picture.
    frames : int
    width, height : int
        Pixels; even.
    frames_per_second : float
    seed : int
        Determines every pixel.
    tallness : float
        Height of the person standing, in picture heights: 1.8 shows head to waist.
    pan : float
        Range of the camera's turns to either side, pixels; 0 keeps it still.
    seated : bool
    recorded : bool
        Trunk and legs follow recorded motion, where there is any.
    camouflage : float
        From 0, clothes of any colour, to 1, clothes in the colours of the background.
    exposure : float
        Brightness of the picture; 1 is well lit.
    noise : float
        Noise of the sensor, grey levels.
    """

    frames: int = 301
    width: int = 640
    height: int = 360
    frames_per_second: float = 25.0
    seed: int = 0
    tallness: float = 1.8
    pan: float = 0.0
    seated: bool = False
    recorded: bool = False
    camouflage: float = 0.0
    exposure: float = 1.0
    noise: float = 2.0
    difficulty: str | None = None
    heads: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.heads is not None and not 0 < self.heads[0] <= self.heads[1]:
            raise SettingsError(
                f"heads from {self.heads[0]} to {self.heads[1]} pixels: the least must be above 0 "
                "and not above the greatest"
            )
        if self.frames < 1 or min(self.width, self.height) < 32:
            raise SettingsError(
                f"{self.frames} frames of {self.width}x{self.height}: at least one frame of "
                "32x32 is needed"
            )
