"""The same network without an X factor (Charles et al., BMVC 2017, Figure 4a)."""

from torch import Tensor, nn

from personalize import parts
from personalize.network.blocks import Initial
from personalize.network.factored import Parsing
from personalize.network.modules import FEATURES, shared_module, stage


class BaselineNetwork(nn.Module):
    """Parse a person into 31 parts directly; the yardstick for factoring.

    The stages of the factored and the aggregation module follow each other; only
    the head of the one and the merging layer of the other are gone. Images as
    for `FactoredNetwork`. 488,460 parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.initial = Initial()
        self.shared = shared_module()
        self.stages = nn.Sequential(stage(), stage())
        self.head = nn.Conv2d(FEATURES, parts.CLASSES, 1)

    def forward(self, images: Tensor) -> Parsing:
        """Return the `Parsing` of `images`, without person logits."""
        features = self.shared(self.initial(images * 2 - 1))
        return Parsing(None, self.head(self.stages(features)))
