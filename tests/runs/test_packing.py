"""A run travels as one zip, and a zip from a stranger does no harm."""

import io
import json
import stat
import zipfile

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny import same

from ae.runs import filenames, folders, model_file, packing, queue, reading
from ae.runs.folders import RunError


@pytest.fixture
def packed(finished, tmp_path):
    """A packed run, as a file."""
    (tmp_path / "run.zip").write_bytes(packing.pack(finished))
    return tmp_path / "run.zip"


def entries(path):
    """Return the contents of a zip, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, contents, **entry):
    """Write a zip of these contents, a mapping or pairs; ``entry`` holds attributes of the last one."""
    pairs = list(contents.items()) if isinstance(contents, dict) else contents
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, (name, content) in enumerate(pairs):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in entry.items() if i == len(pairs) - 1 else ():
                setattr(info, key, value)
            archive.writestr(info, content)
    return path


def test_an_unpacked_run_is_the_same_under_a_name_of_its_own(packed, finished):
    run = packing.unpack(packed)
    assert run.id != finished.id
    assert run.name == "4 units · A tiny run 2"
    assert (run.recipe, run.preset, run.created) == (finished.recipe, finished.preset, finished.created)
    assert queue.state(run) == "finished"
    assert same(model_file.load(run).state_dict(), model_file.load(finished).state_dict())
    assert reading.read_metrics(run) == reading.read_metrics(finished)
    assert reading.read_history(run) == reading.read_history(finished)
    assert reading.replay_bytes(run) == reading.replay_bytes(finished)
    assert (run.path / filenames.STATE).read_bytes() == (finished.path / filenames.STATE).read_bytes()
    assert run.name in (run.path / filenames.CARD).read_text()


def test_a_run_that_was_included_is_one_s_own_after_unpacking(packed):
    contents = entries(packed)
    about = next(name for name in contents if name.endswith(filenames.ABOUT))
    contents[about] = json.dumps({**json.loads(contents[about]), "shipped": True}).encode()
    assert not packing.unpack(rewrite(packed, contents)).shipped


def test_what_file_managers_add_is_left_out(packed, finished):
    extra = {"__MACOSX/._recipe.json": b"x", f"{finished.id}/.DS_Store": b"x", f"{finished.id}/": b""}
    assert packing.unpack(rewrite(packed, {**extra, **entries(packed)})).recipe == finished.recipe


def test_only_a_run_with_weights_that_nobody_trains_is_packed(spoiled, finished):
    with pytest.raises(RunError, match="has no weights yet"):
        packing.pack(folders.open_run("a-run"))
    queue.prepare(folders.open_run("a-run"))
    with pytest.raises(RunError, match="is being trained"):
        packing.pack(folders.open_run("a-run"))


SMALL = {f"run/{name}": b"{}" for name in (*packing.NEEDED, filenames.CARD)}
UNSAFE = {
    "../recipe.json": "leads out of the run's folder",
    "/etc/recipe.json": "leads out of the run's folder",
    "..\\recipe.json": "leads out of the run's folder",
    "C:/recipe.json": "leads out of the run's folder",
    "a/b/recipe.json": "is no file of a run",
    "run/lock": "is no file of a run",
    "run/notes.txt": "is no file of a run",
    "other/README.md": "two entries README.md",
}


@pytest.mark.parametrize("name", UNSAFE)
def test_an_entry_that_is_no_file_of_a_run_is_refused(name, tmp_path, runs):
    (tmp_path / "here").mkdir()
    with pytest.raises(RunError, match=UNSAFE[name]):
        packing.unpack(rewrite(tmp_path / "here" / "run.zip", [*SMALL.items(), (name, b"{}")]))
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "run.zip"]


def replaced(packed, file, content):
    """Write the zip with another content of one of its files."""
    changed = {name: content if name.endswith(file) else old for name, old in entries(packed).items()}
    return rewrite(packed, changed)


def test_links_duplicates_and_bombs_are_refused(tmp_path, monkeypatch):
    packed, contents, card = tmp_path / "run.zip", SMALL, f"run/{filenames.CARD}"
    rest = [(name, content) for name, content in contents.items() if name != card]
    with pytest.raises(RunError, match="has a link"):
        packing.unpack(rewrite(packed, [*rest, (card, b"recipe.json")], external_attr=(stat.S_IFLNK | 0o777) << 16))
    with pytest.warns(UserWarning, match="Duplicate"):
        rewrite(packed, [*rest, (card, b"a"), (card, b"b")])
    with pytest.raises(RunError, match="two entries README"):
        packing.unpack(packed)
    with pytest.raises(RunError, match=r"the README.md in run.zip is too large"):
        packing.unpack(rewrite(packed, {**contents, card: b"0" * 2**21}))
    with pytest.raises(RunError, match="entries, and a packed run has at most"):
        packing.unpack(rewrite(packed, {f"{i}/README.md": b"" for i in range(200)}))
    monkeypatch.setattr(packing, "LARGEST_ZIP", 100)
    with pytest.raises(RunError, match="is larger than"):
        packing.unpack(rewrite(packed, contents))


def test_a_run_of_another_version_or_with_damaged_files_is_refused(packed, finished):
    about = json.loads((finished.path / filenames.ABOUT).read_text())
    with pytest.raises(RunError, match="it is of a newer version: its format is 2"):
        packing.unpack(replaced(packed, filenames.ABOUT, json.dumps({**about, "format": 2}).encode()))
    squeezed = io.BytesIO()
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("resume/data.pkl", b"0" * 10**6)
    for file, content, sentence in (
        (filenames.STATE, squeezed.getvalue(), "compressed inside"),
        (filenames.STATE, b"x", "resume.pt in run.zip is damaged"),
        (filenames.ABOUT, json.dumps(about).encode(), "resume.pt in run.zip is damaged"),
    ):
        with pytest.raises(RunError, match=sentence):
            packing.unpack(replaced(packed, file, content))
    (finished.path / filenames.STATE).unlink()
    packed.write_bytes(packing.pack(finished))
    with pytest.raises(RunError, match="in it is damaged"):
        packing.unpack(replaced(packed, filenames.WEIGHTS, b"damaged"))
    with pytest.raises(RunError, match="holds no usable run"):
        packing.unpack(replaced(packed, filenames.RECIPE, b'{"model": "none"}'))
    assert [run.id for run in folders.list_runs()] == [finished.id]


def test_what_is_no_zip_or_no_run_is_refused(tmp_path):
    torch.save({"fc1.weight": torch.ones(2)}, tmp_path / "x.pth")
    (tmp_path / "text.zip").write_text("no zip")
    for name, sentence in {
        "x.pth": "is no file of a run",
        "text.zip": "not a zip",
        "no.zip": "there is no file",
    }.items():
        assert not packing.is_packed(tmp_path / name)
        with pytest.raises(RunError, match=sentence):
            packing.unpack(tmp_path / name)


@given(data=st.data())
def test_a_zip_with_any_byte_changed_is_refused_or_read_but_never_fails_otherwise(data, tmp_path_factory):
    file = tmp_path_factory.mktemp("changed") / "run.zip"
    rewrite(file, {"a/recipe.json": b"{}", "a/about.json": b"{}", "a/model.safetensors": b"x" * 50})
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    with pytest.raises(RunError):
        packing.unpack(file)


@pytest.mark.parametrize("name", [filenames.LOG, filenames.CARD])
def test_a_link_to_a_file_outside_the_run_is_not_packed(name, finished, tmp_path):
    secret, linked = tmp_path / "secret", finished.path / name
    secret.write_text("not of this run")
    linked.unlink(missing_ok=True)
    linked.symlink_to(secret)
    with pytest.raises(RunError, match=f"can't be packed: {name} is not a file"):
        packing.pack(finished)


def test_what_could_not_be_unpacked_again_is_not_packed(finished, monkeypatch):
    assert sum(packing.LARGEST.values()) <= packing.LARGEST_ZIP
    monkeypatch.setitem(packing.LARGEST, filenames.WEIGHTS, 100)
    with pytest.raises(RunError, match=r"its file model.safetensors is larger than 0 MB"):
        packing.pack(finished)
