"""Shared features of the frames of a window: computed once, and kept in a temporary file.

The shared modules are most of the network's work, and no learning changes them. So the frames of a
window, which are predicted, learned from, judged by and parsed, are run through them once. An image
is recognised by the digest of its pixels; answers are the same bits with and without a store.
"""

import hashlib
import tempfile
from contextlib import suppress
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch import Tensor

from personalize.network.engines.interface import Engine
from personalize.types import PathLike
from personalize.workers import in_order

MOST = 2**30
"""Bytes that a store takes at most; 301 frames of a canvas of 256x344 in two views take 0.4 GB."""


class FeatureStore:
    """Features of images, in a file without a name that is gone with the store.

    It is of one network and those that learned from it. Nothing is stored once the disk is full.

    Parameters
    ----------
    folder : path-like
        On whose disk the file is.
    most : int
        Size of the file in bytes, at most.
    """

    def __init__(self, folder: PathLike, most: int = MOST) -> None:
        self._folder = folder
        self._left = most
        self._file: Any = None
        self._places: dict[bytes, tuple[int, tuple[int, ...], bool]] = {}
        self._lock = Lock()

    def __del__(self) -> None:
        if self._file:
            self._file.close()

    def add(self, key: bytes, features: Tensor) -> None:
        """Keep the features (128, h, w) of an image, unless there is no room.

        As they lie in memory, channels innermost or not: the last bits of what is computed from
        them depend on that.
        """
        innermost = not features.is_contiguous()
        values = np.ascontiguousarray(features.permute(1, 2, 0) if innermost else features)
        with self._lock:
            if key in self._places or values.nbytes > self._left:
                return
            try:
                self._file = self._file or _nameless_file(self._folder)
                place = self._file.seek(0, 2)
                written = self._file.write(values.data)
            except OSError:
                written = 0
            if written == values.nbytes:
                self._places[key] = place, values.shape, innermost
                self._left -= written
            else:
                self._left = 0

    def get(self, key: bytes) -> Tensor | None:
        """Return the features of an image, (128, h, w) float32; None where they are not known."""
        with self._lock:
            if key not in self._places:
                return None
            place, shape, innermost = self._places[key]
            values = np.empty(shape, np.float32)
            with suppress(OSError):
                self._file.seek(place)
                if self._file.readinto(values.data.cast("B")) == values.nbytes:
                    features = torch.from_numpy(values)
                    return features.permute(2, 0, 1) if innermost else features
        return None


class StoringEngine(Engine):
    """An engine on a CPU that looks features up in a store before it computes them.

    Parameters
    ----------
    engine : Engine
        What computes.
    store : FeatureStore
    add : bool
        Whether features that are not in the store are added to it.
    """

    device = torch.device("cpu")

    def __init__(self, engine: Engine, store: FeatureStore, *, add: bool = False) -> None:
        self._engine, self._store, self._add = engine, store, add

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as the engine; the store stays here."""
        return _same, (self._engine,)

    def features(self, images: Tensor) -> Tensor:
        if len(images) == 1:  # its last bits are others than among several, if it is small
            return self._engine.features(images)
        keys = list(in_order(digest_of, images, 0))
        known = [self._store.get(key) for key in keys]
        found = [features for features in known if features is not None]
        if len(found) == len(keys):
            innermost = not found[0].is_contiguous()
            layout = torch.channels_last if innermost else torch.contiguous_format
            return torch.stack(found).contiguous(memory_format=layout)
        computed = self._engine.features(images)
        if self._add:
            for key, features in zip(keys, computed):
                self._store.add(key, features)
        return computed

    def person(self, features: Tensor) -> Tensor:
        return self._engine.person(features)

    def parts(self, features: Tensor, person: Tensor) -> Tensor:
        return self._engine.parts(features, person)


def digest_of(image: Tensor) -> bytes:
    """Return a digest of the shape and the values of an image (3, H, W)."""
    pixels = image.detach().permute(1, 2, 0).contiguous().numpy()
    found = hashlib.sha256(repr(pixels.shape).encode())
    found.update(pixels.data)
    return found.digest()


def _nameless_file(folder: PathLike) -> Any:
    return tempfile.TemporaryFile(dir=folder, buffering=0)  # closed with the store


def _same(engine: Engine) -> Engine:
    return engine
