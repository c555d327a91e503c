import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from personalize.errors import InputError
from personalize.media.images import image_size, read_cutout, read_image, read_mask, write_image


def test_png_keeps_rgb_order(tmp_path):
    orange = np.full((3, 5, 3), (255, 128, 0), np.uint8)
    write_image(tmp_path / "a.png", orange)
    assert np.array(Image.open(tmp_path / "a.png"))[0, 0].tolist() == [255, 128, 0]
    assert np.array_equal(read_image(tmp_path / "a.png"), orange)


def test_jpeg_keeps_rgb_order(tmp_path):
    write_image(tmp_path / "a.jpg", np.full((16, 16, 3), (200, 100, 20), np.uint8))
    assert np.abs(read_image(tmp_path / "a.jpg")[8, 8] - np.array([200.0, 100, 20])).max() < 6


def test_mask_is_stored_as_0_and_255(tmp_path):
    write_image(tmp_path / "m.png", np.array([[True, False]]))
    assert read_image(tmp_path / "m.png", colour=False).tolist() == [[255, 0]]


def test_part_ids_come_back_as_stored(tmp_path):
    parts = np.arange(32, dtype=np.uint8).reshape(4, 8)
    write_image(tmp_path / "p.png", parts)
    assert np.array_equal(read_image(tmp_path / "p.png", colour=False), parts)


def test_palette_image_gives_its_indices_or_its_colours(tmp_path):
    image = Image.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.save(tmp_path / "p.png")
    assert read_image(tmp_path / "p.png", colour=False).tolist() == [[0, 1]]
    assert read_image(tmp_path / "p.png").tolist() == [[[10, 20, 30], [40, 50, 60]]]


def test_16_bits_are_scaled_to_8(tmp_path):
    Image.fromarray(np.array([[0, 0x8000, 0xFFFF]], np.uint16)).save(tmp_path / "deep.png")
    assert read_image(tmp_path / "deep.png")[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
def test_photograph_is_turned_as_its_exif_asks(tmp_path, suffix):
    path = tmp_path / f"phone{suffix}"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, :8] = 255
    Image.fromarray(pixels).save(path, exif=exif)
    upright = read_image(path)
    assert image_size(path) == upright.shape[:2] == (16, 8)
    assert upright[:8].min() > 250 and upright[8:].max() < 5


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_of_a_header_is_that_of_the_pixels(tmp_path, orientation, suffix):
    path = tmp_path / f"phone{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.zeros((8, 16, 3), np.uint8)).save(path, exif=exif)
    wanted = (8, 16) if orientation < 5 else (16, 8)
    assert image_size(path) == read_image(path).shape[:2] == wanted


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_cut_off_image_is_damaged(tmp_path, suffix):
    path = tmp_path / f"cut{suffix}"
    write_image(path, np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for read in (read_image, read_cutout, read_mask):
        with pytest.raises(InputError, match=f"cut{suffix}: the image is damaged"):
            read(path)


def test_a_cutout_comes_with_its_transparency(tmp_path):
    pixels = np.uint8([[[250, 20, 10, 0], [1, 2, 3, 255]]])
    Image.fromarray(pixels).save(tmp_path / "cutout.png")
    assert read_cutout(tmp_path / "cutout.png").tolist() == pixels.tolist()


def test_text_is_no_image(tmp_path):
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(InputError, match="a.png: not an image"):
        read_image(tmp_path / "a.png")


def test_missing_image_is_named(tmp_path):
    with pytest.raises(InputError, match="none.png: no such image"):
        read_image(tmp_path / "none.png")


def test_float_map_cannot_be_written_as_an_image(tmp_path):
    with pytest.raises(ValueError, match="cannot write float64"):
        write_image(tmp_path / "a.png", np.zeros((2, 2)))
    assert not list(tmp_path.iterdir())


FIGURE = np.zeros((6, 8), bool)
FIGURE[1:5, 2:6] = True


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ((255, 255, 255, 255), (255, 255, 255, 0)),
        ((0, 0, 0, 255), (0, 0, 0, 0)),
        ((255, 255, 255, 255), (0, 0, 0, 255)),
        ((1, 0, 0), (0, 0, 0)),
        ((255, 255), (255, 0)),
        ((1,), (0,)),
    ],
)
def test_a_mask_is_what_is_not_transparent_or_not_0(inside, outside, tmp_path):
    pixels = np.where(FIGURE[..., None], inside, outside).astype(np.uint8)
    Image.fromarray(pixels.squeeze()).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), FIGURE)


@pytest.mark.parametrize(
    ("inside", "outside", "transparent"),
    [(0, 1, 1), (1, 0, 0), ((9, 9, 9), (250, 250, 250), (250, 250, 250))],
)
def test_one_colour_of_a_mask_may_be_transparent(inside, outside, transparent, tmp_path):
    pixels = np.where(FIGURE[..., None], inside, outside).astype(np.uint8).squeeze()
    picture = Image.fromarray(pixels)
    if pixels.ndim == 2:
        picture.putpalette([9, 9, 9, 250, 250, 250])
    picture.save(tmp_path / "mask.png", transparency=transparent)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), FIGURE)


@pytest.mark.parametrize("mode", ["1", "I;16", "P"])
def test_a_mask_of_any_depth_is_read(mode, tmp_path):
    if mode == "I;16":
        picture = Image.fromarray(FIGURE.astype(np.uint16))
    else:
        picture = Image.fromarray(FIGURE.astype(np.uint8) * (255 if mode == "1" else 1))
        picture = picture.convert("1") if mode == "1" else picture
    if mode == "P":
        picture.putpalette([0, 0, 0, 0, 0, 0])  # indices count, not their colours
    picture.save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), FIGURE)


def test_a_picture_that_is_too_large_names_what_raises_the_limit(tmp_path, monkeypatch):
    write_image(tmp_path / "a.png", np.zeros((20, 30), np.uint8))
    monkeypatch.setenv("PERSONALIZE_MAX_PIXELS", "599")
    for read in (read_image, read_mask, read_cutout, image_size):
        with pytest.raises(
            InputError,
            match=r"a\.png: is 30x20, and at most 599 pixels are read; make it smaller, or raise"
            " the limit with PERSONALIZE_MAX_PIXELS",
        ):
            read(tmp_path / "a.png")
    monkeypatch.setenv("PERSONALIZE_MAX_PIXELS", "600")
    assert read_image(tmp_path / "a.png", colour=False).shape == (20, 30)


@pytest.mark.parametrize(
    ("side", "message"), [(13_000, "is 13000x13000, and"), (20_000, "more pixels than any picture")]
)
def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_decoded(tmp_path, side, message):
    head = struct.pack(">II5B", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b""))
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )
    with pytest.raises(InputError, match=rf"a\.png: .*{message}"):
        read_image(tmp_path / "a.png")
