import pytest

from personalize.adaptation.record import Adaptation
from personalize.stages.judge import Verdict


@pytest.mark.parametrize("kept", ["personal", "generic"])
def test_the_parser_is_kept_that_the_verdict_names(kept):
    parsers = {"generic": object(), "personal": object()}
    learned = Adaptation(None, None, None, **parsers, verdict=Verdict(kept, 5, {}))
    assert learned.kept is parsers[kept]
