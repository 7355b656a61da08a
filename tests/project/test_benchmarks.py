"""The documents quote the kept results and nothing else; measuring changes no tracked file."""

import json
import subprocess
from pathlib import Path

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
from benchmarks import headlines, keeping, markdown, quality, table, training

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
    """Redirect both folders of results to this test's own; return a function that writes a kept result."""
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(keeping, "RESULTS", tmp_path / "results")
    (tmp_path / "kept").mkdir()
    return lambda name, result: (tmp_path / "kept" / f"{name}.json").write_text(json.dumps(result))


def tables() -> str:
    return table.tables(keeping.kept())


def between_the_marks(path: Path) -> str:
    return path.read_text(encoding="utf-8").split(table.BEGIN)[1].split(table.END)[0].strip()


def test_both_documents_quote_the_kept_results():
    assert between_the_marks(table.ROOT / "docs" / "BENCHMARKS.md") == tables()
    assert between_the_marks(table.ROOT / "README.md") == headlines.headlines(keeping.kept())
    assert "## Reconstruction" in tables()
    assert "test MSE" in between_the_marks(table.ROOT / "README.md")


def test_new_results_go_to_a_folder_that_git_ignores():
    new = keeping.RESULTS / "speed.json"
    assert subprocess.run(["git", "check-ignore", "-q", new], cwd=table.ROOT, check=False).returncode == 0
    assert subprocess.run(["git", "check-ignore", "-q", keeping.KEPT], cwd=table.ROOT, check=False).returncode == 1


def test_measuring_changes_no_kept_result_until_it_is_kept(kept, tmp_path):
    kept("quality_time", {"n": 1})
    keeping.save("quality_time", {"n": 9})
    assert keeping.kept()["quality_time"]["n"] == 1
    assert keeping.newest()["quality_time"]["n"] == 9
    keeping.keep(["quality-time"])
    assert keeping.kept()["quality_time"]["n"] == 9
    with pytest.raises(ValueError, match=r"no new result 'speed'.*quality_time"):
        keeping.keep(["speed"])


def test_only_the_text_between_the_marks_is_replaced(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    documents = [tmp_path / "README.md", tmp_path / "docs" / "BENCHMARKS.md"]
    for document in documents:
        document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    kept("quality", QUALITY)
    for _ in range(2):
        table.write()
        for document, text in zip(documents, (headlines.headlines(keeping.kept()), tables()), strict=True):
            assert document.read_text() == f"before\n{table.BEGIN}\n\n{text}\n\n{table.END}\nafter\n"


def test_benchmarks_without_a_result_are_not_in_the_tables(kept):
    assert tables() == headlines.headlines(keeping.kept()) == ""
    kept("quality", QUALITY)
    assert "## Reconstruction" in tables()
    assert "nats" not in tables()
    assert "Seconds" not in tables()
    assert "second" not in headlines.headlines(keeping.kept())


def test_a_figure_is_the_mean_of_its_seeds_with_the_least_and_the_most(kept):
    kept("quality", {**QUALITY, "rows": [{**ROW, "test_mse": value} for value in (0.01, 0.02, 0.06)]})
    (line,) = [line for line in tables().splitlines() if "1,234" in line]
    assert "| 0.0300 (0.0100 to 0.0600) |" in line
    assert line.endswith("| 3 |")
    assert "an abacus" in tables()


def test_a_single_seed_has_no_range_and_a_figure_of_fewer_seeds_has_their_number():
    assert markdown.spread([{"nats": 139.41}], "nats", "{:.1f}") == "139.4"
    assert markdown.spread([{"rate": 0.5}, {}], "rate", "{:.0%}") == "50% (n = 1)"
    assert markdown.spread([{}, {}], "rate", "{:.0%}") == "–"


def test_validation_and_test_loss_are_distinguished(kept):
    lab = {**ROW, "preset": "lab", "parameters": 77, "test_loss": 0.0456}
    del lab["validation_loss"]
    kept("quality", {**QUALITY, "rows": [ROW, lab]})
    section = tables().split("## Denoising")[0].splitlines()
    heads, _, *lines = [line.split(" | ") for line in section if line.startswith("|")]
    cells = [dict(zip(heads, line, strict=True)) for line in lines]
    assert [cell["validation MSE"] for cell in cells] == ["0.0111", "–"]
    assert [cell["validation images"] for cell in cells] == ["5,000", "none"]


def test_kept_rows_have_the_loss_of_their_split_and_no_recognition_rate_of_a_biased_sample():
    for row in keeping.kept()["quality"]["rows"]:
        validated = PRESETS[row["preset"]].recipe.validation_images > 0
        assert ("validation_loss" in row, "test_loss" in row) == (validated, not validated), row["preset"]
        assert not [key for key in row if key.startswith("recognition_rate_")]


@given(st.lists(st.tuples(st.sampled_from(["best", "fast"]), st.sampled_from([2, 8])), max_size=9))
def test_every_run_is_in_the_group_of_its_preset_and_code(pairs):
    rows = [{"preset": name, "code_size": size, "seed": seed} for seed, (name, size) in enumerate(pairs)]
    groups = markdown.grouped(rows)
    assert sorted(row["seed"] for group in groups.values() for row in group) == list(range(len(pairs)))
    for (name, size), group in groups.items():
        assert all((row["preset"], row["code_size"]) == (name, size) for row in group)


def test_every_planned_preset_exists():
    for name, sizes, seeds in quality.PLAN:
        assert name in PRESETS
        assert set(sizes) <= {*PRESETS[name].code_sizes, PRESETS[name].recipe.code_size}
        assert seeds > 0


def test_a_run_counts_if_it_has_finished_with_exactly_that_recipe(runs, few, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)
    recipe = quick()
    list(record(folders.create(quick(seed=1))))
    begun = folders.create(recipe)
    next(record(begun))
    assert training.finished(recipe) is None
    list(record(folders.create(recipe)))
    assert training.finished(recipe).recipe == recipe


def test_an_interrupted_run_is_resumed_and_a_finished_one_is_used(runs, monkeypatch):
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


def test_a_result_has_its_date_and_machine_and_is_the_last_line(kept, capsys):
    keeping.save("speed", {"n": 3})
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result == keeping.newest()["speed"]
    assert {"benchmark", "date", "machine", "versions", "n"} <= set(result)


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["benchmarks", *words])
    command.main()


def test_the_tables_are_printed_by_a_command(kept, monkeypatch, capsys):
    kept("quality", QUALITY)
    run(monkeypatch, "table")
    assert capsys.readouterr().out.strip() == tables()


def test_an_unknown_benchmark_is_refused_before_anything_is_measured(kept, monkeypatch, capsys):
    monkeypatch.setattr(command.speed, "measure", lambda n: pytest.fail("measured"))
    for words in (["speed", "spede"], ["keep", "speed"]):
        with pytest.raises(SystemExit):
            run(monkeypatch, *words)
        assert "choose from" in capsys.readouterr().err
