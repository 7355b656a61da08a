"""Labels of runs in pickers."""

import pytest
from tiny import tiny

from ae.runs import folders
from ae.ui.run_labels import labels, short_names


@pytest.mark.parametrize("name", ["Fizz test", "Blitz z run", "jazz 4", "z 40 · mine", "bottleneck 40"])
def test_a_label_always_contains_the_bottleneck_size(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: f"{name} · bottleneck 4"}


@pytest.mark.parametrize("name", ["Fast · bottleneck 4 · MNIST", "Fast · z 4 · MNIST"])
def test_a_name_that_contains_its_bottleneck_size_is_its_own_label(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: name}


def test_runs_of_the_same_name_have_different_labels(runs):
    several = [folders.create(tiny(), name="Twin") for _ in range(3)]
    assert len(set(labels(several).values())) == 3
    assert len({*short_names(several, taken=["Twin"]).values(), "Twin"}) == 4
