"""Denoising: the printed and written figures are those of the methods."""

import csv

import pytest

from ae.analysis import denoise
from ae.data import datasets, noise, selection
from ae.runs.model_file import load


def test_denoise_prints_and_writes_the_quality_of_the_methods(call, finished, on_few, few, tmp_path, has_images):
    images = datasets.to_float(few.test_images)
    picture, curves = tmp_path / "a.png", tmp_path / "a.csv"
    words = ["--noise", "salt-and-pepper", "--strength", 0.2, "--seed", 7, "-i", "0-2"]
    code, out, _ = call("denoise", "last", *words, "-o", picture, "--csv", curves)
    assert code == 0
    noisy = noise.add(images, "salt-and-pepper", 0.2, seed=7)
    reached = {"Noisy": noisy, "A tiny run": denoise.by_model(load(finished))(noisy)}
    rows = {(row["method"], row["strength"]): row for row in csv.DictReader(curves.open())}
    assert {strength for _, strength in rows} == {str(i / 10) for i in range(11)}
    for name, output in reached.items():
        psnr, ssim, recognition_rate, _ = denoise.measure(images, output, few.test_labels)
        (line,) = [line for line in out.splitlines() if line.startswith(name)]
        error = (recognition_rate * (1 - recognition_rate) / 40) ** 0.5
        assert line.split()[-5:] == [f"{psnr:.2f}", f"{ssim:.3f}", f"{recognition_rate:.1%}", "±", f"{error:.1%}"]
        assert float(rows[name, "0.2"]["psnr_db"]) == pytest.approx(psnr)
    assert "Salt and pepper noise, share of the pixels 0.2, clipped to [0, 1]: means over all 40 test images" in out
    assert has_images(picture, noise.add(images[:3], "salt-and-pepper", 0.2, seed=7))


def test_a_sample_is_random_and_its_size_is_printed(call, finished, digits):
    code, out, _ = call("denoise", "last", "--sample", 30, "--seed", 3, "--strength", 0)
    assert code == 0
    assert "means over 30 random test images of 297, seed 3" in out
    chosen = selection.at_random(297, 30, 3)
    images = datasets.to_float(digits.test_images[chosen])
    psnr, *_ = denoise.measure(images, denoise.by_model(load(finished))(images), digits.test_labels[chosen])
    (line,) = [line for line in out.splitlines() if line.startswith("A tiny run")]
    assert f" {psnr:.2f} " in line
