"""One term for one thing: terms that the project no longer uses, and the few exceptions."""

import re
import subprocess

import pytest

from ae import PROJECT

OLD = {
    r"held[-_ ]?out": "validation",
    r"kept aside": "validation images, split off",
    r"legib|\bjudges?\b": "digit classifier, recognition rate, recognisable",
    r"reads? as (the|what)\b": "classified as",
    r"\blive[-_ ](code |latent )?units?|\bdead_units|units alive": "active and inactive units",
    r"\b(nearness|likeness)\b": "PSNR, SSIM",
    r"\b(network|model|autoencoder|decoder|it)s? draws?\b|\"Drawn\"": "reconstruct",
    r"\bdrawn by (a|the) (network|model|decoder)": "reconstructed",
    r"\b(come|comes|came|coming) along\b": "included",
    r"\"\"\"(Give|Gives|Tell|Tells|Say|Says)\b": "Return, Load, Compute, Whether",
    r"encoded_space_dim|\bz_dim\b": "code_size",
}
"""Old terms and their replacements."""
ALLOWED = {
    "ae/models/earlier.py": {'EARLIER_NAMES = {"held_out": "validation_images"}'},
    "ae/runs/reading.py": {
        'EARLIER_METRICS = {"live_units": "active_units", "dead_units": "inactive_units"}',
        'found = {EARLIER_METRICS.get(key, key): value for key, value in found.items() if key != "legible"}',
    },
    "tests/runs/test_reading.py": {
        'header = "epoch,training_loss,held_out_loss,learning_rate,seconds,live_units,batch_losses"',
    },
    "tests/train/test_resume.py": {'state["recipe"] = settings | {"held_out": recipe.validation_images}'},
    "tests/test_presets.py": {
        'renamed = Recipe.from_dict({"held_out": 7, "epochs": 3})',
    },
}
"""Lines that read the files of earlier versions."""
NO_TEXT = (".png", ".gif", ".npy", ".npz", ".bin", ".safetensors", ".pt")
EARLIER_FILES = re.compile(
    r"checkpoints/shipped-[^/]+/(?!README\.md)|CHANGELOG\.md$|tests/(project/test_words|runs/test_earlier_versions)\.py$"
)


def lines() -> list[tuple[str, int, str]]:
    """Return every line of every tracked text file, with its file and number."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.splitlines() if not name.endswith(NO_TEXT) and not EARLIER_FILES.match(name)]
    paths = [(name, PROJECT / name) for name in names if (PROJECT / name).is_file()]
    return [
        (name, number, line)
        for name, path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    ]


@pytest.mark.parametrize("old", OLD)
def test_no_old_term_is_left(old):
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, number, line in lines()
        if re.search(old, line, 0 if '"""' in old else re.I) and line.strip() not in ALLOWED.get(name, ())
    ]
    assert not found, f"write {OLD[old]}:\n" + "\n".join(found)


def test_every_allowed_line_exists():
    there = {(name, line.strip()) for name, _, line in lines()}
    assert not [(name, line) for name, allowed in ALLOWED.items() for line in allowed if (name, line) not in there]
