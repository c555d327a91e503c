"""The real body, where it can be had; all else is made by hand in the tests."""

import pytest

from personalize.synthesis.people import Studio
from personalize.synthesis.settings import AssetFolders, SynthesisSettings

SMALL = SynthesisSettings(size=64, seed=5)


@pytest.fixture(scope="session")
def studio():
    """A studio without assets around the real body."""
    pytest.importorskip("embreex", reason="embreex is not installed")
    paths = pytest.importorskip("anny.paths", reason="anny is not installed")
    if not list(paths.get_anny_cache_path().rglob("build_compact*")):
        pytest.skip("anny has not built its body yet, which takes minutes; render a person once")
    return Studio(SMALL, AssetFolders())
