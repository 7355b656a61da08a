"""A run is a folder that can be created, found, read and deleted, whatever else is among the runs."""

import os
import re
import threading
import time

import pytest
from filelock import FileLock
from tiny import tiny

from ae.runs import editing, filenames, folders
from ae.runs.editing import delete
from ae.runs.folders import Run, RunError, Unreadable, create, list_runs, open_run
from ae.runs.model_file import load

RECIPE = tiny()


def test_a_created_run_is_opened_with_all_its_properties():
    recipe = tiny(model="vae", code_activation="none", learning_rate=0.1 + 0.2, seed=7)
    run = create(recipe, name="  My run · ü  ", preset="lab")
    again = open_run(run.id)
    assert again == run
    assert (again.recipe, again.name, again.preset, again.shipped) == (recipe, "My run · ü", "lab", False)
    assert again.created.endswith("+00:00")
    assert run.path.parent == folders.runs_folder()


def test_every_new_run_has_a_name_of_its_own(runs):
    threads = [threading.Thread(target=create, args=(RECIPE,), kwargs={"name": name}) for name in ("", "Mine") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.name for run in list_runs()}) == 8


@pytest.mark.parametrize("preset", ["", "lab", "a:b/c\\d*?", "ü "])
def test_a_run_s_id_is_a_file_name_on_every_system(preset):
    assert re.fullmatch(r"\d{8}-\d{6}-[A-Za-z0-9-]+-z4(-\d+)?", create(RECIPE, preset=preset).id)


def test_runs_created_at_the_same_moment_get_separate_folders():
    made, threads = [], [threading.Thread(target=lambda: made.append(create(RECIPE).id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8
    assert {run.id for run in list_runs()} == set(made)


def test_a_new_run_appears_complete_or_not_at_all(runs, monkeypatch):
    class Killed(BaseException):
        pass

    def replace(path, content, **_):
        if path.name == filenames.ABOUT:
            raise Killed
        path.write_bytes(content)

    monkeypatch.setattr("ae.runs.files.replace", replace)
    with pytest.raises(Killed):
        create(RECIPE)
    assert list_runs() == []


def test_runs_are_listed_newest_first_and_foreign_folders_with_a_reason(runs):
    assert list_runs() == []
    first = create(RECIPE)
    first = open_run(first.path.rename(runs / "20200101-000000-old").name)
    second = create(RECIPE)
    (runs / "empty").mkdir()
    (runs / "a file.txt").write_text("")
    (runs / ".hidden").mkdir()
    found = list_runs()
    assert [run.id for run in found if isinstance(run, Run)] == [second.id, first.id]
    assert [(run.id, run.reason) for run in found if isinstance(run, Unreadable)] == [
        ("empty", "it has no recipe.json")
    ]


def test_runs_of_one_second_are_listed_newest_first_whatever_their_names_say(runs):
    made = [create(RECIPE, preset=preset) for preset in ("lab", "vae", "fast", "homework-vae")]
    seconds = {run.id[:15] for run in made}
    for run in made:  # as if none had been created in the next second
        run.path.rename(runs / (min(seconds) + run.id[15:]))
    assert [run.preset for run in list_runs()] == ["homework-vae", "fast", "vae", "lab"]


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "/",
        ".hidden",
        "a\0b",
        "a\n",
        "x" * 300,
        "-x",
        "ü",
        "no such run",
        "missing",
        "trailing.",
        "NUL",
        "con",
        "aux.z8",
        "lpt1",
    ],
)
def test_an_id_that_can_not_be_a_folder_s_name_is_refused(runs, id):
    create(RECIPE)
    for odd in ("trailing.", "NUL", "con", "aux.z8", "lpt1"):  # Windows treats these as something else
        (runs / odd).mkdir()
    (runs.parent / "x").mkdir()
    (runs / ".hidden").mkdir()
    for function in (open_run, load):
        with pytest.raises(RunError, match="there is no run"):
            function(id)


def test_a_folder_of_runs_that_can_not_be_created_is_reported(runs):
    runs.write_text("a file where the folder should be")
    with pytest.raises(RunError, match=f"no run can be created in {runs}"):
        create(RECIPE)
    assert list_runs() == []


# ---------------------------------------------------------------------------------------------------------- deletion


def test_deleting_removes_the_folder_and_the_remains_of_killed_deletions(runs):
    run, other = create(RECIPE), create(RECIPE)
    (runs / ".trash-x" / "old").mkdir(parents=True)
    delete(run)
    assert [each.id for each in list_runs()] == [other.id]
    with pytest.raises(RunError, match="can't be deleted: there is no "):
        delete(run)
    assert {path.name for path in runs.iterdir()} == {other.id, filenames.EDITS, filenames.QUEUE}


def test_a_shipped_run_is_protected():
    run = create(RECIPE)
    about = run.path / filenames.ABOUT
    about.write_text(about.read_text().replace('"format"', '"shipped": true, "format"'))
    run = open_run(run.id)
    assert run.shipped
    with pytest.raises(RunError, match="included with the project and protected"):
        delete(run)
    assert open_run(run.id) == run


def test_old_temporary_folders_of_killed_processes_are_deleted(runs):
    run = create(RECIPE)
    for name, hours in ((".new-old", 2), (".new-young", 0)):
        (runs / name).mkdir()
        os.utime(runs / name, (time.time() - 3600 * hours,) * 2)
    create(RECIPE)
    assert {path.name for path in runs.glob(".new-*")} == {".new-young"}
    os.utime(runs / ".new-young", (0, 0))
    delete(run)
    assert not list(runs.glob(".new-*"))


def test_a_run_that_is_being_trained_is_not_deleted():
    run = create(RECIPE)
    with FileLock(run.path / filenames.LOCK):
        with pytest.raises(RunError, match="is being trained: stop it first"):
            delete(run)
    assert open_run(run.id) == run
    delete(run)


def test_an_unreadable_folder_can_be_deleted_but_a_link_s_target_is_kept(runs, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious.txt").write_text("keep me")
    (runs / "torn").mkdir(parents=True)
    (runs / "link").symlink_to(tmp_path / "elsewhere")
    for unreadable in list_runs():
        delete(unreadable)
    assert list_runs() == []
    assert (tmp_path / "elsewhere" / "precious.txt").read_text() == "keep me"


def test_a_deleted_run_can_not_be_deleted_again():
    run = create(RECIPE)
    delete(run)
    with pytest.raises(RunError, match="can't be deleted"):
        delete(run)


def test_only_changed_runs_are_read_again(monkeypatch):
    runs = [folders.create(tiny()) for _ in range(4)]
    assert folders.list_runs() == folders.list_runs()
    read = []
    real = folders.read_json
    monkeypatch.setattr(folders, "read_json", lambda path: read.append(path.parent.name) or real(path))
    assert len(folders.list_runs()) == 4
    assert not read
    editing.change(runs[0], name="New")
    editing.pin(runs[1])
    editing.delete(runs[2])
    found = {run.id: run for run in folders.list_runs()}
    assert set(read) == {runs[0].id, runs[1].id}
    assert found[runs[0].id].name == "New" and found[runs[1].id].pinned
    assert runs[2].id not in found
