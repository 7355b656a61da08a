"""The command ``sweep`` shows its grid, refuses what can't be, and asks before it begins; ``compare --sweep``."""

import json

import pytest
from tiny import tiny

from ae.cli import sweeping as command
from ae.presets import CALM
from ae.runs import estimate, reading, sweeping
from ae.runs.folders import list_runs
from ae.runs.grid import Grid
from ae.runs.recording import record

SWEEP = ("sweep", "--preset", "lab", "--dataset", "digits", "-e", "1", "--device", "cpu", "-z", "2", "4")


@pytest.fixture(autouse=True)
def untimed(monkeypatch):
    """An epoch takes two seconds."""
    monkeypatch.setattr(estimate, "timed", lambda recipe, threads: 2.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vary", "speed=1,2"), "'speed' can't be varied: choose from model, "),
        (("--vary", "learning_rate"), "write a setting and its values, as learning_rate=1e-3,4e-3"),
        (("--vary", "learning-rate=fast"), "learning_rate 'fast' is not a number: use one from "),
        (("--vary", "noise=0.1", "noise=0.2"), "noise is given twice"),
        (("--vary", "noise=0.1", "--noise", "0.2"), "noise is given twice"),
        (("--seeds", "0-999"), "1,000 seeds are too many: a sweep has at most 400 runs"),
        (("--seeds", "0-299"), "600 runs are too many: a sweep has at most 400"),
        (("--seeds", "x"), "'x' is not a seed or a range of seeds"),
        (("--name", "a,b", "--yes"), "'a,b' can't be a sweep's name"),
        (("--workers", "0"), "0 workers: use 1 to "),
        ((), "there is no terminal to ask in: add --yes to begin"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_creates_nothing(call, arguments, words):
    code, _, complaint = call(*SWEEP, *arguments)
    assert code == 2
    assert words in complaint and complaint.splitlines()[-1].startswith("python -m ae: ")
    assert list_runs() == []


def test_the_grid_and_its_time_are_shown_before_it_asks(call):
    _, printed, _ = call(
        *SWEEP, "--seeds", "0-2", "--vary", "code_activation=relu,none", "--name", "mine", "--workers", "1"
    )
    assert printed.splitlines() == [
        "Sweep mine",
        "  code_size: 2, 4",
        "  code_activation: relu, none",
        "  seed: 0, 1, 2",
        "12 runs",
        "12 to train, in about 24 s",
    ]


def test_a_sweep_that_varies_the_noise_trains_all_its_runs_at_the_rate_that_suits_it(call, monkeypatch):
    made = []
    monkeypatch.setattr(command, "Grid", lambda base, varied: made.append(Grid(base, varied)) or made[-1])
    for more in ((), ("--learning-rate", "0.008")):
        call("sweep", "--preset", "fast", "--dataset", "digits", "--vary", "noise=0,0.4", *more)
    adapted, given = ({(each.noise, each.learning_rate) for each in grid.recipes()} for grid in made)
    assert adapted == {(0.0, CALM), (0.4, CALM)}
    assert given == {(0.0, 0.008), (0.4, 0.008)}


def test_the_time_is_that_of_runs_like_these(finished):
    other = tiny(seed=3, epochs=10, code_size=9)
    seconds = estimate.measured([other, other], [finished], threads=0)
    per_epoch = [line.seconds for line in reading.read_history(finished) if line.epoch]
    assert seconds == pytest.approx(20 * sum(per_epoch) / 2)
    assert not estimate.measured([tiny(model="conv")], [finished], threads=0) > 0
    assert not estimate.measured([other], [finished], threads=64) > 0


@pytest.mark.usefixtures("on_few")
def test_a_finished_sweep_is_compared(call, tmp_path):
    wanted = Grid(tiny(epochs=1), {"code_size": (2, 4), "seed": (0, 1)})
    for run in sweeping.create(wanted, "mine", "lab"):
        list(record(run))
    arguments = ("--preset", "lab", "--dataset", "digits", "-e", "1", "-b", "256", "--validation-images", "16")
    same = ("sweep", *arguments, "--device", "cpu", "--precision", "fp32", "-z", "2", "4", "--seeds", "0-1")
    code, printed, _ = call(*same, "--name", "other")
    assert code == 0 and "4 runs: 4 finished already" in printed and "Nothing is left to train." in printed
    code, printed, _ = call("compare", "--sweep", "other", "--csv", tmp_path / "table.csv")
    assert code == 0
    assert printed.splitlines()[0].split() == ["code_size", "Test", "MSE", "Std.", "dev.", "Min", "Max", "Runs"]
    assert "The lowest test MSE is " in printed and "code_size explains " in printed
    assert (tmp_path / "table.csv").read_text().splitlines()[0] == "code_size,mean,sd,least,most,runs"
    code, printed, _ = call("compare", "--sweep", "mine", "--json")
    found = json.loads(printed)
    assert [each["runs"] for each in found["groups"]] == [2, 2] and len(found["runs"]) == 4
    assert sum(found["explained"].values()) == pytest.approx(1)


def test_a_sweep_that_is_not_there_is_named(call, finished):
    code, _, complaint = call("compare", "--sweep", "mine")
    assert code == 2 and "there is no sweep 'mine': start one with python -m ae sweep" in complaint
    code, _, complaint = call("compare", finished.id, "--sweep", "mine")
    assert code == 2 and "--sweep compares all runs of a sweep" in complaint


def test_a_sweep_of_unfinished_runs_says_so(call, runs):
    sweeping.create(Grid(tiny(), {"seed": (0, 1)}), "mine", "lab")
    assert "None of the 2 runs is finished yet." in call("compare", "--sweep", "mine")[1]
