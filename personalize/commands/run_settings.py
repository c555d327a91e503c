"""Turn the options of a command into settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from personalize.network.settings import VIEWS
from personalize.settings import RunSettings

RUN = RunSettings()

CONFIGURED = "personalize.settings"
"""Key of the settings of --config in the `meta` of a click context."""

SETTERS: Mapping[str, Callable[[RunSettings, Any], RunSettings]] = {
    "window": lambda run, value: replace(run, window=value),
    "learn_from": lambda run, value: replace(run, learn_from=value),
    "person_at": lambda run, value: replace(run, person_at=tuple(value)),
    "epochs": lambda run, value: replace(run, factor=replace(run.factor, epochs=value)),
    "parts_epochs": lambda run, value: replace(
        run, self_training=replace(run.self_training, epochs=value)
    ),
    "way": lambda run, value: replace(run, way=value),
    "keep": lambda run, value: replace(run, verdict=replace(run.verdict, keep=value)),
    "seed": lambda run, value: replace(run, seed=value),
    "size": lambda run, value: replace(run, size=value),
    "views": lambda run, value: replace(run, parse=replace(run.parse, views=VIEWS[value])),
    "joints": lambda run, value: replace(
        run, parse=replace(run.parse, joints=replace(run.parse.joints, rule=value))
    ),
    "no_smooth": lambda run, value: replace(
        run, smooth=replace(run.smooth, reach=0) if value else run.smooth
    ),
    "workers": lambda run, value: replace(run, workers=value),
    "overlay": lambda run, value: replace(run, overlay=replace(run.overlay, style=value)),
}
"""Name of an option -> the function that changes the settings by its value."""


def run_settings(**numbers: Any) -> RunSettings:
    """Turn options into settings. Options that were given take precedence over --config.

    Parameters
    ----------
    **numbers
        Values of options, by the names of `SETTERS`.
    """
    context = click.get_current_context(silent=True)
    configured = context.meta.get(CONFIGURED) if context else None
    settings: RunSettings = configured or RUN
    for name, value in numbers.items():
        if not configured or was_given(name):
            settings = SETTERS[name](settings, value)
    return settings


def was_given(name: str) -> bool:
    """Return whether the user gave an option of the current command, by its name in Python."""
    context = click.get_current_context(silent=True)
    typed = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
    return context is not None and context.get_parameter_source(name) in typed
