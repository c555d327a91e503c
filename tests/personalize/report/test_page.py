"""The report is one file that loads nothing, tells the numbers, and survives odd runs."""

import json
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from personalize.adaptation.base import Base
from personalize.adaptation.settings import FactorSettings
from personalize.errors import WorkspaceError
from personalize.media.encode import VideoWriter
from personalize.media.video import open_source
from personalize.procedures import parsing, pipeline
from personalize.report.page import rewrite_report, write_report
from personalize.settings import RunSettings
from personalize.stages.settings import SeedSettings, VerdictSettings
from personalize.storage.layout import COMPARISON

SETTINGS = RunSettings(
    window=9,
    size=80,
    seeds=SeedSettings(confidence=0.9, size=64),
    factor=FactorSettings(epochs=1),
    verdict=VerdictSettings(keep="personal"),
)
VOID = {"meta", "img", "br", "hr", "link", "rect", "circle"}
VERDICT = {
    "silhouettes": {
        "kept": "personal",
        "reason": "gain",
        "estimate": 0.0312,
        "uncertainty": 0.02,
    },
    "parts": {"kept": "generic", "reason": "<odd>", "estimate": -0.01, "uncertainty": 0.05},
    "held_out": 17,
    "evidence": {
        "flip_<agreement>": {"generic": 0.5125, "personal": 0.625},
        "joints_found": {"generic": 0.9, "personal": 1.0},
    },
}


class Page(HTMLParser):
    """Checks that elements are closed in order, and keeps them with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def base(square_network):
    return Base.of(square_network)


@pytest.fixture(scope="module")
def odd_video(square_video, tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "<b>&.mp4"
    path.write_bytes(square_video.read_bytes())
    return path


@pytest.fixture(scope="module")
def finished(odd_video, base, tmp_path_factory):
    root = tmp_path_factory.mktemp("run")
    pipeline.run(open_source(odd_video), root, base, SETTINGS)
    return root


@pytest.fixture
def manifest(finished):
    return json.loads((finished / "manifest.json").read_text())


@pytest.fixture
def page(finished):
    page = Page((finished / "report.html").read_text())
    assert page.open == []
    return page


def test_the_page_loads_nothing(finished, page):
    text = (finished / "report.html").read_text()
    assert not re.search(r"https?:|url\(|@import|<script|<link|<iframe", text)
    references = [a[key] for _, a in page.elements for key in ("src", "href") if key in a]
    assert references
    films = [reference for reference in references if not reference.startswith("data:")]
    assert films == ["overlay.mp4#t=0.01"]
    assert all(r.startswith("data:image/jpeg;base64,") for r in references if r not in films)
    assert "default-src 'none'" in text


def test_the_film_is_played_in_the_page_unless_there_is_none(page, finished, manifest, tmp_path):
    (film,) = page.all("video")
    assert "controls" in film
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run/overlay.mp4").unlink()
    write_report(tmp_path / "page.html", tmp_path / "run", manifest)
    assert not Page((tmp_path / "page.html").read_text()).all("video")


def test_every_part_is_told_by_its_colour(page):
    for words in ("right hand", "left lower arm", "right upper head", "left upper leg", "neck"):
        assert words in page.text
    assert len(page.all("li")) == 31


def test_alarms_are_at_the_top_in_words_with_their_frames(finished, manifest, tmp_path):
    alarms = [
        {"code": "pieces", "sentence": "In <b> pieces.", "frames": [3, 4, 5, 9]},
        {"code": "thing", "sentence": "A thing moves with the person."},
        {"code": "odd"},
        "no alarm",
    ]
    write_report(tmp_path / "page.html", finished, {**manifest, "alarms": alarms})
    text = Page((tmp_path / "page.html").read_text()).text
    assert "In <b> pieces. frames 3 to 5, 9" in text
    assert text.index("In <b> pieces.") < text.index("The network learned this person")
    write_report(tmp_path / "page.html", finished, {**manifest, "alarms": "none"})
    assert "Look at this" not in Page((tmp_path / "page.html").read_text()).text


def test_figures_are_drawn_for_wide_and_for_narrow_screens(page):
    widths = [svg["viewbox"].split()[2] for svg in page.all("svg")]
    assert widths.count("760") == widths.count("380") >= 3


def test_certainty_has_one_scale_in_all_reports(finished):
    text = (finished / "report.html").read_text()
    certainty = text[text.index("Certainty over time") :]
    ticks = re.findall(r'class="tick end"[^>]*>([\d.]+)<', certainty[: certainty.index("</svg>")])
    assert ticks == ["0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]


def test_a_page_of_a_short_window_says_that_nothing_was_held_out(page):
    assert "whether that made it better was not tested" in page.text


def test_every_picture_and_curve_is_told_in_words(page):
    assert page.all("img")
    assert all(re.match(r"frame \d+, .+ network", image["alt"]) for image in page.all("img"))
    assert len(page.all("svg")) >= 3
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.all("svg"))
    assert len(page.all("desc")) == len(page.all("svg"))


def test_an_overlap_stands_beside_two_pictures_and_not_beside_one(
    finished, manifest, page, tmp_path
):
    assert re.search(r"frame \d+, [\d.]+ s overlap", page.text)
    shutil.copytree(finished / COMPARISON, tmp_path / "alike")
    for picture in (tmp_path / "alike").glob("*_generic.jpg"):
        picture.unlink()
    write_report(tmp_path / "page.html", finished, manifest, comparison=tmp_path / "alike")
    assert not re.search(
        r"frame \d+, [\d.]+ s overlap", Page((tmp_path / "page.html").read_text()).text
    )


def test_the_window_is_marked(page):
    assert "learned from these frames" in page.text
    assert "outside the window it is 0." in page.text
    assert "Certainty in the window" not in [svg["aria-label"] for svg in page.all("svg")]


def test_a_window_that_is_short_has_a_figure_of_its_own(square_video, base, tmp_path):
    pipeline.run(open_source(square_video), tmp_path, base, replace(SETTINGS, window=2))
    page = Page((tmp_path / "report.html").read_text())
    assert "Certainty in the window" in [svg["aria-label"] for svg in page.all("svg")]


def test_a_name_that_is_no_text_leaves_a_page(finished, manifest, tmp_path):
    source = {**manifest["source"], "name": os.fsdecode(b"caf\xe9.mkv")}
    write_report(tmp_path / "report.html", finished, {**manifest, "source": source})
    assert "<h1>caf?.mkv</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_name_of_a_video_is_no_markup(finished, page):
    assert "<h1>&lt;b&gt;&amp;.mp4</h1>" in (finished / "report.html").read_text()
    assert page.all("b") == []


def test_size_settings_and_digests_are_there(page, manifest, base):
    assert "12 frames of 96 × 64 pixels, 0.5 s at 25 a second" in page.text
    assert "propagation.radius 24" in page.text
    assert base.digest in page.text
    assert manifest["source"]["digest"] in page.text
    assert manifest["versions"]["torch"] in page.text
    for stage in ("predict", "propagate", "refine", "learn", "parse"):
        assert f"{manifest['stages'][stage]['seconds']:.1f} s" in page.text


def test_a_verdict_comes_with_its_numbers(finished, manifest, tmp_path):
    write_report(tmp_path / "page.html", finished, {**manifest, "verdict": VERDICT})
    page = Page((tmp_path / "page.html").read_text())
    assert "learned the silhouettes of this person; its parts are the generic ones." in page.text
    assert "silhouettes personal a gain is expected of it +3.1% ±2.0%" in page.text
    assert "parts generic <odd> −1.0% ±5.0%" in page.text
    assert "Judged on 17 frames" in page.text
    assert "flip_<agreement> 0.512 0.625 +0.113" in page.text
    assert (
        "joints found: share of the upper body's joints whose part wins a cell 0.900" in page.text
    )


def test_a_verdict_for_the_generic_network_says_so(finished, manifest, tmp_path):
    choice = {"kept": "generic", "reason": "loss"}
    verdict = {
        "silhouettes": choice,
        "parts": choice,
        "held_out": 3,
        "evidence": {"x": {"generic": 0.5, "personal": None}},
    }
    write_report(tmp_path / "page.html", finished, {**manifest, "verdict": verdict})
    page = Page((tmp_path / "page.html").read_text())
    assert "did not hold up: the generic one is kept." in page.text
    assert "x 0.500 – –" in page.text
    (folded,) = [a for a in page.all("details") if a.get("class") == "evidence"]
    assert "open" not in folded  # the film comes before the numbers


def test_a_report_made_again_is_the_same(finished):
    before = (finished / "report.html").read_bytes()
    assert rewrite_report(finished) == finished / "report.html"
    assert (finished / "report.html").read_bytes() == before


def test_a_second_run_keeps_the_report_and_another_name_remakes_it(
    finished, odd_video, square_video, base
):
    again = pipeline.run(open_source(odd_video), finished, base, SETTINGS)
    assert "report" in again.reused
    renamed = pipeline.run(open_source(square_video), finished, base, SETTINGS)
    assert set(renamed.manifest["stages"]) - set(renamed.reused) == {"report"}
    assert "<h1>square.mp4</h1>" in (finished / "report.html").read_text()
    pipeline.run(open_source(odd_video), finished, base, SETTINGS)


def test_a_run_that_is_not_finished_is_refused(finished, manifest, tmp_path):
    del manifest["stages"]["report"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(WorkspaceError, match="is not finished; start it again"):
        rewrite_report(tmp_path)


def test_a_folder_without_a_run_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(WorkspaceError, match="holds no run; give the folder"):
            rewrite_report(folder)


def test_a_missing_table_is_named(finished, manifest, tmp_path):
    with pytest.raises(WorkspaceError, match="frames.csv or joints.csv is missing or damaged"):
        write_report(tmp_path / "page.html", tmp_path, manifest)


def test_parsing_alone_gives_a_report_with_pictures_and_its_own_words(square_video, base, tmp_path):
    parsing.parse(open_source(square_video), tmp_path, base.network, SETTINGS)
    page = Page((tmp_path / "report.html").read_text())
    assert "nothing was learned from this video" in page.text
    assert "Before and after" not in page.text
    assert "Some frames from beginning to end" in page.text
    assert len(page.all("img")) == 6
    assert all("by the network" in image["alt"] for image in page.all("img"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_clip_of_few_grey_frames_has_a_report(count, base, tmp_path):
    """Nobody is in it, so that silhouettes are empty and joints without a place."""
    with VideoWriter(tmp_path / "grey.mp4", fps=25) as writer:
        for _ in range(count):
            writer.write(np.full((64, 96, 3), 40, np.uint8))
    source = open_source(tmp_path / "grey.mp4")
    parsing.parse(source, tmp_path / "out", base.network, SETTINGS)
    page = Page((tmp_path / "out" / "report.html").read_text())
    assert page.open == []
    assert "nan" not in " ".join(str(attributes) for _, attributes in page.elements)
    assert "with a person 0%" in page.text
    assert "nobody was seen" in page.text


@pytest.fixture
def copied(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copy")


def test_a_report_made_again_is_part_of_the_run(copied, odd_video, base):
    (copied / "report.html").write_text("spoilt")
    rewrite_report(copied)
    again = pipeline.run(open_source(odd_video), copied, base, SETTINGS)
    assert "report" in again.reused and not again.anew


def test_emptied_numbers_of_a_comparison_are_named(copied):
    (copied / COMPARISON / "numbers.npz").write_bytes(b"")
    with pytest.raises(WorkspaceError, match="numbers.npz: is missing or damaged .*; run again"):
        rewrite_report(copied)


@pytest.mark.parametrize("name", ["source", "facts", "versions", "notes"])
def test_a_manifest_without_what_a_report_shows_is_refused(copied, manifest, name):
    wrong = {**manifest["source"], "frames": None} if name == "source" else 3
    said = "lacks what a report shows" if name == "source" else "is not the manifest of"
    (copied / "manifest.json").write_text(json.dumps({**manifest, name: wrong}))
    with pytest.raises(WorkspaceError, match=f"manifest.json: {said}"):
        rewrite_report(copied)
