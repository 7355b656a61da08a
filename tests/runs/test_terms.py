"""The history of a run has its loss's terms, where there are any; earlier histories are read without."""

import csv

import pytest
from tiny import tiny

from ae.plots.loss_curve import parts
from ae.plots.loss_lines import draw
from ae.runs import filenames, files, folders, queue, reading
from ae.runs.recording import record

pytestmark = pytest.mark.usefixtures("on_few")
VAE = {"model": "vae", "code_activation": "none", "beta": 1.0}
WITHOUT = "epoch,training_loss,validation_loss,test_loss,learning_rate,seconds,active_units,batch_losses"


def recorded(**changes):
    run = folders.create(tiny(**changes))
    return run, list(record(run))


def header(run):
    return (run.path / filenames.HISTORY).read_text().partition("\n")[0]


@pytest.mark.parametrize("changes", [VAE, {"penalty": "l1", "penalty_weight": 0.5}, {"validation_images": 0, **VAE}])
def test_the_terms_are_columns_of_the_history_and_come_back_as_they_were(changes):
    run, epochs = recorded(**changes)
    assert header(run) == f"{WITHOUT},training_error,monitored_error"
    lines = reading.read_history(run)
    assert [line.training_error for line in lines] == [epoch.training_error for epoch in epochs]
    assert [line.monitored_error for line in lines] == [epoch.monitored_error for epoch in epochs]
    with (run.path / filenames.HISTORY).open(newline="") as file:
        assert [float(row["monitored_error"]) for row in csv.DictReader(file)] == [x.monitored_error for x in epochs]


def test_the_history_of_a_loss_without_terms_is_written_as_before():
    run, _ = recorded()
    assert header(run) == WITHOUT
    assert not parts(reading.read_history(run), run.recipe)
    assert len(draw([run], ["A"]).curves) == 2


def without_terms(run):
    """Rewrite a run's history as an earlier version would have written it."""
    path = run.path / filenames.HISTORY
    lines = [",".join(line.split(",")[:8]) for line in path.read_text().splitlines()]
    files.replace(path, ("\n".join(lines) + "\n").encode())


def test_an_earlier_run_with_a_term_is_read_drawn_and_trained_longer():
    run, _ = recorded(**VAE)
    before = reading.read_history(run)
    without_terms(run)
    assert header(run) == WITHOUT
    earlier = reading.read_history(run)
    assert earlier == [line._replace(training_error=None, monitored_error=None) for line in before]
    assert len(draw([run], ["A"]).curves) == 2  # as before: its terms are not known
    queue.extend(run, 3)
    run = folders.open_run(run.id)
    list(queue.work(run))
    lines = reading.read_history(run)
    assert lines[:3] == earlier and lines[3].monitored_error < lines[3].monitored_loss
    assert header(run).endswith(",monitored_error")


@pytest.mark.parametrize("ending", [",0.1", ",a,b", ",0.1,0.1,0.1"])
def test_a_line_with_half_its_terms_ends_the_history(ending):
    run, _ = recorded(**VAE)
    path = run.path / filenames.HISTORY
    lines = path.read_text().splitlines()
    lines[2] = ",".join(lines[2].split(",")[:8]) + ending
    path.write_text("\n".join(lines) + "\n")
    assert [line.epoch for line in reading.read_history(run)] == [0]


def test_the_terms_that_are_drawn_add_up_to_the_loss():
    run, epochs = recorded(penalty="contractive", penalty_weight=1.0, code_activation="none")
    error, added = parts(reading.read_history(run), run.recipe)
    assert (error.name, added.name) == ("Validation: error", "Validation: contraction")
    for epoch, one, other in zip(epochs, error.values, added.values, strict=True):
        assert one + other == pytest.approx(epoch.validation_loss)
    drawn = draw([run], ["A"])
    assert [curve.name for curve in drawn.curves[2:]] == [error.name, added.name]
    assert drawn.unit == "Squared error per pixel + contraction"
