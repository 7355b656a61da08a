"""Pictures of many images contain exactly the images, have room for their text, and print at the documented size."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import found
from PIL import Image

from ae.plots import export, image_grid
from ae.plots.colours import DIVERGING
from ae.plots.image_grid import Row, signed, to_rgb
from ae.runs import optional

random = np.random.default_rng(0)
IMAGES = to_rgb(random.random((3, 28, 28)))


def opened(content):
    return Image.open(io.BytesIO(content))


def inked(picture):
    """Return left, top, right and bottom of everything that is not paper."""
    dark = (np.asarray(picture) != 255).any(-1)
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


# ------------------------------------------------------------------------------------------------------------ pixels


def test_grey_is_black_at_zero_white_at_one_and_clips_what_lies_outside():
    values = np.tile(np.linspace(0, 1, 28), (1, 28, 1))
    assert (to_rgb(values)[..., 1] == np.round(values * 255)).all()
    assert to_rgb(np.full((2, 28, 28), 7.0)).tolist() == np.full((2, 28, 28, 3), 255).tolist()
    assert not to_rgb(np.full((2, 28, 28), -7.0)).any()


@pytest.mark.filterwarnings("error")
def test_nan_is_black_without_an_error_and_exact_as_a_difference():
    broken = np.array([[[np.nan, np.inf, -np.inf, 0.5]]], np.float32)
    assert to_rgb(broken)[0, 0, :, 0].tolist() == [0, 255, 0, 128]
    assert signed(broken)[0, 0, 0].tolist() == signed(np.zeros((1, 1, 1)))[0, 0, 0].tolist()


def test_signed_is_black_at_zero_red_above_and_blue_below():
    values = np.array([[-2.0, -0.5, -0.25, 0.0, 0.25, 0.5, 2.0]])
    colours = signed(values, 0.5)[0].astype(int)
    dark, exact, bright = (list(bytes.fromhex(colour[1:])) for colour in DIVERGING)
    assert colours[3].tolist() == exact == [0, 0, 0]
    assert colours[0].tolist() == colours[1].tolist() == dark
    assert colours[-1].tolist() == colours[-2].tolist() == bright
    assert np.abs(colours[2] - (colours[1] + colours[3]) / 2).max() <= 0.5
    assert np.abs(colours[4] - (colours[3] + colours[5]) / 2).max() <= 0.5


@given(st.floats(-3, 3), st.floats(0.01, 3))
def test_signed_is_redder_than_blue_just_where_the_difference_is_positive(value, limit):
    red, _, blue = signed(np.full((1, 1, 1), value), limit).ravel().astype(int).tolist()
    assert (red > blue) <= (value > 0)
    assert (red < blue) <= (value < 0)
    assert abs(red - blue) >= 100 * min(abs(value) / limit, 1) - 3


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_enlarged_makes_each_pixel_a_square(scale, height, width):
    picture = random.integers(0, 256, (height, width, 3), np.uint8)
    large = np.asarray(image_grid.enlarged(picture, scale))
    assert large.shape == (height * scale, width * scale, 3)
    for y, x in np.ndindex(large.shape[:2]):
        assert (large[y, x] == picture[y // scale, x // scale]).all()


def test_tiled_puts_cells_where_they_belong():
    cells = random.random((3, 2, 1, 28, 28))
    picture = image_grid.tiled(cells)
    assert picture.shape == (84, 56, 3)
    for row, column in np.ndindex(3, 2):
        part = picture[28 * row : 28 * (row + 1), 28 * column : 28 * (column + 1)]
        assert (part == to_rgb(cells[row, column])[0]).all()


def test_a_strip_has_no_gaps_and_side_by_side_has_small_ones():
    assert (np.asarray(image_grid.strip(IMAGES)) == np.concatenate(list(IMAGES), 1)).all()
    pixels = np.asarray(image_grid.side_by_side(list(IMAGES), 2))
    assert pixels.shape == (56, 2 * (3 * 28 + 2), 3)
    for i, image in enumerate(IMAGES):
        assert (pixels[::2, 58 * i : 58 * i + 56 : 2] == image).all()


# ------------------------------------------------------------------------------------------------------------- sheets


@pytest.mark.parametrize("scale", [1, 3, 8])
def test_the_cells_of_a_sheet_are_exactly_the_pixels_of_its_images_in_order(scale):
    rows = [Row("First", IMAGES), Row("Second", 255 - IMAGES, ["a", "b", "c"], "note"), Row("Third", IMAGES // 2)]
    picture = image_grid.sheet(rows, heads=["x", "y", "z"], title="A title", note="A note", scale=scale)
    places = [[found(np.asarray(image_grid.enlarged(i, scale)), picture) for i in row.images] for row in rows]
    for line in places:
        assert len({y for _, y in line}) == 1
    for column in zip(*places, strict=True):
        assert len({x for x, _ in column}) == 1
    lefts, tops = [x for x, _ in places[0]], [line[0][1] for line in places]
    gaps = np.diff(lefts) - 28 * scale
    assert gaps[0] == gaps[1] > 0
    assert np.diff(tops)[1] > np.diff(tops)[0] > 28 * scale  # the captions have room


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60), st.integers(1, 3))
@settings(max_examples=25)
def test_a_sheet_is_wide_enough_for_all_its_labels(label, count):
    images = IMAGES[:count]
    for rows in ([Row(label, images)], [Row("", images), Row("", 255 - images, [""] * count, label)]):
        picture = image_grid.sheet(rows, scale=2)
        left, _ = found(np.asarray(image_grid.enlarged(images[0], 2)), picture)
        beside = (np.asarray(picture)[:, :left] != 255).any(-1)
        assert not beside[:, :1].any()
        assert not beside[:, -2:].any()
        assert found(np.asarray(image_grid.enlarged(images[-1], 2)), picture)[0] + 56 < picture.width


def test_heads_title_and_note_stay_on_the_paper_and_a_long_note_is_wrapped():
    words = "many words that go on " * 20
    rows = [Row("Name", IMAGES)]
    plain, short = image_grid.sheet(rows, scale=3), image_grid.sheet(rows, note="A note", scale=3)
    for picture in (
        image_grid.sheet(rows, title=words, scale=3),
        image_grid.sheet(rows, heads=[words] * 3, scale=3),
        image_grid.sheet(rows, note=words, scale=3),
    ):
        assert picture.width == plain.width
        left, top, right, bottom = inked(picture)
        assert left > 0 and top > 0 and right < picture.width - 1 and bottom < picture.height - 1
    assert plain.height < short.height < picture.height


def test_a_row_of_captions_alone_takes_a_line_and_no_image():
    rows = [Row("Name", IMAGES)]
    plain = image_grid.sheet(rows, scale=4)
    with_words = image_grid.sheet([*rows, image_grid.captions_only(3, ["one", "two", "three"], "note")], scale=4)
    captioned = image_grid.sheet([Row("Name", IMAGES, ["one", "two", "three"], "note")], scale=4)
    assert 0 < with_words.height - plain.height < 28
    assert captioned.size == with_words.size


# -------------------------------------------------------------------------------------------------------- PNG and GIF


def test_a_png_has_300_dots_per_inch_and_is_lossless():
    picture = image_grid.sheet([Row("Name", IMAGES)])
    with opened(export.png(picture)) as read:
        assert read.format == "PNG"
        assert read.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert (np.asarray(read) == np.asarray(picture)).all()


SHADES = [Image.new("RGB", (8, 8), (40 * i,) * 3) for i in range(7)]


def played(content):
    """Return the grey of each frame, as an index of ``SHADES``, and its duration in ms."""
    with opened(content) as animation:
        assert (animation.format, animation.info["loop"]) == ("GIF", 0)
        shades, times = [], []
        for i in range(animation.n_frames):
            animation.seek(i)
            shades.append(round(animation.convert("RGB").getpixel((4, 4))[0] / 40))
            times.append(animation.info["duration"])
    return shades, times


@pytest.mark.parametrize("count", [2, 3, 7])
def test_a_gif_has_all_frames_loops_and_pauses_at_both_ends(count):
    shades, times = played(export.film(SHADES[:count], seconds=0.1))
    assert shades == list(range(count))
    assert times == [400, *[100] * (count - 2), 400]


@pytest.mark.parametrize("count", [2, 3, 7])
def test_there_and_back_plays_backwards_without_the_ends_twice(count):
    shades, times = played(export.film(SHADES[:count], seconds=0.1, there_and_back=True))
    assert shades == [*range(count), *range(count - 2, 0, -1)]
    assert times == [400 if shade in (0, count - 1) else 100 for shade in shades]


def test_a_flip_book_has_a_page_for_each_column_with_an_image_of_each_row():
    rows = [Row("First", IMAGES), Row("Second", 255 - IMAGES)]
    pages = image_grid.flip_book(rows, ["0/2", "1/2", "2/2"], scale=2)
    assert len({page.size for page in pages}) == 1
    for i, page in enumerate(pages):
        (left, top), (other, level) = (found(np.asarray(image_grid.enlarged(r.images[i], 2)), page) for r in rows)
        assert other > left + 56
        assert top == level


@pytest.mark.parametrize("ending", [".mp4", ".webm"])
def test_a_video_has_every_frame_and_the_ends_longer(tmp_path, ending):
    from imageio_ffmpeg import read_frames

    path = tmp_path / f"film{ending}"
    frames = [Image.new("RGB", (33, 20), (shade,) * 3) for shade in (0, 120, 255)]
    path.write_bytes(export.film(frames, ending, seconds=0.2))
    about, *shown = read_frames(path)
    assert (about["fps"], about["size"]) == (5, (34, 20))
    shades = [np.frombuffer(frame, np.uint8).reshape(20, 34, 3)[5:15, 5:25].mean() for frame in shown]
    assert shades == pytest.approx([0, 0, 0, 0, 120, 255, 255, 255, 255], abs=4)


def test_a_video_without_its_library_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(optional, "find_spec", lambda module: None)
    with pytest.raises(ValueError, match="A video needs imageio-ffmpeg, which is not installed: run python -m pip"):
        export.film([Image.new("RGB", (8, 8))], ".mp4")


def test_strong_captions_are_black_and_others_grey():
    images = np.zeros((2, 28, 28, 3), np.uint8)

    def darkest(strong):
        paper = np.asarray(image_grid.sheet([Row("", images, ["8", "8"], strong=strong)]).convert("L")).astype(int)
        return int(paper[-30:].min())  # of the captions

    assert darkest(True) < darkest(False)
