"""Write the report of a run: one HTML file that loads only the overlay video beside it.

Pictures are data URIs, and charts are inline SVG. There is no script, and a policy in the head
forbids the page to load anything else. Without the video, all else is still shown.
"""

import base64
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template

from personalize.errors import WorkspaceError
from personalize.media.source import file_digest
from personalize.report import figures, legend, words
from personalize.report.charts import NARROW, WIDTH
from personalize.report.gather import SAME, Findings, gather
from personalize.storage.atomic import atomic_write
from personalize.storage.contained import check_inside
from personalize.storage.fingerprint import fingerprint
from personalize.storage.layout import COMPARISON, MANIFEST, OVERLAY, PERSON, REPORT
from personalize.storage.lock import lock_folder
from personalize.storage.manifest import outputs_of, read_manifest, write_manifest
from personalize.types import Json, PathLike

PAGE = Path(__file__).with_name("page.html")


def write_report(
    path: PathLike, root: PathLike, manifest: Json, *, comparison: PathLike | None = None
) -> None:
    """Write the report of a run whose frames are parsed.

    Parameters
    ----------
    path : path-like
        The HTML file.
    root : path-like
        The run folder.
    manifest : dict
        Manifest of the run.
    comparison : path-like, optional
        Folder that `compare.write_comparison` wrote; by default that of the run.

    Raises
    ------
    WorkspaceError
        If a table of the run is missing or damaged, or the file cannot be written.
    """
    root = Path(root)
    findings = gather(root, manifest, comparison or root / COMPARISON)
    person = root / PERSON
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        name=escape(manifest["source"]["name"]),
        subtitle=words.subtitle(findings),
        verdict=words.verdict_sentence(manifest),
        evidence=words.verdict_evidence(manifest),
        tiles=words.tiles(findings),
        alarms=legend.alarm_list(manifest),
        film=_film(root / OVERLAY, manifest),
        chosen=_chosen(findings),
        comparison=_comparison(findings),
        legend=legend.part_legend(),
        silhouettes=_both(figures.silhouette_figure, findings),
        certainty=_both(figures.certainty_figures, findings),
        certainty_legend=_legend(findings),
        drift=words.drift(findings),
        joints=_both(figures.joints_figure, findings),
        stages=words.stage_bars(manifest),
        settings=words.settings_tables(manifest),
        origins=words.origins(manifest, file_digest(person) if person.exists() else None),
    )
    with atomic_write(path, durable=True) as unfinished:
        unfinished.write_text(page, encoding="utf-8", errors="replace")


def rewrite_report(root: PathLike) -> Path:
    """Write the report of a finished run again, from the files of its folder.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    Path
        Path of the report.

    Raises
    ------
    WorkspaceError
        If there is no finished run in the folder, it was damaged, or a link leads outside.
    """
    root = Path(root)
    lock = lock_folder(root) if root.is_dir() else None  # held until this function ends
    manifest = _read_contained(root) if lock else None
    if manifest is None:
        raise WorkspaceError(f"{root}: holds no run; give the folder of a finished one")
    if manifest["stages"].get("report", {}).get("key") is None:
        raise WorkspaceError(
            f"{root}: this run is not finished; start it again, it goes on and ends with a report"
        )
    try:
        write_report(root / REPORT, root, manifest)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise WorkspaceError(
            f"{root / MANIFEST}: lacks what a report shows ({type(error).__name__}: "
            f"{error}); start"
            " the run again, it goes on and ends with a report"
        ) from error
    manifest["stages"]["report"]["outputs"][REPORT] = fingerprint(root, REPORT)
    write_manifest(root, manifest)
    return root / REPORT


def _read_contained(root):
    """Read the manifest of a run whose report can be replaced; None if there is no run."""
    check_inside(root, [MANIFEST])
    manifest = read_manifest(root)
    check_inside(root, outputs_of(manifest) if manifest else ())
    return manifest


def _both(draw: Callable[[Findings, float], str], findings: Findings) -> str:
    """A figure for wide screens and one for narrow ones; the page shows one of them."""
    wide, narrow = (draw(findings, width) for width in (WIDTH, NARROW))
    return f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>'


def _film(path: Path, manifest: Json) -> str:
    """The overlay video; empty if there is none."""
    if not path.exists():
        return ""
    source = manifest["source"]
    tall = " tall" if source["height"] > source["width"] else ""
    return (
        f'<video class="film{tall}" src="{OVERLAY}#t=0.01" controls loop muted playsinline'
        ' preload="metadata" aria-label="The video with parts, silhouette and joints drawn over'
        ' it"></video>'
    )


def _chosen(findings: Findings) -> str:
    """The section with pictures of the person who was tracked; empty if nobody was searched for."""
    if not findings.chosen:
        return ""
    pictures = "".join(
        f'<figure class="pair n1"><div>{_image(path, f"frame {number}: who is followed")}</div>'
        f"<figcaption>{figures.caption_time(findings, number)}</figcaption></figure>"
        for number, path in findings.chosen.items()
    )
    return (
        '<section aria-labelledby="chosen"><h2 id="chosen">Who was followed</h2>'
        "<p>The network sees what is bright; the inner box is where the person is expected, a dot "
        "a point that was given. If it is somebody else, point at the one you mean with"
        " --person-at FRAME,X,Y.</p>"
        f'<div class="pairs alike{_tall(findings)}">{pictures}</div></section>'
    )


def _image(path: Path, words: str) -> str:
    """A picture, embedded in the page."""
    coded = base64.b64encode(path.read_bytes()).decode()
    return f'<img src="data:image/jpeg;base64,{coded}" alt="{words}">'


def _tall(findings: Findings) -> str:
    """The style class of pictures that are higher than wide; empty for others."""
    source = findings.manifest["source"]
    return " tall" if source["height"] > source["width"] else ""


def _comparison(findings):
    """The section of pictures: generic and personal side by side, or single ones."""
    other = findings.comparison
    if other is None:
        return ""
    if findings.window is None:
        seen = "".join(_pair(findings, int(frame)) for frame in other.frames)
        tall = _tall(findings)
        return (
            '<section aria-labelledby="compared"><h2 id="compared">What was seen</h2>'
            "<p>Some frames from beginning to end, cut to the person.</p>"
            f'<div class="pairs alike{tall}">{seen}</div></section>'
        )
    pairs = "".join(_pair(findings, int(frame)) for frame in other.frames)
    tall = _tall(findings)
    if other.overlap.min() >= SAME:
        said = "Both networks draw the same silhouette in every frame of the window."
        if findings.parsed_by == "generic":
            said = "The generic network was kept, so there is nothing to compare."
        return (
            f'<section aria-labelledby="compared"><h2 id="compared">What was seen</h2>'
            f'<p>{said}</p><div class="pairs alike{tall}">{pairs}</div></section>'
        )
    return (
        '<section aria-labelledby="compared"><h2 id="compared">Before and after</h2>'
        "<p>On the left the generic network, on the right the personal one, in frames of the"
        f' window in which their silhouettes differ most.</p><div class="pairs{tall}">'
        '<div class="sides" aria-hidden="true"><span>generic</span><span>personal</span></div>'
        f"{pairs}</div><h3>How much of the silhouettes both share</h3>"
        f"{_both(figures.overlap_figure, findings)}"
        '<p class="key">Intersection over union; the dots are the frames above.</p></section>'
    )


def _pair(findings, frame):
    """Two pictures of a frame, or one if they look alike, with a caption."""
    other = findings.comparison
    place = figures.caption_time(findings, frame)
    pictures = []
    for kind in ("generic", "personal"):
        path = other.folder / f"{frame:06d}_{kind}.jpg"
        if path.exists():
            seen_by = findings.parsed_by if kind == "personal" else kind
            words = f"{place}: parts, silhouette and joints by the {seen_by} network"
            pictures.append(_image(path, words))
    shared = ""
    if len(pictures) > 1:
        [number] = findings.window.places([frame])
        shared = f"<span>overlap {other.overlap[number]:.2f}</span>"
    return (
        f'<figure class="pair n{len(pictures)}"><div>{"".join(pictures)}</div>'
        f"<figcaption>{place} {shared}</figcaption></figure>"
    )


def _legend(findings):
    """The names of the curves of certainty, in their colours."""
    names = {"personal": findings.parsed_by}
    if findings.parsed_by == "personal" and findings.comparison:
        names["generic"] = "generic"
    return "".join(f'<span class="key {c}"><i></i>{name}</span>' for c, name in names.items())
