import json

import pytest

from personalize.evaluation.silhouette_tables import (
    SILHOUETTE_STAGES,
    report_silhouettes,
    silhouette_table,
)


def scores(*values):
    return dict(zip(SILHOUETTE_STAGES, values, strict=True))


HIKE = scores(0.5, 0.6, 0.7, 0.75, 0.8, 0.8)


def test_silhouette_report_averages_sequences():
    tennis = scores(0.1, 0.2, 0.3, 0.35, float("nan"), 0.1)
    report = report_silhouettes({"hike": HIKE, "tennis": tennis})
    assert list(report) == ["sequences", "mean"]
    assert report["sequences"]["hike"] == HIKE
    assert report["sequences"]["tennis"]["personalized"] is None
    assert report["mean"]["generic"] == pytest.approx(0.3)
    assert report["mean"]["personalized"] is None
    json.dumps(report, allow_nan=False)


def test_silhouette_table_ends_with_the_mean():
    tennis = scores(0.1, 0.2, 0.3, 0.35, 0.4, 0.3)
    assert silhouette_table({"hike": HIKE, "tennis": tennis}).splitlines() == [
        "| J      | generic | propagated | refined | tuned | personalized |  kept |",
        "| ------ | ------: | ---------: | ------: | ----: | -----------: | ----: |",
        "| hike   |   0.500 |      0.600 |   0.700 | 0.750 |        0.800 | 0.800 |",
        "| tennis |   0.100 |      0.200 |   0.300 | 0.350 |        0.400 | 0.300 |",
        "| mean   |   0.300 |      0.400 |   0.500 | 0.550 |        0.600 | 0.550 |",
    ]


def test_of_the_base_alone_the_report_and_the_table_have_the_base_alone():
    sequence = {"walk": {"generic": 0.5}}
    assert report_silhouettes(sequence) == {"sequences": sequence, "mean": {"generic": 0.5}}
    assert silhouette_table(sequence).splitlines()[0] == "| J    | generic |"
