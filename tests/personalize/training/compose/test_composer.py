"""Whole samples, from rendered people, photographs and real people with parts."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from personalize import parts
from personalize.datasets.settings import AugmentSettings, RealSettings
from personalize.media.images import read_image, write_image
from personalize.network.checkpoints import digest
from personalize.training import prepare
from personalize.training.compose.bank import Bank, Room, bleed
from personalize.training.compose.composer import Composer
from personalize.training.compose.preview import draw_preview
from personalize.training.real import real_sources
from personalize.training.settings import SMALL_AUGMENT, Machine, TrainingSettings
from personalize.training.train import train

SHOES = parts.REGION_LABELS["shoes"]
STILL = AugmentSettings(rotation=0, shift=0, scale=(1, 1))
PLAIN = TrainingSettings(size=64, samples=40, augment=STILL)
MUCH = replace(PLAIN, augment=SMALL_AUGMENT)


@pytest.fixture
def composer_of(rendered_set, real_set):
    def make(settings, **how):
        return prepare.training_data(rendered_set, None, settings, **how)[0]

    return make


@pytest.fixture
def real_set(tmp_path):
    """Two pictures of a room and one of another: a person with a head of 10 x 10, upper body
    below.
    """
    for name, grey in (("room/0000", 60), ("room/0001", 70), ("congress/0000", 80)):
        image, labels = np.full((60, 50, 3), grey, np.uint8), np.zeros((60, 50), np.uint8)
        labels[10:20, 20:30], labels[20:50, 12:25], labels[20:50, 25:38] = 28, 7, 20
        image[labels > 0], labels[48:50] = 220, 255
        path = tmp_path / "real" / f"{name}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, lossless=True)
        write_image(path.with_suffix(".png"), labels)
    return tmp_path / "real"


def same(one, other):
    return all(torch.equal(a.nan_to_num(-1), b.nan_to_num(-1)) for a, b in zip(one, other))


def test_a_sample_is_the_same_in_whatever_batch_it_stands(composer_of, real_set):
    settings = replace(MUCH, real_share=0.5)
    one = composer_of(settings, real_root=real_set)
    other = composer_of(settings, real_root=real_set)
    batch = one.compose(range(12))
    assert same(other.compose([9, 3]), [values[[9, 3]] for values in batch])
    assert not torch.equal(batch[0][0], batch[0][1])


def test_samples_composed_together_are_those_composed_one_by_one(composer_of, real_set):
    alone = composer_of(replace(MUCH, real_share=0.5), real_root=real_set)
    together = composer_of(replace(MUCH, real_share=0.5), real_root=real_set)
    together.together = None  # as on a GPU
    for one, other in zip(alone.compose(range(24)), together.compose(range(24))):
        differ = (one.nan_to_num(-1).float() - other.nan_to_num(-1).float()).abs()
        assert (differ > 1.01).float().mean() < 2e-3  # JPEG may round another way


def test_a_person_stands_before_a_background_with_the_parts_of_its_side(composer_of):
    images, labels, person = composer_of(PLAIN).compose(range(8))  # mirrored or not
    assert images.dtype == labels.dtype == torch.uint8
    assert images[:, :, 32, 32].min() > 150
    assert images[:, :, 2, 2].max() < 60
    assert (labels[:, 4, 2] == 7).all()
    assert (labels[:, 4, 5] == 20).all()
    assert torch.equal(person, (labels > 0).float())


def test_what_is_behind_beside_or_before_a_person_changes_labels_only_where_it_hides(composer_of):
    plain, behind, before = (
        composer_of(replace(PLAIN, augment=replace(STILL, **changes))).compose(range(20))
        for changes in ({}, {"clutter": 1.0}, {"occluder": 1.0})
    )
    assert not torch.equal(behind[0], plain[0])
    assert same(behind[1:], plain[1:])
    assert before[1].count_nonzero() < plain[1].count_nonzero()
    kept = before[1] > 0
    assert torch.equal(before[1][kept], plain[1][kept])


def test_a_shadow_and_dye_change_no_label(composer_of):
    plain = composer_of(PLAIN).compose(range(8))
    for changes in ({"shadow": 1.0}, {"dye": 1.0}, {"blend_in": 1.0}, {"photometric": 1.0}):
        other = composer_of(replace(PLAIN, augment=replace(STILL, **changes))).compose(range(8))
        assert not torch.equal(other[0], plain[0])
        assert same(other[1:], plain[1:])


def test_garments_are_dyed_in_the_share_asked_for(composer_of):
    plain = composer_of(PLAIN).compose(range(40))[0].float()
    dyed = (
        composer_of(replace(PLAIN, augment=replace(STILL, dye=0.5))).compose(range(40))[0].float()
    )
    changed = ((dyed - plain)[:, :, 32, 24].abs().amax(dim=1) > 20).sum()
    assert 12 <= changed <= 28


def photographs_only(rendered_set, regions, **changes):
    settings = replace(PLAIN, real_share=1.0, photograph_scale=(1, 1), **changes)
    room = Room(1 << 30)
    photographs = {"0001": (np.full(regions.shape + (3,), 90, np.uint8), regions)}
    sources = real_sources(
        photographs, None, settings, lambda read, count: Bank(read, count, "cpu", room)
    )
    people = prepare.RenderedPeople(rendered_set)
    return Composer(sources, prepare.backdrops(people, [], "cpu", room), settings)


def test_a_photograph_teaches_the_person_and_the_regions(rendered_set):
    regions = np.zeros((64, 64), np.uint8)
    regions[:, 16:32], regions[:, 32:48] = SHOES, 255
    images, labels, person = photographs_only(rendered_set, regions).compose(range(10))
    assert set(labels.unique().tolist()) == {0, SHOES, 255}
    assert torch.equal(labels == SHOES, person == 1)
    assert torch.equal(labels == 255, person.isnan())
    beside = images[:, 0, 32, 4] == 90
    assert 0 < beside.sum() < 10  # whole, or cut out


def test_real_people_come_in_their_share_and_their_groups_by_weight(composer_of, real_set):
    sources = composer_of(replace(PLAIN, real_share=0.6), real_root=real_set).sources
    assert [source.share for source in sources] == pytest.approx([0.4, 0.6 * 2 / 7, 0.6 * 5 / 7])
    assert [len(source.bank) for source in sources] == [4, 1, 2]  # congress, room
    assert [source.alone for source in sources] == [1.0, 0.85, 0.4]
    assert len(composer_of(replace(PLAIN, real_share=0.0), real_root=real_set).sources) == 1


def test_real_people_are_as_large_as_their_heads_tell(composer_of, real_set):
    close = RealSettings(head=0.25, larger=0.0, spread=0.0, rotation=0.0, shift=0.0, alone=0.0)
    settings = replace(PLAIN, size=128, real_share=1.0, real=replace(close, portraits_alone=0.0))
    composer = composer_of(settings, real_root=real_set)
    composer.sources = composer.sources[1:]
    scale = 32 / 10
    _, labels, person = composer.compose(range(20))
    heads = (labels == 28) | (labels == 27)
    whole = heads[:, 1:-1, 1:-1].flatten(1).sum(dim=1) == heads.flatten(1).sum(dim=1)
    areas = heads.flatten(1).sum(dim=1)[whole & heads.flatten(1).any(dim=1)]
    assert len(areas) >= 3
    assert areas.float().mean() == pytest.approx((10 * scale / 8) ** 2, rel=0.2)
    assert (labels[:, 8, 8] > 0).float().mean() > 0.7  # the middle is a place of the person


def test_what_is_not_labelled_of_a_real_person_is_not_cut_out(composer_of, real_set):
    alone = RealSettings(
        head=10 / 64,
        larger=0.0,
        spread=0.0,
        rotation=0.0,
        shift=0.0,
        alone=1.0,
        portraits_alone=1.0,
    )
    composer = composer_of(replace(PLAIN, real_share=1.0, real=alone), real_root=real_set)
    composer.sources = composer.sources[1:]
    images, labels, person = composer.compose(range(12))
    unknown = (labels == 255).repeat_interleave(8, dim=1).repeat_interleave(8, dim=2)
    assert unknown.any()
    centres = images[:, 0, 4::8, 4::8][labels == 255]
    assert centres.max() <= 60  # backgrounds have 0 and 20


def test_photographs_with_parts_are_shown_with_them(rendered_set, real_set):
    folder = real_set / "clothing_co_parsing_labels"
    folder.mkdir()
    write_image(folder / "0001.png", np.full((30, 20), 7, np.uint8))
    photographs = {
        name: (np.full((60, 40, 3), 9, np.uint8), np.full((60, 40), 32, np.uint8))
        for name in ("0001", "0002")
    }
    settings = replace(PLAIN, real_share=1.0)
    banks = {}

    def bank_of(read, count):
        banks[len(banks)] = read, count
        return Bank(read, count, "cpu", Room(0))

    sources = real_sources(photographs, real_set, settings, bank_of)
    shares = np.array([0.2, 0.5, 0.6 / 2, 0.3 / 2]) / 1.15  # congress, room, ccp_known, ccp_regions
    assert [source.share for source in sources] == pytest.approx(shares)
    assert (sources[2].bank[0].sizes[0][4, 1:-1, 1:-1] == 7).all()
    assert (sources[3].bank[0].sizes[0][4, 1:-1, 1:-1] == 32).all()


def test_pictures_beyond_the_room_are_read_anew():
    picture = np.zeros((5, 40, 40), np.uint8)
    reads = []

    def read(index):
        reads.append(index)
        return picture

    bank = Bank(read, 3, "cpu", Room(10_000))  # one of 8820 bytes
    for index in (0, 0, 1, 1):
        bank[index]
    assert reads == [0, 1, 1]


def test_filling_reads_every_picture_once():
    reads = []

    def read(index):
        reads.append(index)
        return np.zeros((5, 40, 40), np.uint8)

    bank = Bank(read, 5, "cpu", Room(1 << 30))
    bank.fill()
    bank[3]
    assert sorted(reads) == [0, 1, 2, 3, 4]


def test_colours_of_a_cut_out_reach_beyond_its_edges():
    image, opaque = np.zeros((40, 40, 3), np.uint8), np.zeros((40, 40), np.uint8)
    image[10:30, 10:30], opaque[10:30, 10:30] = 200, 255
    spread = bleed(image, opaque)
    assert abs(spread[8, 20].astype(int) - 200).max() < 5
    np.testing.assert_array_equal(spread[10:30, 10:30], image[10:30, 10:30])


def test_streets_are_backgrounds_of_a_share_of_the_samples(rendered_set):
    green = np.zeros((50, 150, 3), np.uint8)
    green[..., 1] = 255
    people = prepare.RenderedPeople(rendered_set)
    backdrops = prepare.backdrops(people, [green], "cpu", Room(1 << 30))
    from personalize.training.compose.dice import Dice

    crops = backdrops.draw(Dice(0, range(200)))
    seen = backdrops.show(crops, np.arange(200), 16)[:, 1, 8, 8] > 250
    assert 40 <= seen.sum() <= 80  # 30 % of them


def test_a_preview_shows_samples_and_their_labels(composer_of, tmp_path):
    draw_preview(composer_of(PLAIN), tmp_path / "preview.png")
    sheet = read_image(tmp_path / "preview.png")
    assert sheet.shape == (4 * 64, 12 * 64, 3)
    assert np.abs(sheet[32, 64 + 24].astype(int) - sheet[32, 24]).max() > 10


def test_samples_are_handed_to_processes_and_are_the_same_there(composer_of, real_set):
    samples = composer_of(replace(MUCH, real_share=0.5), real_root=real_set)
    assert same(pickle.loads(pickle.dumps(samples)).compose(range(4)), samples.compose(range(4)))


def test_a_training_of_composed_samples_that_was_killed_ends_where_it_would_have(
    composer_of, real_set, tmp_path
):
    settings = replace(MUCH, samples=8, batch=2, real_share=0.5, optimizer="adamw", end_to_end=0.5)

    def run(name, progress=iter):
        samples = composer_of(settings, real_root=real_set)  # as a new process would
        network = train(
            tmp_path / name,
            samples,
            [],
            settings,
            Machine(workers=0, minutes=0.0),
            progress=progress,
        )
        return digest(network.state_dict())

    def killed(steps):
        for step in steps:
            if step == 2:
                raise KeyboardInterrupt
            yield step

    with pytest.raises(KeyboardInterrupt):
        run("killed", killed)
    assert run("killed") == run("whole")
