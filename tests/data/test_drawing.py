"""A person's own digit, however drawn or photographed, is scaled and centred as in MNIST."""

import base64
import io
import zlib

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ae.analysis import digit_classifier
from ae.data import datasets
from ae.data.drawing import DrawingError, from_array, from_file, from_text, to_text

COUNT = 30
random = np.random.default_rng(0)


def saved(picture, format="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def large(digit, scale=10, resample=Image.Resampling.BICUBIC):
    return Image.fromarray(digit).resize((28 * scale, 28 * scale), resample)


def on_white(digit, scale=10):
    return large(255 - digit, scale)


def photo(digit):
    """Dark ink on paper that is lit from one side, off centre, with the grain of a camera."""
    page = np.zeros((800, 1000))
    page[120:680, 240:800] = np.asarray(large(digit, 20)) / 255
    y, x = np.mgrid[:1.0:800j, :1.0:1000j]
    light = 235 - 90 * (0.6 * x + 0.4 * y)
    grain = random.normal(0, 6, page.shape)
    return Image.fromarray(np.clip(light * (1 - 0.8 * page) + grain, 0, 255).astype(np.uint8))


def transparent(digit):
    picture = Image.new("RGBA", (280, 280), (20, 20, 80, 0))
    picture.putalpha(large(digit))
    return picture


def coloured(digit, ink=(30, 40, 160), paper=(250, 245, 225)):
    share = np.asarray(large(digit))[..., None] / 255
    return Image.fromarray((np.array(paper) * (1 - share) + np.array(ink) * share).astype(np.uint8))


def lying(digit):
    """Stored rotated, as phones do, with its orientation in the metadata."""
    note = Image.Exif()
    note[0x0112] = 6
    return saved(on_white(digit).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=note)


def on_a_page(digit):
    page = Image.new("L", (700, 900), 255)
    page.paste(on_white(digit, 8), (60, 600))
    return page


def in_numbers(digit):
    """A picture of floating-point numbers, like a microscope's, with a missing pixel."""
    numbers = np.asarray(large(digit), np.float32) * 1e-3
    numbers[0, :2] = np.nan, np.inf
    return Image.fromarray(numbers)


KINDS = {
    "white on black, enlarged": lambda digit: saved(large(digit, resample=Image.Resampling.NEAREST)),
    "black on white": lambda digit: saved(on_white(digit)),
    "a photo in uneven light": lambda digit: saved(photo(digit), "JPEG", quality=80),
    "on a transparent ground": lambda digit: saved(transparent(digit)),
    "blue on yellowish paper": lambda digit: saved(coloured(digit)),
    "yellow on white": lambda digit: saved(coloured(digit, (250, 220, 30), (255, 255, 255))),
    "turned by a note in the file": lying,
    "with a palette": lambda digit: saved(coloured(digit).quantize(16)),
    "black and white only": lambda digit: saved(on_white(digit).point(lambda v: 255 * (v > 127)).convert("1")),
    "four colours of print": lambda digit: saved(coloured(digit).convert("CMYK"), "JPEG"),
    "in the corner of a page": lambda digit: saved(on_a_page(digit)),
    "in numbers, some of them missing": lambda digit: saved(in_numbers(digit), "TIFF"),
    "28 x 28 already": lambda digit: saved(Image.fromarray(digit)),
}

# Strokes of a pen, from the top left (0, 0) to the bottom right (1, 1).
PEN = (
    [(0.5, 0), (0.15, 0.2), (0.1, 0.6), (0.3, 0.95), (0.6, 1), (0.85, 0.75), (0.88, 0.35), (0.7, 0.05), (0.5, 0)],
    [(0.3, 0.25), (0.55, 0), (0.55, 1)],
    [(0.15, 0.25), (0.3, 0.03), (0.65, 0), (0.85, 0.22), (0.75, 0.5), (0.1, 1), (0.9, 1)],
    [(0.15, 0.1), (0.5, 0), (0.85, 0.2), (0.7, 0.42), (0.4, 0.48), (0.75, 0.55), (0.88, 0.78), (0.6, 1), (0.1, 0.9)],
    [(0.65, 1), (0.7, 0.1), (0.68, 0.6), (0.9, 0.6), (0.1, 0.6), (0.2, 0)],
    [(0.85, 0), (0.25, 0), (0.2, 0.42), (0.6, 0.4), (0.88, 0.65), (0.7, 0.95), (0.1, 1)],
    [(0.7, 0), (0.3, 0.35), (0.12, 0.7), (0.35, 1), (0.7, 0.98), (0.85, 0.75), (0.6, 0.55), (0.2, 0.7)],
    [(0.1, 0), (0.9, 0), (0.45, 1)],
    [(0.5, 0.48), (0.2, 0.28), (0.4, 0), (0.75, 0.15), (0.5, 0.48), (0.18, 0.75), (0.5, 1), (0.82, 0.7), (0.5, 0.48)],
    [(0.85, 0.2), (0.5, 0), (0.15, 0.22), (0.35, 0.48), (0.75, 0.42), (0.85, 0.2), (0.75, 1)],
)


def penned(digit, *, tall, wide, slant):
    """A thin line on a page of 2,000 pixels."""
    page = Image.new("L", (2000, 2000), 255)
    points = [(500 + tall * (wide * x + slant * (1 - y)), 300 + tall * y) for x, y in PEN[digit]]
    ImageDraw.Draw(page).line(points, fill=30, width=5, joint="curve")
    return saved(page, compress_level=1)


def recognised(drawings, truth):
    """Return how many are classified as the true digit."""
    digits, _ = digit_classifier.classify(datasets.to_float(torch.from_numpy(np.stack(drawings)).unsqueeze(1)))
    return int((digits == torch.as_tensor(truth)).sum())


def assert_like_mnist(image):
    """Assert white on black, in a box of 20 x 20, with the centre of mass in the middle."""
    assert (image.dtype, image.shape) == (np.uint8, (28, 28))
    assert image.max() == 255
    rows, columns = np.flatnonzero(image.max(1)), np.flatnonzero(image.max(0))
    sides = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert max(sides) <= 20
    assert max(sides) >= 18
    y, x = (np.arange(28) @ image.sum(axis) / image.sum() for axis in (1, 0))
    assert max(abs(y - 13.5), abs(x - 13.5)) <= 0.51
    assert np.median(image) == 0


# ------------------------------------------------------------------------------------------------------ a real digit


@pytest.mark.parametrize("kind", KINDS)
def test_a_digit_is_scaled_and_centred_as_in_mnist_and_classified_the_same(digits, kind):
    drawings = [from_file(KINDS[kind](digit)) for digit in digits.test_images[:COUNT, 0].numpy()]
    for image in drawings:
        assert_like_mnist(image)
    assert recognised(drawings, digits.test_labels[:COUNT]) >= 0.9 * COUNT


@pytest.mark.parametrize("slant", [0, 0.15])
def test_thin_lines_of_a_pen_on_a_large_page_are_as_thick_as_mnist_s(slant):
    drawings = [from_file(penned(d, tall=t, wide=0.65, slant=slant)) for d in range(10) for t in (400, 1300)]
    for image in drawings:
        assert_like_mnist(image)
        assert (image > 127).sum() >= 25
    assert recognised(drawings, np.repeat(np.arange(10), 2)) >= 18


def test_the_place_and_size_of_a_digit_on_the_page_do_not_matter(digits):
    digit = digits.test_images[0, 0].numpy()
    expected = from_file(saved(on_white(digit)))
    for scale, left, top in ((10, 0, 0), (5, 200, 20), (20, 5, 200)):
        page = Image.new("L", (28 * scale + 300, 28 * scale + 300), 255)
        page.paste(on_white(digit, scale), (left, top))
        image = from_file(saved(page))
        assert np.abs(image.astype(int) - expected).mean() < 12


def test_ink_may_be_lighter_than_paper(digits):
    digit = np.asarray(large(digits.test_images[1, 0].numpy()))
    assert (from_array(digit) == from_array(255 - digit)).all()


def test_dust_is_not_part_of_the_digit(digits):
    picture = np.array(on_white(digits.test_images[2, 0].numpy()))
    clean = from_array(picture)
    for y, x in ((10, 10), (265, 20), (12, 260)):
        picture[y : y + 4, x : x + 4] = 0
    assert np.abs(from_array(picture).astype(int) - clean).mean() < 3


# --------------------------------------------------------------------------------------------------------- no digit


def cut_short():
    content = saved(Image.fromarray(random.integers(0, 256, (200, 200), np.uint8)))
    return content[: len(content) // 2]


BLANK = "There is no digit in the file: draw one with clear strokes on an even background"
NO_PICTURE = "the file can't be read as a picture: use a PNG or a JPEG"
FADING = Image.fromarray(np.tile(np.linspace(150, 250, 300).astype(np.uint8), (300, 1)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", NO_PICTURE),
        (b"Seven, as in 7.\n" * 50, NO_PICTURE),
        (cut_short(), NO_PICTURE),
        (b"\x89PNG" + bytes(21 * 10**6), "the file is 21 MB large: use a picture of at most 20 MB"),
        (saved(Image.new("L", (300, 300), 255)), BLANK),
        (saved(Image.new("RGB", (300, 300))), BLANK),
        (saved(FADING), BLANK),
        (saved(Image.new("RGBA", (300, 300), (9, 9, 9, 0))), BLANK),
        (saved(Image.new("L", (1, 1), 7)), BLANK),
        (saved(Image.new("1", (10_000, 6_100))), "the file has 10000 x 6100 pixels: use one of at most 24 million"),
    ],
    ids=["nothing", "text", "cut short", "21 MB", "blank", "black", "fading", "transparent", "one pixel", "61 million"],
)
def test_a_file_without_a_digit_is_refused_with_a_message(content, sentence):
    with pytest.raises(DrawingError) as refused:
        from_file(content)
    assert str(refused.value) == sentence


def refused_or_read(read, content):
    try:
        image = read(content)
    except DrawingError as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        assert (image.dtype, image.shape) == (np.uint8, (28, 28))


PICTURES = [
    saved(Image.fromarray(random.integers(0, 256, (20, 20, 3), np.uint8)), *kind)
    for kind in (("PNG",), ("JPEG",), ("GIF",), ("BMP",), ("TIFF",), ("WEBP",))
]


@given(st.binary(max_size=200) | st.sampled_from(PICTURES), st.binary(max_size=8), st.integers(0, 300), st.booleans())
@example(b"P5 1000000 1000000 255\n", b"", 0, False)
@example(b"BM" + b"\xff" * 60, b"", 0, False)
@example(b"\x89PNG\r\n\x1a\n", b"", 0, False)
def test_any_bytes_are_refused_with_a_message_or_give_an_image(content, patch, at, cut):
    damaged = content[:at] + patch + (b"" if cut else content[at + len(patch) :])
    refused_or_read(from_file, damaged)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_any_grey_picture_is_refused_with_a_message_or_gives_an_image(height, width, seed, least):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    refused_or_read(from_array, np.where(picture >= least, picture, 0).astype(np.uint8))


# ------------------------------------------------------------------------------------------------------- in an address


def test_a_drawing_survives_its_encoding_as_text_within_16_shades(digits):
    every = np.resize(np.arange(256, dtype=np.uint8), (28, 28))
    noisy = random.integers(0, 256, (28, 28), np.uint8)
    for image in (*digits.test_images[:20, 0].numpy(), every, noisy, 0 * every, 0 * every + 255):
        text = to_text(image)
        again = from_text(text)
        assert (again.dtype, again.shape) == (np.uint8, (28, 28))
        assert np.abs(again.astype(int) - image).max() <= 16
        assert text.replace("-", "").replace("_", "").isalnum() and text.isascii()
        assert len(text) < 600
        assert (from_text(to_text(again)) == again).all()
        assert again[image == 0].max(initial=0) == 0
        assert again[image == 255].min(initial=255) == 255


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda each: each.hex()))
@example("")
@example("é" * 10)
@example(to_text(np.zeros((28, 28), np.uint8))[:-8])
@example("A" * 10**6)
def test_text_that_is_not_a_drawing_is_refused_with_a_message(text):
    with pytest.raises(DrawingError, match="draw it again"):
        from_text(text)


def test_text_that_decompresses_to_a_huge_size_is_refused():
    for size in (391, 393, 10**8):
        with pytest.raises(DrawingError):
            from_text(base64.urlsafe_b64encode(zlib.compress(bytes(size), 9)).decode())


def test_a_picture_s_name_is_shown_without_what_can_not_be_seen():
    with pytest.raises(DrawingError, match=r"^a b c can't be read as a picture"):
        from_file(b"", "a\nb\u202ec")


@pytest.mark.parametrize("how", [{"format": "PNG"}, {"format": "JPEG", "progressive": True}, {"format": "JPEG"}])
def test_only_a_photo_that_can_be_decoded_small_may_be_very_large(how):
    picture = Image.new("L", (6000, 4100), 255)
    picture.paste(0, (2000, 1000, 2500, 3000))
    if how == {"format": "JPEG"}:
        assert from_file(saved(picture, **how)).any()
    else:
        with pytest.raises(DrawingError, match="use one of at most 24 million"):
            from_file(saved(picture, **how))
