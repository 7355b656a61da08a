"""The commands that look at runs write what the package computes, and say in one line what they can't do."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from pictures import found
from PIL import Image
from tiny import tiny

from ae.analysis import denoise, interpolate, reconstruct
from ae.data import datasets, noise, selection
from ae.plots import image_grid
from ae.runs import filenames, files
from ae.runs.folders import create, open_run
from ae.runs.model_file import load
from ae.runs.reading import read_metrics


@pytest.fixture
def images(digits):
    return datasets.to_float(digits.test_images)


@pytest.fixture
def twin(finished, runs):
    """A second run with the same name and weights, a code size that differs on paper, and a better PSNR."""
    shutil.copytree(finished.path, runs / "twin")
    files.replace(runs / "twin" / filenames.METRICS, files.to_json(read_metrics(finished) | {"psnr": 99.5}))
    return open_run("twin")


def holds(path, cells, scale=8):
    """Whether each grey image, in [0, 1] with shape (N, 1, 28, 28), is in the picture, once."""
    with Image.open(path) as picture:
        enlarged = [
            np.asarray(image_grid.enlarged(cell, scale)) for cell in image_grid.grey(np.asarray(cells).squeeze(1))
        ]
        return all(found(cell, picture) for cell in enlarged)


# ------------------------------------------------------------------------------------------------------------- compare


def test_compare_prints_and_writes_what_was_measured(call, finished, tmp_path):
    waiting, measured = create(tiny(code_size=7), name="Not begun"), read_metrics(finished)
    code, out, _ = call("compare", "--csv", tmp_path / "table.csv")
    assert code == 0
    assert out.endswith(f"Table written to {tmp_path / 'table.csv'}\n")
    (line,) = [line for line in out.splitlines() if "A tiny run" in line]
    for words in (f"{measured['test_mse']:.5f}", f"{measured['psnr']:.4g}", f"{measured['ssim']:.4g}", finished.id):
        assert words in line
    rows = {row["Id"]: row for row in csv.DictReader((tmp_path / "table.csv").open())}
    assert float(rows[finished.id]["Test MSE"]) == measured["test_mse"]
    assert rows[waiting.id]["Test MSE"] == ""
    one, other = json.loads(call("compare", finished.id, waiting.id, finished.id, "--json")[1])
    assert (one["PSNR (dB)"], other["PSNR (dB)"]) == (pytest.approx(measured["psnr"]), None)


def test_compare_shows_differences_to_a_baseline_and_warns(call, finished, twin):
    create(tiny(code_size=7), name="Wider")
    code, out, _ = call("compare", "--baseline", finished.id)
    assert code == 0
    assert "Wider has another bottleneck size than the baseline (4)" in out
    base, other = json.loads(call("compare", "twin", "--baseline", finished.id, "--json")[1])
    measured = read_metrics(finished)
    assert (base["Id"], base["PSNR (dB) difference"], base["Test MSE difference"]) == (finished.id, 0, 0)
    assert (base["PSNR (dB)"], base["Test MSE"]) == (
        pytest.approx(measured["psnr"]),
        pytest.approx(measured["test_mse"]),
    )
    assert other["PSNR (dB) difference"] == pytest.approx(99.5 - measured["psnr"])
    assert call("compare", "--baseline", "nobody")[0] == 2


# ------------------------------------------------------------------------------------------------------------ pictures


def test_reconstruct_draws_the_images_asked_for_and_says_how_good_they_are(call, finished, digits, tmp_path):
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
        assert holds(path, originals[:, None]), words
    assert holds(path, reconstructed[:, None])
    with Image.open(path) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_digit_of_ones_own_is_reconstructed(call, finished, digits, tmp_path):
    Image.fromarray(255 - digits.test_images[3, 0].numpy()).resize((280, 280), 0).save(tmp_path / "own.bmp")
    code, out, _ = call("reconstruct", "last", "--own", tmp_path / "own.bmp", "-o", tmp_path / "a.png")
    assert code == 0
    assert "MSE of these images 0." in out


def test_denoise_prints_and_writes_what_the_methods_reach(call, finished, on_few, few, tmp_path):
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
        psnr, ssim, recognition_rate = denoise.measure(images, output, few.test_labels)
        (line,) = [line for line in out.splitlines() if line.startswith(name)]
        assert line.split()[-3:] == [f"{psnr:.2f}", f"{ssim:.3f}", f"{recognition_rate:.1%}"]
        assert float(rows[name, "0.2"]["psnr_db"]) == pytest.approx(psnr)
    assert "Salt and pepper noise, share of the pixels 0.2, clipped to [0, 1]: means over 40 test images" in out
    assert holds(picture, noise.add(images[:3], "salt-and-pepper", 0.2, seed=7))


def test_interpolate_draws_the_way_and_a_gif_plays_it_there_and_back(call, finished, images, tmp_path):
    with torch.no_grad():
        way = interpolate.walk(load(finished), images[[5, 9]], "spherical", 3)
    words = ["last", "--from", 5, "--to", 9, "-n", 3, "--way", "spherical"]
    assert call("interpolate", *words, "-o", tmp_path / "a.png")[0] == 0
    assert holds(tmp_path / "a.png", torch.cat([way, images[[5, 9]]]))
    assert call("interpolate", *words, "-o", tmp_path / "A.GIF")[0] == 0
    with Image.open(tmp_path / "A.GIF") as animation:
        assert animation.n_frames == 6
    assert call("interpolate", *words, "--corners", 1, 2, "-o", tmp_path / "b.png")[0] == 0
    with torch.no_grad():
        square = interpolate.between(load(finished), images[[5, 9, 1, 2]], 3)
    assert holds(tmp_path / "b.png", square.reshape(-1, 1, 28, 28))


def test_latent_says_which_units_live_and_writes_codes_and_a_map(call, finished, digits, tmp_path):
    code, out, _ = call("latent", "last", "--csv", tmp_path / "a.csv", "-o", tmp_path / "a.png")
    assert code == 0
    codes = reconstruct.codes_of(load(finished), digits.test_images)
    for unit, spread in enumerate(codes.std(0, correction=0).tolist()):
        state = "live" if spread else "dead"
        assert [str(unit), f"{spread:.4g}", state] in [line.split() for line in out.splitlines()]
    assert ("The ReLU on the code" in out) == bool(read_metrics(finished)["inactive_units"])
    header, *rows = csv.reader((tmp_path / "a.csv").open())
    assert header == ["image", "class", "unit_0", "unit_1", "unit_2", "unit_3"]
    assert [row[:2] for row in rows] == [[str(i), str(label)] for i, label in enumerate(digits.test_labels.tolist())]
    assert np.allclose([list(map(float, row[2:])) for row in rows], codes.numpy())
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1650, 1850)  # the map, a title above and a legend below
        assert len(picture.getcolors(10**6)) > 10


def test_decode_draws_codes_and_samples(call, finished, tmp_path):
    path = tmp_path / "a.png"
    assert call("decode", "last", "--code=-1,2,0.5,0", "-o", path, "--code", "0,1e1,2,3")[0] == 0
    assert holds(path, reconstruct.decode(load(finished), torch.tensor([[-1, 2, 0.5, 0], [0, 10, 2, 3]])))
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


def test_rename_and_tag_are_there_afterwards(call, finished):
    assert call("rename", "last", "Another name")[:2] == (0, f"{finished.id} is called Another name\n")
    assert call("tag", "last", "best", "two words")[:2] == (0, f"{finished.id} has the tags best, two words\n")
    assert (open_run(finished.id).name, open_run(finished.id).tags) == ("Another name", ("best", "two words"))
    assert call("tag", "last")[:2] == (0, f"{finished.id} has no tags\n")


# ----------------------------------------------------------------------------------------------------------- bad input

OUT = "interpolate last -o a.png"
BAD = {
    "reconstruct nobody -o a.png": "there is no run 'nobody'",
    "reconstruct last -i 10000000 -o a.png": "There is no test image 10,000,000: use 0 to 296",
    "reconstruct last -i seven -o a.png": "'seven' is not an index",
    "reconstruct last -o a.jpg": "must end in .png",
    "reconstruct last -o nowhere/a.png": "nowhere/a.png can't be written: nowhere is not a folder",
    "reconstruct last --class eleven -o a.png": "unknown class 'eleven': choose from 0, 1, 2",
    "reconstruct last --worst 17 -o a.png": "use 1 to 16",
    "reconstruct last --best 0 -o a.png": "use 1 to 16",
    "reconstruct last --own text.png -o a.png": "text.png is not a picture that can be read",
    "reconstruct last --own nobody.png -o a.png": "nobody.png can't be read: No such file or directory",
    "reconstruct last clothes -o a.png": "clothes learned fashion-mnist and",
    "reconstruct last": "-o",
    "denoise last --noise rain -o a.png": "unknown noise 'rain': choose from gaussian, uniform",
    "denoise last --strength nan -o a.png": "noise strength nan is out of range",
    "denoise last --strength=-1": "noise strength -1.0 is out of range",
    "denoise last -o a.txt": "must end in .png",
    "denoise last clothes": "name runs of one dataset",
    f"{OUT} --way around": "unknown way 'around': choose from linear, spherical",
    f"{OUT} -n 0": "-n 0 is out of range: use 1 to 40 steps",
    f"{OUT} -n 41": "use 1 to 40 steps",
    f"{OUT} --to 297": "There is no test image 297: use 0 to 296",
    f"{OUT} --corners 0 -1": "There is no test image -1",
    "interpolate last --corners 0 1 -o a.gif": "a.gif: the file's name must end in .png",
    "interpolate last -o a.bmp": "must end in .png or .gif",
    "latent nobody": "there is no run 'nobody'",
    "latent last --csv a.txt": "must end in .csv",
    "latent empty": "has no weights yet: train it first",
    "decode last --code=1,2,3 -o a.png": "'1,2,3' has 3 numbers: this model's code has 4, all finite",
    "decode last --code=1,2,3,nan -o a.png": "all finite",
    "decode last --code=1,2,3,x -o a.png": "'1,2,3,x' is no code",
    "decode last -o a.png": "name codes",
    "decode last --code=1,2,3,4 --sample 3 -o a.png": "but not both",
    "decode last --sample 401 -o a.png": "use 1 to 400",
    "decode last --sample 4 --seed 99999999999999999999 -o a.png": "is no seed: use a whole number from 0",
    "latent last --csv c.csv -o m.jpg": "m.jpg: the file's name must end in .png",
    "denoise last -o d.png --csv d.txt": "d.txt: the file's name must end in .csv",
    "replay last -o a.png": "must end in .gif",
    "replay empty -o a.gif": "nothing was kept of how empty learned",
    "compare --csv a.txt": "must end in .csv",
    "compare last nobody": "there is no run 'nobody'",
    "rename last": "required: name",
    "tag last one,two": "is not allowed",
}


def test_what_can_not_be_done_is_one_line_and_leaves_no_file(call, finished, runs, tmp_path, monkeypatch):
    for name, recipe in (("clothes", tiny(dataset="fashion-mnist")), ("empty", tiny())):
        create(recipe).path.rename(runs / name)
    finished.path.rename(runs / "z")  # the one that is called last
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "text.png").write_text("Seven\n")
    for words, sentence in BAD.items():
        code, out, err = call(*words.split())
        assert (code, out) == (2, ""), words
        assert err.startswith("python -m ae"), words
        assert sentence in err, words
        assert err.count("\n") == 1, words
        assert [path.name for path in work.iterdir()] == ["text.png"], words
