"""A run can be renamed and tagged; nothing else in it changes, and a refused change changes nothing."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiny import tiny

from ae.data.texts import printable
from ae.runs import filenames, files, folders
from ae.runs.card import write_card
from ae.runs.editing import change, delete, pin
from ae.runs.folders import RunError, create, find, list_runs, open_run, read_about


def contents(run):
    """Return all files of a run."""
    return {path.name: path.read_bytes() for path in run.path.iterdir()}


@pytest.fixture
def shipped(finished):
    """A run that is included with the project."""
    files.replace(finished.path / filenames.ABOUT, files.to_json({**read_about(finished), "shipped": True}))
    run = open_run(finished.id)
    assert run.shipped
    return run


def test_a_new_name_and_tags_are_read_back_and_nothing_else_changes(finished):
    before, about = contents(finished), read_about(finished)
    changed = change(finished, name="  Another name ")
    assert changed == open_run(finished.id)
    assert changed.name == "Another name"
    changed = change(changed, tags=["best", " two words ", "best"])
    assert changed == open_run(finished.id)
    assert changed.tags == ("best", "two words")
    assert changed.name == "Another name"
    assert change(changed).tags == ("best", "two words")
    assert change(changed, name="A third").tags == ("best", "two words")
    assert change(changed, tags=[]).tags == ()
    after = contents(finished)
    for name in before.keys() - {filenames.ABOUT, filenames.CARD}:
        assert after[name] == before[name]
    assert after.keys() == before.keys()
    assert read_about(finished) == {**about, "name": "A third", "tags": []}


def test_the_card_shows_the_new_name_and_is_otherwise_unchanged(finished):
    card = (finished.path / filenames.CARD).read_text()
    change(finished, name="Another name")
    assert card.startswith("# A tiny run\n")
    assert (finished.path / filenames.CARD).read_text() == card.replace("# A tiny run", "# Another name", 1)


def test_renaming_a_run_without_a_card_writes_none(runs):
    run = change(create(tiny()), name="Waiting", tags=["soon"])
    assert (run.name, run.tags) == ("Waiting", ("soon",))
    assert not (run.path / filenames.CARD).exists()


def test_a_run_is_found_by_id_beginning_of_id_or_name_and_last_is_the_newest(finished):
    newest = create(tiny())
    renamed = change(finished, name="Mine alone")
    for name in (finished.id, finished.id[:-1], "Mine alone", " Mine alone "):
        assert find(name) == renamed
    assert find("last") == newest
    with pytest.raises(RunError, match="there is no run 'missing'"):
        find("missing")
    change(newest, name="Mine alone")
    with pytest.raises(RunError, match="'Mine alone' is the name of 2 runs: "):
        find("Mine alone")


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", ["", " ", "\n", "\t "])
def test_an_empty_name_finds_no_run(finished, name, exact):
    with pytest.raises(RunError, match="no run was named"):
        find(name, exact=exact, unreadable=True)


def test_exact_accepts_neither_a_beginning_nor_last(finished):
    assert find(finished.id, exact=True) == find(finished.name, exact=True) == finished
    for name in (finished.id[:-1], finished.name[:-1], "last"):
        with pytest.raises(RunError, match=r"there is no run .* full id or name is needed"):
            find(name, exact=True)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": ""}, "has 0 characters: use 1 to 200"),
        ({"name": " \n"}, "has 0 characters: use 1 to 200"),
        ({"name": "x" * 201}, "has 201 characters: use 1 to 200"),
        ({"tags": ["good", ""]}, "the tag '' is not allowed"),
        ({"tags": ["one,two"]}, "the tag 'one,two' is not allowed: use 1 to 40 characters and no comma"),
        ({"tags": ["x" * 41]}, "is not allowed"),
        ({"tags": map(str, range(11))}, "11 tags are too many: use at most 10"),
        ({"name": "Good", "tags": [" "]}, "the tag '' is not allowed"),
    ],
)
def test_a_refused_change_changes_nothing(finished, wanted, words):
    before = contents(finished)
    with pytest.raises(RunError, match=words):
        change(finished, **wanted)
    assert contents(finished) == before


def test_the_longest_name_and_the_most_tags_are_kept_in_full(finished):
    tags = [f"{i}".rjust(40, "t") for i in range(10)]
    changed = change(finished, name="x" * 200, tags=tags)
    assert (changed.name, changed.tags) == ("x" * 200, tuple(tags))


@pytest.mark.parametrize("kind", ["finished", "shipped"])
def test_a_pin_is_kept_with_the_run_and_changes_nothing_else(kind, request):
    run = request.getfixturevalue(kind)
    before = contents(run)
    assert not run.pinned
    for _ in range(2):
        assert pin(run) == open_run(run.id)
        assert open_run(run.id).pinned
    assert contents(run) == {**before, filenames.PINNED: b""}
    for _ in range(2):
        assert pin(run, False) == open_run(run.id) == run
    assert contents(run) == before


def test_a_deleted_run_is_not_pinned(finished):
    delete(finished)
    with pytest.raises(RunError, match=f"{finished.id} can't be pinned: there is no .*{finished.id}$"):
        pin(finished)
    assert not finished.path.exists()


def test_a_shipped_run_is_protected(shipped):
    before = contents(shipped)
    for wanted in ({"name": "Mine"}, {"tags": ["mine"]}, {"tags": []}, {}):
        with pytest.raises(RunError, match="is included with the project and protected"):
            change(shipped, **wanted)
    assert contents(shipped) == before


def test_renaming_and_tagging_at_the_same_time_keeps_both_changes(finished, monkeypatch):
    """Each reads about.json, changes its part and writes it back; here with a delay in between."""
    read_about = folders.read_about

    def slow(run):
        about = read_about(run)
        time.sleep(0.05)
        return about

    monkeypatch.setattr(folders, "read_about", slow)
    for n in range(5):
        wanted = ({"name": f"Name {n}"}, {"tags": [f"tag {n}"]})
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: change(finished, **one), wanted))
        now = open_run(finished.id)
        assert (now.name, now.tags) == (f"Name {n}", (f"tag {n}",))
        assert (finished.path / filenames.CARD).read_text().startswith(f"# Name {n}\n")


def test_a_name_given_during_training_stays_on_the_card(stopped):
    """The training process still has the name from its start."""
    change(stopped, name="New")
    write_card(stopped)
    assert (stopped.path / filenames.CARD).read_text().startswith("# New\n")


def test_files_of_a_killed_change_are_cleaned_up_by_the_next(finished):
    for name in (filenames.ABOUT, filenames.CARD):
        (finished.path / f".{name}-left").write_bytes(b"half")
    change(finished, name="Another")
    assert not list(finished.path.glob(".*"))


def test_a_folder_that_can_not_be_written_is_reported_and_stays_unchanged(finished, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    before = contents(finished)
    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", full)
        with pytest.raises(RunError, match=f"{finished.id} can't be changed: No space left on device"):
            change(finished, name="Another")
    assert contents(finished) == before


@pytest.fixture(scope="module")
def lasting(_finished, tmp_path_factory):
    """A folder with a finished run, which keeps its changes from one example to the next."""
    folder = tmp_path_factory.mktemp("lasting")
    shutil.copytree(_finished.path, folder / "a-run")
    (folder / "a-run" / filenames.WEIGHTS).unlink()  # so that reading all its files is quick
    return folder


@given(st.text(max_size=210), st.lists(st.text(max_size=45), max_size=11))
@example("half a pair \ud800", ["\udcff"])
@example("two\nlines", ["a\ttab", "\x1b[31m"])
@example("\u2028", ["\u200b"])
@example("\0", ["\0"])
@settings(max_examples=60)
def test_any_name_and_tags_are_either_kept_or_refused_without_a_change(lasting, name, tags):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(lasting))
        run = open_run("a-run")
        before = contents(run)
        try:
            changed = change(run, name=name, tags=tags)
        except RunError as error:
            assert contents(run) == before
            assert str(error)
            return
        assert changed == open_run("a-run")
    assert changed.name == printable(name).strip() != ""
    assert len(changed.tags) == len({printable(tag).strip() for tag in tags}) <= folders.MOST_TAGS
    assert all(tag.isprintable() and len(tag) <= folders.LONGEST_TAG for tag in changed.tags)
    assert (run.path / filenames.CARD).read_text(encoding="utf-8").startswith(f"# {changed.name}\n")


# --------------------------------------------------------------------------------------------------------- foreign tags


@pytest.mark.parametrize("tags", [None, "word", 3, {"a": 1}, [], True], ids=repr)
def test_tags_that_are_not_a_list_are_ignored(finished, tags):
    files.replace(finished.path / filenames.ABOUT, files.to_json({**read_about(finished), "tags": tags}))
    assert open_run(finished.id).tags == ()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=15)))
def test_a_run_with_any_tags_is_readable_and_they_are_short_and_printable(tmp_path_factory, tags):
    with pytest.MonkeyPatch.context() as patch:
        runs = tmp_path_factory.getbasetemp() / "tagged"
        shutil.rmtree(runs, ignore_errors=True)
        patch.setenv("AE_CHECKPOINTS", str(runs))
        run = create(tiny())
        (run.path / filenames.ABOUT).write_text(json.dumps({**read_about(run), "tags": tags}))
        (read,) = list_runs()
    assert len(read.tags) <= folders.MOST_TAGS
    assert all(tag.isprintable() and len(tag) <= folders.LONGEST_TAG for tag in read.tags)
