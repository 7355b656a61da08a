"""The digit classifier is as accurate as its metadata says."""

import re

import pytest
import torch
import torch.nn.functional as F

from ae.analysis import digit_classifier
from ae.data import datasets, sources
from ae.models.layers import count_parameters


@pytest.fixture(scope="module")
def mnist():
    if not sources.is_here("mnist"):
        pytest.skip("MNIST is not here")
    dataset = datasets.load("mnist")
    return dataset.test_labels, *digit_classifier.classify(datasets.to_float(dataset.test_images))


@pytest.fixture(scope="module")
def images(digits):
    return datasets.to_float(digits.test_images)


def test_more_than_99_percent_of_mnist_s_test_images_are_classified_correctly(mnist):
    labels, digit, _ = mnist
    accuracy = (digit == labels).float().mean().item()
    assert accuracy > 0.99
    assert digit_classifier.accuracy("mnist") == pytest.approx(accuracy, abs=0.0002)


def test_correct_classifications_have_higher_probabilities(mnist):
    labels, digit, probability = mnist
    right = digit == labels
    assert probability[right].mean() > 0.85
    assert probability[right].mean() > probability[~right].mean() + 0.2


def test_more_than_93_percent_of_the_built_in_digits_are_classified_correctly(images, digits):
    assert digit_classifier.recognition_rate(images, digits.test_labels) > 0.93
    for label in range(10):
        of_class = digits.test_labels == label
        assert digit_classifier.recognition_rate(images[of_class], digits.test_labels[of_class]) > 0.75


def test_it_has_the_documented_number_of_parameters():
    documented = re.search(r"([\d,]+) parameters", digit_classifier.DigitClassifier.__doc__)[1]
    assert count_parameters(digit_classifier.load()) == int(documented.replace(",", ""))


def test_the_weights_record_how_they_were_trained():
    assert set(digit_classifier.about()) == {"accuracy_mnist", "accuracy_digits", "seed", "epochs", "dataset"}
    assert digit_classifier.about()["dataset"] == "mnist"


def test_it_is_loaded_once_in_eval_mode_and_full_precision():
    loaded = digit_classifier.load()
    assert digit_classifier.load() is loaded
    assert not any(module.training for module in loaded.modules())
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}


def test_the_digit_is_the_most_probable_one(images):
    digit, probability = digit_classifier.classify(images)
    probabilities = F.softmax(digit_classifier.load()(images), 1)
    assert (digit.dtype, digit.shape, probability.shape) == (torch.int64, (297,), (297,))
    assert torch.equal(digit, probabilities.argmax(1))
    assert torch.allclose(probability, probabilities.amax(1), atol=1e-6)
    assert ((probability >= 0.1) & (probability <= 1)).all()
    assert not probability.requires_grad


def test_classifying_in_chunks_equals_classifying_at_once(images, monkeypatch):
    digit, probability = digit_classifier.classify(images)
    monkeypatch.setattr(digit_classifier, "CHUNK", 40)
    in_chunks = digit_classifier.classify(images)
    assert torch.equal(in_chunks[0], digit)
    assert torch.allclose(in_chunks[1], probability, atol=1e-5)


def test_an_image_is_classified_independently_of_the_others(images):
    assert torch.allclose(digit_classifier.classify(images[:1])[1], digit_classifier.classify(images)[1][:1], atol=1e-5)


def test_no_images_have_no_classes():
    digit, probability = digit_classifier.classify(torch.zeros(0, 1, 28, 28))
    assert digit.shape == probability.shape == (0,)
    assert digit.dtype == torch.int64


@pytest.mark.parametrize("name", list(sources.SOURCES))
def test_it_classifies_datasets_of_digits_and_explains_why_not_others(name):
    source = sources.find(name)
    assert (digit_classifier.why_not(name) == "") == source.digits
    if source.digits:
        assert (source.class_names, source.shape) == (tuple("0123456789"), sources.DIGIT)
    else:
        assert digit_classifier.why_not(name) == (
            f"There is no digit classifier for {source.title}: the included one classifies handwritten digits as in "
            "MNIST."
        )


def test_its_accuracy_on_a_dataset_is_measured_on_that_dataset_s_clean_test_images(images, digits):
    measured = digit_classifier.recognition_rate(images, digits.test_labels)
    assert digit_classifier.accuracy("digits") == pytest.approx(measured, abs=5e-5)
    with pytest.raises(ValueError, match="no digit classifier for Kuzushiji-MNIST"):
        digit_classifier.accuracy("kmnist")
