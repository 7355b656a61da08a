"""The table in the README says what was measured, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import quick

from ae.cli.main import main
from ae.data import datasets
from ae.presets import PRESETS, preset
from ae.runs import folders
from ae.runs.recording import record
from benchmarks import __main__ as command
from benchmarks import keeping, quality, table, training

ABOUT = {"date": "2026-01-02", "machine": "an abacus", "versions": {"torch": "9.9"}}
ROW = {
    "preset": "best",
    "code_size": 8,
    "parameters": 1234,
    "test_mse": 0.0123,
    "validation_loss": 0.0111,
    "active_units": 8,
    "recognition_rate": 0.95,
    "knn_accuracy": 0.97,
    "denoising": {s: {"psnr": 12.0, "ssim": 0.5, "recognition_rate": 0.4} for s in ("0.3", "0.5")},
}
QUALITY = {**ABOUT, "sigmas": [0.3, 0.5], "rows": [ROW], "filters": {}, "pca": {"8": 0.0374}}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Keep results in this test's own folder; gives what keeps one under a name."""
    monkeypatch.setattr(keeping, "FOLDER", tmp_path)
    return lambda name, result: (tmp_path / f"{name}.json").write_text(json.dumps(result))


def test_the_readme_carries_the_table_as_it_was_measured():
    text = table.README.read_text()
    assert text.split(table.BEGIN)[1].split(table.END)[0].strip() == table.words()
    assert "**Reconstruction" in table.words()


def test_only_what_stands_between_the_marks_is_replaced(kept, tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    monkeypatch.setattr(table, "README", readme)
    kept("quality", QUALITY)
    for _ in range(2):
        table.into_readme()
        assert readme.read_text() == f"before\n{table.BEGIN}\n\n{table.words()}\n\n{table.END}\nafter\n"


def test_what_was_never_measured_is_not_in_the_table(kept):
    assert table.words() == ""
    kept("quality", QUALITY)
    assert "**Reconstruction" in table.words()
    assert "nats" not in table.words()
    assert "Seconds" not in table.words()


def test_a_figure_is_the_mean_of_its_seeds_with_the_least_and_the_most(kept):
    kept("quality", {**QUALITY, "rows": [{**ROW, "test_mse": value} for value in (0.01, 0.02, 0.06)]})
    (line,) = [line for line in table.words().splitlines() if "1,234" in line]
    assert "| 0.0300 (0.0100 to 0.0600) |" in line
    assert line.endswith("| 3 |")
    assert "an abacus" in table.words()


@given(st.lists(st.tuples(st.sampled_from(["best", "fast"]), st.sampled_from([2, 8])), max_size=9))
def test_every_run_is_in_the_group_of_its_preset_and_code(pairs):
    rows = [{"preset": name, "code_size": size, "seed": seed} for seed, (name, size) in enumerate(pairs)]
    groups = dict(table.grouped(rows))
    assert sorted(row["seed"] for group in groups.values() for row in group) == list(range(len(pairs)))
    for (name, size), group in groups.items():
        assert all((row["preset"], row["code_size"]) == (name, size) for row in group)


def test_what_is_planned_exists_and_has_a_name_in_the_table():
    for name, sizes, seeds in quality.PLAN:
        assert name in PRESETS
        assert name in table.NAMES
        assert set(sizes) <= {*PRESETS[name].code_sizes, PRESETS[name].recipe.code_size}
        assert seeds > 0


def test_a_run_counts_if_it_has_finished_by_that_very_recipe(runs, few, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)
    recipe = quick()
    list(record(folders.create(quick(seed=1))))
    begun = folders.create(recipe)
    next(record(begun))
    assert training.finished(recipe) is None
    list(record(folders.create(recipe)))
    assert training.finished(recipe).recipe == recipe


def test_what_was_interrupted_is_gone_on_with_and_what_has_finished_is_taken(runs, monkeypatch):
    commands = []

    def run(command, **_):
        commands.append(command[3:])
        assert main(command[3:]) == 0

    monkeypatch.setattr(training.subprocess, "run", run)
    changes = {"dataset": "digits", "epochs": 2, "device": "cpu"}
    begun = folders.create(preset("fast", **changes))
    next(record(begun))
    for _ in range(2):
        assert training.trained("fast", **changes) == begun
    assert commands == [["resume", begun.id]]
    assert training.trained("fast", **changes, seed=1).recipe.seed == 1
    assert commands[1][0] == "train"


def test_a_result_says_when_and_where_and_is_the_last_line(kept, capsys):
    keeping.keep("speed", {"n": 3})
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result == keeping.kept("speed")
    assert {"benchmark", "date", "machine", "versions", "n"} <= set(result)


def test_the_table_is_printed_by_a_command(kept, monkeypatch, capsys):
    kept("quality", QUALITY)
    monkeypatch.setattr("sys.argv", ["benchmarks", "table"])
    command.main()
    assert capsys.readouterr().out.strip() == table.words()
