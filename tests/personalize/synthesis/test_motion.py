import gzip
import json

import numpy as np
import pytest

from personalize.errors import DatasetError
from personalize.synthesis.motion import POINTS, read_motions

# A person of sticks in a T, y up, who faces +z
BVH_JOINTS = """ROOT Hips {{ OFFSET 0 0 0
CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
JOINT Neck {{ OFFSET 0 5 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT Head {{ OFFSET 0 1 0
CHANNELS 3 Zrotation Yrotation Xrotation
End Site {{ OFFSET 0 2 0 }} }} }}
{arms}
{legs} }}
MOTION
Frames: {count}
Frame Time: 0.0333333
{rows}
"""
ARM = """JOINT {s}Arm {{ OFFSET {x} 4 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {s}ForeArm {{ OFFSET {x} 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {s}Hand {{ OFFSET {x} 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
End Site {{ OFFSET {x} 0 0 }} }} }} }}"""
LEG = """JOINT {s}UpLeg {{ OFFSET {x} 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {s}Leg {{ OFFSET 0 -4 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {s}Foot {{ OFFSET 0 -4 0
CHANNELS 3 Zrotation Yrotation Xrotation
JOINT {s}ToeBase {{ OFFSET 0 0 1
CHANNELS 3 Zrotation Yrotation Xrotation
End Site {{ OFFSET 0 0 1 }} }} }} }} }}"""
JOINTS = 1 + 2 + 2 * 3 + 2 * 4


def write_bvh(path, headings):
    """A T that looks around: headings in degrees about the vertical."""
    sides = (("Right", -1), ("Left", 1))
    rows = [" ".join(["0 9 0", f"0 {turn} 0"] + ["0 0 0"] * (JOINTS - 1)) for turn in headings]
    text = BVH_JOINTS.format(
        arms="\n".join(ARM.format(s=s, x=x) for s, x in sides),
        legs="\n".join(LEG.format(s=s, x=x) for s, x in sides),
        count=len(rows),
        rows="\n".join(rows),
    )
    path.write_text(text.replace("{", "\n{\n").replace("}", "\n}\n"))


def point(motion, name):
    return motion.points[:, POINTS.index(name)]


def test_a_bvh_person_stands_as_written(tmp_path):
    write_bvh(tmp_path / "tee.bvh", [0, 0])
    (motion,) = read_motions(tmp_path)
    assert motion.name == "tee"
    assert motion.frames_per_second == pytest.approx(30, rel=1e-3)
    np.testing.assert_allclose(point(motion, "head")[0], (0, 8, 0), atol=1e-6)
    np.testing.assert_allclose(point(motion, "left_wrist")[0], (3, 4, 0), atol=1e-6)
    np.testing.assert_allclose(point(motion, "right_ankle")[0], (-1, -8, 0), atol=1e-6)


def test_the_heading_is_taken_out_and_kept_beside(tmp_path):
    write_bvh(tmp_path / "turned.bvh", [90] * 4)
    (motion,) = read_motions(tmp_path)
    np.testing.assert_allclose(point(motion, "left_wrist")[2], (3, 4, 0), atol=1e-5)
    np.testing.assert_allclose(motion.heading, np.pi / 2, atol=1e-6)


def test_a_bvh_file_that_is_cut_off_is_refused(tmp_path):
    write_bvh(tmp_path / "cut.bvh", [0, 0])
    whole = (tmp_path / "cut.bvh").read_text()
    (tmp_path / "cut.bvh").write_text(whole[:-30])
    with pytest.raises(DatasetError, match="cut.bvh: not a BVH file"):
        read_motions(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ROOT", "ROO?"),
        ("Frame Time: ", "Frame Time: -"),
        ("Frame Time: ", "Frame Time: 5e-324 "),
    ],
)
def test_a_bvh_file_without_a_name_or_a_time_is_refused(old, new, tmp_path):
    write_bvh(tmp_path / "a.bvh", [0, 0])
    text = (tmp_path / "a.bvh").read_text()
    assert old in text
    (tmp_path / "a.bvh").write_text(text.replace(old, new))
    with pytest.raises(DatasetError, match="a.bvh: not a BVH file"):
        read_motions(tmp_path)


def test_a_bvh_file_of_other_joints_or_places_that_cannot_be_is_refused(tmp_path):
    write_bvh(tmp_path / "a.bvh", [0, 0])
    text = (tmp_path / "a.bvh").read_text()
    (tmp_path / "a.bvh").write_text(text.replace("Hips", "Middle"))
    with pytest.raises(DatasetError, match="a.bvh: has no joint for pelvis, which is pelvis or"):
        read_motions(tmp_path)
    (tmp_path / "a.bvh").write_text(text.replace("OFFSET 0", "OFFSET inf"))
    with pytest.raises(DatasetError, match="a.bvh: holds places or times that cannot be"):
        read_motions(tmp_path)


def test_a_deepmimic_person_hangs_the_arms_and_bends_the_knees_backwards(tmp_path):
    still = [0.05, 0, 1, 0] + [1, 0, 0, 0] * 3
    still += ([1, 0, 0, 0, -1.0] + [1, 0, 0, 0] + [1, 0, 0, 0, 1.0]) * 2
    assert len(still) == 44
    (tmp_path / "clip.txt").write_text(json.dumps({"Loop": "none", "Frames": [still, still]}))
    (motion,) = read_motions(tmp_path)
    assert motion.frames_per_second == pytest.approx(20)
    shin = point(motion, "left_ankle") - point(motion, "left_knee")
    forearm = point(motion, "right_wrist") - point(motion, "right_elbow")
    assert shin[0, 2] < -0.3 and forearm[0, 2] > 0.2
    assert point(motion, "left_shoulder")[0, 0] > 0.15


def test_frames_of_another_length_are_refused(tmp_path):
    (tmp_path / "clip.txt").write_text(json.dumps({"Frames": [[0.1] * 9]}))
    with pytest.raises(DatasetError, match="frames of 44 numbers expected"):
        read_motions(tmp_path)


@pytest.mark.parametrize("frames", [[[0.1, *[0] * 43]] * 2, [[0.1, *[1] * 43]], [[0] * 44] * 2])
def test_a_deepmimic_clip_without_a_rotation_or_a_time_is_refused(frames, tmp_path):
    (tmp_path / "clip.txt").write_text(json.dumps({"Frames": frames}))
    with pytest.raises(DatasetError, match="clip.txt: not a DeepMimic clip that can be read"):
        read_motions(tmp_path)


BONES = [("thorax", "root", (0, 1, 0)), ("head", "thorax", (0, 1, 0))]
for s, x in (("r", -1), ("l", 1)):
    BONES += [
        (f"{s}clavicle", "thorax", (x, 0, 0)),
        (f"{s}humerus", f"{s}clavicle", (x, 0, 0)),
        (f"{s}wrist", f"{s}humerus", (x, 0, 0)),
        (f"{s}hipjoint", "root", (x, 0, 0)),
        (f"{s}femur", f"{s}hipjoint", (0, -1, 0)),
        (f"{s}tibia", f"{s}femur", (0, -1, 0)),
        (f"{s}foot", f"{s}tibia", (0, 0, 1)),
    ]


def write_acclaim(folder, femur_turn):
    """A skeleton of unit bones whose left femur turns about x, in degrees; four frames."""
    bones = "".join(
        f"begin\n name {name}\n direction {a} {b} {c}\n length 1\n axis 0 0 0 XYZ\n"
        + (" dof rx ry rz\n" if name == "lfemur" else "")
        + "end\n"
        for name, _, (a, b, c) in BONES
    )
    tree = "".join(f" {parent} {name}\n" for name, parent, _ in BONES)
    text = f":bonedata\n{bones}:hierarchy\nbegin\n{tree}end\n"
    (folder / "01.asf").write_text(text)
    frames = "".join(f"{k}\nroot 0 1 0 0 0 0\nlfemur {femur_turn} 0 0\n" for k in range(1, 9))
    with gzip.open(folder / "01_01.amc.gz", "wt") as file:
        file.write(":FULLY-SPECIFIED\n:DEGREES\n" + frames)


def test_an_acclaim_thigh_turns_about_its_axis(tmp_path):
    write_acclaim(tmp_path, -90)
    (motion,) = read_motions(tmp_path)
    assert len(motion.points) == 2  # every fourth of eight
    np.testing.assert_allclose(point(motion, "left_knee")[0], (1, 0, 1), atol=1e-6)
    np.testing.assert_allclose(point(motion, "right_knee")[0], (-1, -1, 0), atol=1e-6)


def test_real_recordings_are_people_who_face_the_front(shared_data):
    motions = read_motions(shared_data / "motion" / "animated_drawings_mit")
    assert len(motions) == 6
    for motion in motions:
        across = point(motion, "left_shoulder") - point(motion, "right_shoulder")
        assert np.median(across[:, 0]) > 0, motion.name
        toes = point(motion, "left_toe") - point(motion, "left_ankle")
        assert np.median(toes[:, 2]) > 0, motion.name
