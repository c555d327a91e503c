"""Facts about this machine, not about a run, in the cache folder of the user.

They are measured again within seconds, so nothing here raises: what cannot be read is empty, and
what cannot be written is dropped.
"""

import json
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from personalize.errors import PersonalizeError
from personalize.storage.atomic import atomic_write
from personalize.types import Json


def cache_folder() -> Path:
    """Return the folder, which may not be there yet."""
    return user_cache_path("personalize", appauthor=False)


def recall(name: str) -> Json:
    """Return what was kept under a name; an empty dict if that cannot be read."""
    with suppress(OSError, ValueError):
        found = json.loads((cache_folder() / name).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def keep(name: str, value: Json) -> None:
    """Keep a value under a name, if it can be written."""
    with suppress(OSError, PersonalizeError), atomic_write(cache_folder() / name) as unfinished:
        unfinished.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
