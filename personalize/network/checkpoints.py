"""Read and write weights: safetensors files with a kind in their metadata.

A *base* file holds a whole network and names its architecture; without a name it is the factored
one. A *person* file holds the differences of the modules that learn a person from those of the
base weights, and the digest of the base. It is in half precision, so that it is small.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from personalize.errors import WeightsError
from personalize.network.factored import FactoredNetwork
from personalize.network.registry import CLASSES, has_factor, make_network, name_of
from personalize.network.settings import FACTORED, SHIPPED
from personalize.network.weights_file import read_metadata, unreadable
from personalize.storage.atomic import atomic_write
from personalize.types import Json, PathLike

PERSONAL = ("factored.", "aggregation.")
"""Prefixes of the names of the tensors in a person file."""

DIFFERENCES = "differences"
"""Value in the metadata of a person file that holds differences; others hold weights."""


def digest(tensors: Mapping[str, Tensor]) -> str:
    """Return the sha256 of named tensors: names, shapes and values."""
    sha = hashlib.sha256()
    for name in sorted(tensors):
        values = tensors[name].detach().cpu().contiguous()
        sha.update(f"{name} {tuple(values.shape)} {values.dtype}".encode())
        sha.update(values.numpy().tobytes())
    return sha.hexdigest()


def save_base(network: nn.Module, path: PathLike, facts: Json) -> None:
    """Write all weights of `network` to `path`, atomically.

    Parameters
    ----------
    network
        Any of `registry.CLASSES`.
    path : path-like
    facts : dict
        What the weights were made of and how they score; kept as JSON.
    """
    metadata = {"kind": "base", "network": name_of(network), "facts": json.dumps(facts)}
    write_tensors(path, network.state_dict(), metadata)


def load_base(path: PathLike = SHIPPED, device: str = "cpu") -> tuple[FactoredNetwork, Json]:
    """Read the network that can learn a person from a base file.

    Returns
    -------
    network : FactoredNetwork
        In evaluation mode, on `device`.
    facts : dict
        What `save_base` was given.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or not a base file of this network.
    """
    network, facts = load_network(path, device)
    if not has_factor(network):
        raise WeightsError(
            f"{path}: holds the network {name_of(network)}, which has no X factor to inject or to "
            f"learn a person with; give weights of `personalize train --network {FACTORED}`"
        )
    return network, facts


def load_network(path: PathLike = SHIPPED, device: str = "cpu") -> tuple[nn.Module, Json]:
    """Read any network from a base file: the one that its metadata name.

    Returns
    -------
    network
        Of a class in `registry.CLASSES`, in evaluation mode, on `device`.
    facts : dict
        What `save_base` was given.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or not a base file of a network that is known.
    """
    tensors, metadata = read_tensors(path, "base")
    name = metadata.get("network", FACTORED)
    if name not in CLASSES:
        raise WeightsError(
            f"{path}: holds the network {name}, and this version has {', '.join(CLASSES)}"
        )
    network = make_network(name)
    check_tensors(path, tensors, network.state_dict())
    network.load_state_dict(tensors)
    return network.eval().to(device), read_facts(path, metadata)


def save_person(
    network: FactoredNetwork, path: PathLike, base: FactoredNetwork, facts: Json
) -> None:
    """Write what `network` has learned of a person to `path`, bound to its base weights.

    What is computed afterwards should load the file again, so that it has the numbers that are
    kept: half precision has an error of one part in two thousand.

    Parameters
    ----------
    network : FactoredNetwork
        Only the modules of `PERSONAL` are kept, and of these the tensors that changed.
    path : path-like
    base : FactoredNetwork
        What it learned from.
    facts : dict
        Kept as JSON.
    """
    before = base.state_dict()
    tensors = {
        name: (weights - before[name]).half()
        for name, weights in network.state_dict().items()
        if name.startswith(PERSONAL) and not torch.equal(weights, before[name])
    }
    metadata = {"kind": "person", "holds": DIFFERENCES, "base": digest(before)}
    write_tensors(path, tensors, {**metadata, "facts": json.dumps(facts)})


def load_person(path: PathLike, base: FactoredNetwork) -> FactoredNetwork:
    """Return a copy of `base` that has learned what a person file holds.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, no person file, or made for other base weights.
    """
    tensors, metadata = read_tensors(path, "person")
    weights = base.state_dict()
    if metadata.get("base") != digest(weights):
        raise WeightsError(
            f"{path}: this person was learned with other base weights "
            f"({metadata.get('base', '')[:12]}); give those with --weights, or run again"
        )
    before = {name: t for name, t in weights.items() if name.startswith(PERSONAL)}
    if metadata.get("holds") == DIFFERENCES:
        check_tensors(path, {**before, **tensors}, before)
        tensors = {**before, **{name: before[name] + t.float() for name, t in tensors.items()}}
    check_tensors(path, tensors, before)
    personal = FactoredNetwork()
    personal.load_state_dict({**weights, **tensors})
    return personal.eval().to(base.device)


def write_tensors(path: PathLike, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """Write named tensors and string metadata to a safetensors file, atomically.

    The same tensors and metadata give the same bytes.

    Parameters
    ----------
    path : path-like
    tensors : dict of str to Tensor
    metadata : dict of str to str
    """
    content = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    with atomic_write(path) as partial:
        Path(partial).write_bytes(in_order(save(content, metadata)))


def in_order(content: bytes) -> bytes:
    """Return the bytes of a safetensors file with its metadata in the order of their names.

    The library writes them in an order that changes from process to process. The format: the
    length of the header, little-endian in 8 bytes; the header, JSON filled up with spaces to a
    multiple of 8 bytes; the values, whose places count from the header's end.
    """
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header = {"__metadata__": dict(sorted(header.pop("__metadata__").items())), **header}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def check_tensors(
    path: PathLike, found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]
) -> None:
    """See that the tensors of a file can be those of a network.

    Parameters
    ----------
    path : path-like
        For the message.
    found, wanted : dict of str to Tensor
        Of the file, and of the network.

    Raises
    ------
    WeightsError
        If names or shapes differ, or a value is NaN, infinite, or a variance below 0.
    """
    wrong = sorted(found.keys() ^ wanted.keys()) or [
        name
        for name, tensor in wanted.items()
        if found[name].shape != tensor.shape
        or found[name].is_floating_point() != tensor.is_floating_point()
    ]
    if wrong:
        raise WeightsError(
            f"{path}: these weights are of another network ({wrong[0]} differs); give a file that "
            "this version wrote"
        )
    for name, tensor in wanted.items():
        values = found[name].to(tensor.dtype)
        if not values.isfinite().all() or (name.endswith("running_var") and values.min() < 0):
            raise WeightsError(
                f"{path}: {name} holds what is no number, or a variance below 0, so the file is "
                "damaged, or its training failed; get it again, or train again"
            )


def read_facts(path: PathLike, metadata: Mapping[str, str]) -> Json:
    """Return the facts in a base file.

    Raises
    ------
    WeightsError
        If there are none, or they are no JSON object.
    """
    try:
        facts = json.loads(metadata["facts"])
    except (KeyError, ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise WeightsError(
            f"{path}: does not say what its weights were made of, so it is damaged, or of another "
            "program; get it again"
        )
    return facts


def kind_of(path: PathLike) -> str | None:
    """Return the kind of a safetensors file, such as "base"; None if its metadata have none."""
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("kind")
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: not a readable safetensors file ({error})") from error


def read_tensors(path: PathLike, kind: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and the metadata of a safetensors file of a `kind`."""
    metadata = read_metadata(path, kind)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise unreadable(path, error) from error
    return tensors, metadata
