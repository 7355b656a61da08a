"""Reconstructing and interpolating: the pictures show what the package computes."""

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import quick

from ae.analysis import interpolate, reconstruct
from ae.data import selection
from ae.runs import folders
from ae.runs.model_file import load
from ae.runs.recording import record


def test_reconstruct_shows_the_chosen_images_and_their_mse(call, finished, digits, tmp_path, has_images):
    path, model = tmp_path / "a.png", load(finished)
    errors = reconstruct.errors(model, digits.test_images)
    order = np.argsort(errors, kind="stable")
    chosen = {("-i", "3,14,0-1"): [3, 14, 0, 1], ("--best", 2): order[:2], ("--worst", 3): order[-3:]}
    chosen |= {("--class", "4"): np.flatnonzero(digits.test_labels.numpy() == 4)[:8]}
    chosen |= {("--random", 5): selection.at_random(297, 8, 5)}
    for words, indices in chosen.items():
        code, out, _ = call("reconstruct", "last", *words, "-o", path)
        assert code == 0
        originals, reconstructed, _ = reconstruct.round_trip(model, digits.test_images[list(indices)])
        assert out.startswith(f"A tiny run: MSE of these images {errors[indices].mean():.5f} per pixel\n"), words
        assert has_images(path, originals[:, None]), words
    assert has_images(path, reconstructed[:, None])
    with Image.open(path) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_refined_codes_reconstruct_the_images_better(call, finished, runs, tmp_path):
    for steps, reason in {0: "argument --refine: invalid choice", 2: "A tiny run: codes that an activation"}.items():
        code, _, err = call("reconstruct", "last", "--refine", steps, "-o", tmp_path / "a.png")
        assert (code, reason in err) == (2, True), err
    *_, _ = record(folders.create(quick()))
    code, out, _ = call("reconstruct", "last", "--refine", 2, "-o", tmp_path / "a.png")
    encoded, refined = (float(line.split()[-3]) for line in out.splitlines()[:2])
    assert code == 0
    assert "codes refined: MSE of these images" in out
    assert refined < encoded


def test_a_person_s_own_digit_is_reconstructed(call, finished, digits, tmp_path):
    Image.fromarray(255 - digits.test_images[3, 0].numpy()).resize((280, 280), 0).save(tmp_path / "own.bmp")
    code, out, _ = call("reconstruct", "last", "--own", tmp_path / "own.bmp", "-o", tmp_path / "a.png")
    assert code == 0
    assert "MSE of these images 0." in out


def test_interpolate_writes_the_path_and_a_gif_plays_it_there_and_back(call, finished, images, tmp_path, has_images):
    with torch.no_grad():
        way = interpolate.walk(load(finished), images[[5, 9]], "spherical", 3)
    words = ["last", "--from", 5, "--to", 9, "-n", 3, "--way", "spherical"]
    assert call("interpolate", *words, "-o", tmp_path / "a.png")[0] == 0
    assert has_images(tmp_path / "a.png", torch.cat([way, images[[5, 9]]]))
    assert call("interpolate", *words, "-o", tmp_path / "A.GIF")[0] == 0
    with Image.open(tmp_path / "A.GIF") as animation:
        assert animation.n_frames == 6
    assert call("interpolate", *words, "--corners", 1, 2, "-o", tmp_path / "b.png")[0] == 0
    with torch.no_grad():
        square = interpolate.between(load(finished), images[[5, 9, 1, 2]], 3)
    assert has_images(tmp_path / "b.png", square.reshape(-1, 1, 28, 28))
