"""Commands on latent codes: units, maps, decoded codes and replays are those of the run."""

import csv

import numpy as np
import pytest
import torch
from PIL import Image

from ae.analysis import reconstruct
from ae.runs.model_file import load
from ae.runs.reading import read_metrics


def test_latent_lists_the_active_units_and_writes_codes_and_a_map(call, finished, digits, tmp_path):
    code, out, _ = call("latent", "last", "--csv", tmp_path / "a.csv", "-o", tmp_path / "a.png")
    assert code == 0
    codes = reconstruct.codes_of(load(finished), digits.test_images)
    for unit, spread in enumerate(codes.std(0, correction=0).tolist()):
        state = "active" if spread else "inactive"
        assert [str(unit), f"{spread:.4g}", state] in [line.split() for line in out.splitlines()]
    assert ("The ReLU on the code" in out) == bool(read_metrics(finished)["inactive_units"])
    header, *rows = csv.reader((tmp_path / "a.csv").open())
    assert header == ["image", "class", "unit_0", "unit_1", "unit_2", "unit_3"]
    assert [row[:2] for row in rows] == [[str(i), str(label)] for i, label in enumerate(digits.test_labels.tolist())]
    assert np.allclose([list(map(float, row[2:])) for row in rows], codes.numpy())
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1650, 1850)  # the map, a title above and a legend below
        assert len(picture.getcolors(10**6)) > 10


def test_decode_writes_images_of_codes_and_samples(call, finished, tmp_path, has_images):
    path = tmp_path / "a.png"
    assert call("decode", "last", "--code=-1,2,0.5,0", "-o", path, "--code", "0,1e1,2,3")[0] == 0
    assert has_images(path, reconstruct.decode(load(finished), torch.tensor([[-1, 2, 0.5, 0], [0, 10, 2, 3]])))
    pictures = []
    for seed in (1, 1, 2):
        assert call("decode", "last", "--sample", 11, "--seed", seed, "-o", path)[0] == 0
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize("words", [[], ["--codes"]])
def test_replay_writes_a_frame_for_each_epoch(call, finished, tmp_path, words):
    assert call("replay", "last", *words, "-o", tmp_path / "a.gif")[0] == 0
    with Image.open(tmp_path / "a.gif") as animation:
        assert (animation.format, animation.n_frames) == ("GIF", 3)
