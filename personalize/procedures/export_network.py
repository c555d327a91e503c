"""Write a network as ONNX: that of a run, or of a weights file; the one export that needs torch."""

from pathlib import Path

from torch import nn

from personalize.errors import WeightsError
from personalize.exports.folder import export_folder
from personalize.exports.formats import NETWORK, check_formats
from personalize.exports.network import write_network
from personalize.exports.task import NamedNetwork
from personalize.network.checkpoints import (
    digest,
    kind_of,
    load_base,
    load_network,
    load_person,
)
from personalize.network.registry import name_of
from personalize.network.settings import SHIPPED
from personalize.output.finished import FinishedRun
from personalize.storage.layout import EXPORTS
from personalize.types import Json


def export_network(
    path: str | Path,
    *,
    out: str | Path | None = None,
    weights: str | Path | None = None,
) -> Path:
    """Write the network of a base or person file as ONNX, without any run.

    Parameters
    ----------
    path : path-like
    out : path-like, optional
        Gets the folder ``onnx``; by default ``exports`` beside the file.
    weights : path-like, optional
        Base weights of a person, if they are not those that come with the project.

    Returns
    -------
    Path
        The folder.
    """
    check_formats([NETWORK])
    path = Path(path)
    network: nn.Module
    if kind_of(path) == "person":
        network = load_person(path, load_base(weights or SHIPPED)[0])
    else:
        network, _ = load_network(path)
    named = NamedNetwork(path.stem, network, facts_of(network, path.name))
    root = path.parent / EXPORTS if out is None else Path(out)
    with export_folder(root, NETWORK, named.facts) as folder:
        write_network(named, folder)
    return root / NETWORK


def network_of(
    done: FinishedRun, weights: str | Path | None, person: str | Path | None
) -> NamedNetwork:
    """Return the network that parsed the video of a run.

    Parameters
    ----------
    done : FinishedRun
    weights, person : path-like or None
        Files to take it from; by default the weights that ship with the project, and the person
        of the run.

    Returns
    -------
    NamedNetwork

    Raises
    ------
    WeightsError
        If these are not the files that the run was made with.
    """
    path = weights or SHIPPED
    base, _ = load_base(path)
    facts = done.manifest["facts"]
    if "weights" in facts:  # of a parse, which records the network as a whole
        network = load_person(person, base) if person else base
        if digest(network.state_dict()) != facts["weights"]:
            raise WeightsError(
                f"{done.root}: was parsed with another network than {person or path}; name its"
                " person with --person, and its base with --weights"
            )
        kept = "person" if person else "base"
    else:
        if digest(base.state_dict()) != facts.get("base"):
            raise WeightsError(
                f"{done.root}: is a run with other base weights than {path}; name those with"
                " --weights"
            )
        personal = done.kept == "personal"
        network = load_person(done.person, base) if personal else base
        kept = "person" if personal else "base"
    canvas = done.manifest["stages"]["parse"]["settings"]["track"]
    return NamedNetwork(kept, network, {**facts_of(network, done.name), "canvas": canvas})


def facts_of(network: nn.Module, source: str) -> Json:
    """Return the metadata of a network: where it comes from."""
    return {
        "network": name_of(network),
        "source": source,
        "weights": digest(network.state_dict()),
    }
