"""Reconstructions of chosen images, and the choice of images."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks import network
from sklearn.metrics import confusion_matrix

from ae.analysis import digit_classifier, interpolate, latent, metrics, reconstruct
from ae.data import datasets, selection

MODELS = ["mlp4", "conv", "vae"]


@pytest.fixture
def images(few):
    return few.test_images[:8]


@st.composite
def choices(draw):
    """Some indices below 1,000, at most sixteen, and a text that lists them."""
    ranges = draw(st.lists(st.tuples(st.integers(0, 990), st.integers(0, 4)), min_size=1, max_size=3))
    words = [
        f"{low}{draw(st.sampled_from('-–'))}{low + more}" if more or draw(st.booleans()) else f"{low}"
        for low, more in ranges
    ]
    between = st.sampled_from([" ", ", ", ",", ";", " ; ", "\n", ",,", "\t"])
    text = "".join(word + draw(between) for word in words)
    return text, [index for low, more in ranges for index in range(low, low + more + 1)]


@given(choice=choices())
def test_indices_are_parsed_in_the_order_given(choice):
    text, indices = choice
    assert selection.parse_indices(text, 1000) == indices
    assert selection.parse_indices(", ".join(map(str, indices)), 1000) == indices


@given(text=st.text(st.sampled_from("0123456789 ,;-–x.") | st.characters(), max_size=30), size=st.integers(1, 40))
def test_any_text_gives_either_existing_indices_or_a_message(text, size):
    try:
        chosen = selection.parse_indices(text, size)
    except ValueError as error:
        assert re.search(r": use .*\d", str(error))
    else:
        assert 1 <= len(chosen) <= 16
        assert all(0 <= index < size for index in chosen)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no image is chosen: use indices such as 3, 14, 0-7"),
        (" ,; ", "no image is chosen"),
        ("3, seven", "'seven' is not an index: use whole numbers such as 3, 14, 0-7"),
        ("-1", "'-1' is not an index"),
        ("3-", "'3-' is not an index"),
        ("1-2-3", "'1-2-3' is not an index"),
        ("9" * 5000, f"'{'9' * 40}' is not an index"),
        ("2000", "There is no test image 2,000: use 0 to 1,999"),
        ("0-2000", "There is no test image 2,000: use 0 to 1,999"),
        ("2000-0", "There is no test image 2,000: use 0 to 1,999"),
        ("7-3", "'7-3' runs backwards: use 3-7"),
        ("0-16", "'0-16' names more than 16 images: use fewer"),
        ("0-14 20 21", "'0-14 20 21' names more than 16 images"),
    ],
)
def test_a_bad_list_of_indices_is_refused_with_a_message_that_quotes_it(text, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        selection.parse_indices(text, 2000)


def test_the_limit_on_the_number_of_images_can_be_raised():
    assert selection.parse_indices("0-2", 3, most=3) == [0, 1, 2]
    with pytest.raises(ValueError, match="more than 3 images"):
        selection.parse_indices("0-2 0", 3, most=3)


@pytest.mark.parametrize("name", MODELS)
def test_originals_reconstructions_codes_and_measures_fit_together(name, images):
    model = network(name, 3).eval()
    originals, reconstructed, codes = reconstruct.round_trip(model, images)
    assert originals.shape == reconstructed.shape == (8, 1, 28, 28)
    assert (originals.dtype, reconstructed.dtype, codes.dtype) == (np.float32,) * 3
    assert np.array_equal(originals, datasets.to_float(images).numpy())
    assert np.allclose(reconstructed, model.reconstruct(datasets.to_float(images)).detach().numpy(), atol=1e-6)
    assert np.allclose(codes, reconstruct.codes_of(model, images).numpy(), atol=1e-6)
    assert reconstruct.errors(model, images) == pytest.approx(
        ((originals - reconstructed) ** 2).mean((1, 2, 3)), rel=1e-4
    )
    pair = tuple(torch.from_numpy(array) for array in (originals, reconstructed))
    errors = reconstruct.compare(originals, reconstructed)
    for found, measure in zip(errors, (metrics.mse, metrics.psnr, metrics.ssim), strict=True):
        assert found.shape == (8,)
        assert found == pytest.approx(measure(*pair).numpy(), rel=1e-5)


@pytest.mark.parametrize("way", list(interpolate.WAYS))
@pytest.mark.parametrize("name", MODELS)
def test_a_walk_goes_from_one_reconstruction_to_the_other_through_the_code(name, way, images):
    model, ends = network(name, 3).eval(), datasets.to_float(images[:2])
    reconstructed = interpolate.walk(model, ends, way, 4)
    assert reconstructed.shape == (5, 1, 28, 28)
    assert torch.allclose(reconstructed[[0, -1]], model.reconstruct(ends), atol=1e-5)
    middle = interpolate.codes(way, *reconstruct.encode(model, ends), 4)[2:3]
    assert torch.allclose(reconstructed[2].flatten(), model.decode(middle).flatten(), atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_square_between_four_images_has_their_reconstructions_in_its_corners(name, images):
    model, four = network(name, 3).eval(), datasets.to_float(images[:4])
    reconstructed = interpolate.between(model, four, 3)
    assert reconstructed.shape == (4, 4, 1, 28, 28)
    in_corners = torch.stack([reconstructed[0, 0], reconstructed[0, -1], reconstructed[-1, 0], reconstructed[-1, -1]])
    assert torch.allclose(in_corners, model.reconstruct(four), atol=1e-5)


def test_labels_have_the_digit_and_the_confidence(images):
    digit, sure = digit_classifier.classify(datasets.to_float(images))
    for text, d, s in zip(
        digit_classifier.labels_with_confidence(datasets.to_float(images)), digit.tolist(), sure.tolist(), strict=True
    ):
        label = re.fullmatch(r"(\d) \((\d+)%\)", text)
        assert int(label[1]) == d
        assert int(label[2]) == pytest.approx(100 * s, abs=0.51)
    nothing = torch.full((1, 1, 28, 28), float("nan"))
    assert digit_classifier.labels_with_confidence(nothing) == digit_classifier.labels_with_confidence(
        torch.zeros(1, 1, 28, 28)
    )


def test_the_first_images_of_a_class_are_found(digits):
    found = selection.of_class(digits.test_labels, 7, 5)
    assert found == [i for i, label in enumerate(digits.test_labels.tolist()) if label == 7][:5]
    assert selection.of_class(torch.tensor([1, 2]), 3, 5) == []


def test_images_drawn_at_random_differ_and_the_seed_draws_the_same():
    chosen = selection.at_random(50, 20, 1)
    assert len(set(chosen)) == 20
    assert all(0 <= index < 50 for index in chosen)
    assert chosen == selection.at_random(50, 20, 1) != selection.at_random(50, 20, 2)
    assert sorted(selection.at_random(5, 20, 0)) == [0, 1, 2, 3, 4]


def test_the_best_and_the_worst_come_first():
    errors = np.array([0.3, 0.1, 0.5, 0.2])
    assert selection.ranks(errors, 2, best=True) == [1, 3]
    assert selection.ranks(errors, 3, best=False) == [2, 0, 3]
    assert selection.ranks(errors, 9, best=True) == [1, 3, 0, 2]
    assert selection.ranks(np.tile([0.3, 0.1, 0.2], 300), 3, best=True) == [1, 4, 7]


def test_the_ranges_of_the_units_leave_out_5_percent_at_each_end():
    codes = np.stack([np.arange(101), 10 * np.arange(101)], 1)[::-1]
    assert latent.code_ranges(codes).tolist() == [[5, 50], [50, 500], [95, 950]]


def test_the_confusion_matrix_is_that_of_scikit_learn():
    random = torch.Generator().manual_seed(0)
    truth, digits = torch.randint(0, 9, (2, 200), generator=random)
    counts = digit_classifier.confusion_matrix(truth, digits)
    assert counts.shape == (10, 10)
    assert np.array_equal(counts, confusion_matrix(truth, digits, labels=range(10)))
