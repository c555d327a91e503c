"""The labelled people of an experiment, and the run folder bound to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from personalize.datasets.domains import DOMAINS, in_domain
from personalize.datasets.labelled import CLASSES, RENDERED, digest_of, labelled_people
from personalize.experiments.labelled_images import spread_items
from personalize.network.checkpoints import digest as weights_digest
from personalize.network.factored import FactoredNetwork
from personalize.settings import TransferSettings
from personalize.storage.manifest import digest
from personalize.storage.workspace import Workspace
from personalize.types import Json, PathLike

AS_IS = next(iter(DOMAINS))


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """Some people to learn from and some to test on.

    Attributes
    ----------
    kind : str
        A data set of `datasets.labelled`.
    domain : str
        A domain of `datasets.domains`, applied to all images.
    learn, test : list of items
        Labelled people of the two halves of the set.
    """

    kind: str
    domain: str
    learn: Sequence[Any]
    test: Sequence[Any]

    @classmethod
    def read(
        cls,
        kind: str,
        root: PathLike,
        *,
        domain: str = AS_IS,
        learn: int | None = None,
        test: int | None = None,
        test_list: PathLike | None = None,
    ) -> Self:
        """List the people of a set.

        Parameters
        ----------
        kind, root, test_list
            As for `labelled_people`.
        domain : str
        learn, test : int, optional
            Greatest number of people of each half, spread over it; by default all.

        Raises
        ------
        DatasetError
            As `labelled_people`.
        """
        halves = (
            in_domain(spread_items(labelled_people(kind, root, split, test_list), count), domain)
            for split, count in (("train", learn), ("test", test))
        )
        return cls(kind, domain, *halves)

    @property
    def classes(self) -> int:
        """Number of labels of the set, the background included."""
        return CLASSES[self.kind]

    @property
    def name(self) -> str:
        """Name of the set in tables."""
        people = "rendered people" if self.kind == RENDERED else self.kind
        return people if self.domain == AS_IS else f"{people}, made {self.domain}"

    def describe(self) -> Json:
        """Return the entries of a manifest: the name, and a digest of all names and files."""
        halves = [digest_of(half) for half in (self.learn, self.test)]
        return {"name": self.name, "digest": digest([self.kind, self.domain, halves])}


def open_experiment(
    root: PathLike,
    number: int,
    people: LabelledSet,
    network: FactoredNetwork,
    settings: TransferSettings,
) -> Workspace:
    """Open the folder of an experiment, bound to its people, the base weights and the seed.

    Parameters
    ----------
    root : path-like
    number : int
        Number of the experiment.
    people : LabelledSet
    network : FactoredNetwork
    settings : TransferSettings

    Returns
    -------
    Workspace
    """
    facts = {
        "base": weights_digest(network.state_dict()),
        "seed": settings.seed,
        "size": settings.size,
    }
    return Workspace.open(Path(root), source=people, facts=facts, purpose=f"experiment {number}")
