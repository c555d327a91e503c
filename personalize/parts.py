"""The 31 body parts of Unite the People, and what is derived from them.

Ids, names and sides are those of Lassner et al., "Unite the People", CVPR 2017:
sides are the person's own, id 0 is the background. The joints are read off the
parts as in Charles et al., BMVC 2017, section 4.4 (Table 3).
"""

BACKGROUND = 0

NAMES = (
    "background",
    *("rhand", "rwrist", "rlarm", "relbow", "ruarm", "rshoulder", "rubody", "rlbody"),
    *("ruleg", "rknee", "rlleg", "rankle", "rfoot"),
    *("lhand", "lwrist", "llarm", "lelbow", "luarm", "lshoulder", "lubody", "llbody"),
    *("luleg", "lknee", "llleg", "lankle", "lfoot"),
    *("luhead", "ruhead", "rlhead", "llhead"),
    "neck",
)
"""Name of every label; the index is the label."""

CLASSES = len(NAMES)

MIRRORED = (
    BACKGROUND,
    *range(14, 27),
    *range(1, 14),
    *(28, 27, 30, 29),
    31,
)
"""Label of the same part in the mirrored image; an involution."""

_ARMS = (1, 2, 3, 4, 5, 6, 14, 15, 16, 17, 18, 19)
_TRUNK = (7, 8, 20, 21)
_LEGS = (9, 10, 11, 12, 22, 23, 24, 25)
_HEAD = (27, 28, 29, 30)
_NECK = (31,)

REGIONS = {
    "somebody": tuple(range(1, CLASSES)),
    "head": _HEAD,
    "hair": (*_HEAD, *_NECK, 6, 7, 19, 20),
    "upper garment": (*_ARMS, *_TRUNK, *_NECK),
    "long garment": (*_ARMS, *_TRUNK, *_NECK, *_LEGS),
    "lower garment": (8, 21, *_LEGS, 13, 26),
    "shoes": (11, 12, 13, 24, 25, 26),
    "gloves": (1, 2, 14, 15),
}
"""What a label of clothing leaves open: the parts that may lie below it."""

REGION_LABELS = {region: CLASSES + k for k, region in enumerate(REGIONS)}
"""Label of every region in a map of parts, behind those of the parts."""

GROUP_NAMES = (
    *("background", "hands", "wrists", "lower arms", "elbows", "upper arms", "shoulders"),
    *("chest", "pelvis", "upper legs", "knees", "lower legs", "ankles", "feet"),
    *("upper head", "lower head", "neck"),
)
"""Name of every group of `evaluation.segmentation.side_groups`: the parts of both sides."""

JOINTS = {
    "head": (27, 28, 29, 30),
    "right_wrist": (2,),
    "left_wrist": (15,),
    "right_elbow": (4,),
    "left_elbow": (17,),
    "right_shoulder": (6,),
    "left_shoulder": (19,),
    "right_hip": (8, 9),
    "left_hip": (21, 22),
    "right_knee": (10,),
    "left_knee": (23,),
    "right_ankle": (12,),
    "left_ankle": (25,),
}
"""Joint name -> the parts whose centre it is. The first seven, in the order of
YouTube Pose, are the paper's; the lower body follows in the same manner. A hip
is where lower body and upper leg meet."""

WRISTS = (2, 15)

UPPER_BODY_JOINTS = tuple(JOINTS)[:7]

JOINT_GROUPS = {
    "Head": ("head",),
    "Wrists": ("right_wrist", "left_wrist"),
    "Elbows": ("right_elbow", "left_elbow"),
    "Shoulders": ("right_shoulder", "left_shoulder"),
}
"""Columns of the paper's Table 3."""

LIMBS = (
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("right_shoulder", "left_shoulder"),
    ("right_hip", "left_hip"),
    ("right_shoulder", "right_hip"),
    ("left_shoulder", "left_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
)
"""Pairs of joints that are drawn as lines."""

COLOURS = (
    (0, 0, 0),
    # right arm: reds to yellow, hand first
    *((255, 59, 48), (255, 120, 80), (255, 149, 0), (214, 93, 14), (255, 204, 0), (176, 112, 32)),
    # right trunk and leg
    *((240, 128, 170), (190, 80, 130)),
    *((200, 60, 60), (140, 30, 50), (230, 110, 60), (255, 170, 150), (170, 60, 20)),
    # left arm: blues to green
    *((10, 132, 255), (90, 200, 250), (48, 209, 88), (20, 130, 90), (120, 230, 180), (60, 110, 90)),
    # left trunk and leg
    *((150, 130, 255), (95, 80, 190)),
    *((40, 90, 200), (20, 50, 130), (70, 160, 220), (160, 220, 255), (0, 100, 140)),
    # head (left upper, right upper, right lower, left lower) and neck
    *((170, 255, 140), (255, 255, 140), (235, 215, 90), (120, 210, 90)),
    (245, 245, 245),
)
"""RGB of every label in overlays: warm on the person's right, cool on the left."""

FREIBURG_NAMES = (
    *("background", "head", "torso"),
    *("llarm", "luarm", "lhand", "rlarm", "ruarm", "rhand"),
    *("llleg", "luleg", "lfoot", "rlleg", "ruleg", "rfoot"),
)
"""The 14 parts of Freiburg Sitting People (Oliveira et al., ICRA 2016) after the background."""

FREIBURG_MERGE = (
    *(0, 8, 6, 6, 7, 7, 2, 2, 2, 13, 13, 12, 12, 14),
    *(5, 3, 3, 4, 4, 2, 2, 2, 10, 10, 9, 9, 11),
    *(1, 1, 1, 1, 2),
)
"""Freiburg label of each of the 32 labels."""
