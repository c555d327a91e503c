"""ELAN: a tier with one annotation for each interval in which the person is seen.

The format is EAF 3.0 of the Max Planck Institute for Psycholinguistics, used in research on sign
language. Times are in milliseconds from the first frame of the video.
"""

import mimetypes
from pathlib import Path
from xml.etree import ElementTree as XML

from personalize.exports.intervals import seen_intervals
from personalize.exports.task import Task

TIER, TYPE, VALUE = "person", "default-lt", "seen"
NEVER = "1970-01-01T00:00:00+00:00"
"""Date of the document; it is fixed, so that the same run gives the same bytes."""
SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def write(task: Task, folder: Path) -> None:
    """Write ``NAME.eaf``, an annotation for every interval in which the person is seen."""
    XML.register_namespace("xsi", INSTANCE)
    document = XML.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "personalize",
            "DATE": NEVER,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            f"{{{INSTANCE}}}noNamespaceSchemaLocation": SCHEMA,
        },
    )
    header = XML.SubElement(document, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    XML.SubElement(header, "MEDIA_DESCRIPTOR", media(task))
    order = XML.SubElement(document, "TIME_ORDER")
    tier = XML.SubElement(document, "TIER", {"LINGUISTIC_TYPE_REF": TYPE, "TIER_ID": TIER})
    for number, stretch in enumerate(seen_intervals(task.done), start=1):
        slots = [slot(order, 2 * number - 1 + end, seconds) for end, seconds in enumerate(stretch)]
        annotate(tier, number, *slots)
    XML.SubElement(
        document,
        "LINGUISTIC_TYPE",
        {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": TYPE, "TIME_ALIGNABLE": "true"},
    )
    XML.indent(document)
    XML.ElementTree(document).write(
        folder / f"{task.stem}.eaf", encoding="UTF-8", xml_declaration=True
    )


def media(task: Task) -> dict[str, str]:
    """Return the attributes by which ELAN finds the video: its path, or a file beside it."""
    path = task.done.path
    kind, _ = mimetypes.guess_type(task.done.name)
    beside = f"./{task.done.name}"
    return {
        "MEDIA_URL": Path(path).as_uri() if path else beside,
        "MIME_TYPE": kind or "video/*",
        "RELATIVE_MEDIA_URL": beside,
    }


def slot(order: XML.Element, number: int, seconds: float) -> str:
    """Add a time to the document.

    Parameters
    ----------
    order : Element
        TIME_ORDER.
    number : int
        Unique among the times.
    seconds : float

    Returns
    -------
    str
        Its id.
    """
    name = f"ts{number}"
    value = str(round(1000 * seconds))
    XML.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": name, "TIME_VALUE": value})
    return name


def annotate(tier: XML.Element, number: int, begin: str, end: str) -> None:
    """Add an annotation between two times.

    Parameters
    ----------
    tier : Element
    number : int
        Unique among the annotations.
    begin, end : str
        Ids of times (`slot`).
    """
    around = XML.SubElement(XML.SubElement(tier, "ANNOTATION"), "ALIGNABLE_ANNOTATION")
    around.attrib |= {
        "ANNOTATION_ID": f"a{number}",
        "TIME_SLOT_REF1": begin,
        "TIME_SLOT_REF2": end,
    }
    XML.SubElement(around, "ANNOTATION_VALUE").text = VALUE
