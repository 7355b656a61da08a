"""Which runs are compared first, and what is said about them."""

import dataclasses
import itertools
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tiny import tiny

from ae.runs.folders import Run
from ae.runs.study import bottleneck_study, families, finding, to_compare

PCA = [0.1 / (size + 1) for size in range(785)]


def a_run(name, *, shipped=False, **recipe):
    return Run(Path(name), tiny(**recipe), name, "lab", "", shipped)


def sizes(runs):
    return [run.recipe.code_size for run in runs]


def test_a_study_is_of_one_recipe_and_has_the_sizes_2_8_and_16_where_it_can():
    lab = [a_run(f"lab {size}", code_size=size) for size in (32, 16, 8, 4, 2)]
    other = [a_run(f"other {size}", code_size=size, epochs=9) for size in (2, 4, 8)]
    assert sizes(bottleneck_study([*other, *lab])) == [2, 8, 16]
    assert bottleneck_study([*other, *lab[:2]]) == other
    assert sizes(bottleneck_study(lab[:4])) == [4, 16, 32]
    assert bottleneck_study([lab[0], other[0]]) == bottleneck_study([]) == []


def test_shipped_studies_come_before_larger_ones_but_after_that_of_the_current_run():
    shipped = [a_run(f"shipped {size}", shipped=True, code_size=size, epochs=7) for size in (2, 8, 16)]
    own = [a_run(f"own {size}", code_size=size) for size in (2, 4, 8, 16, 30)]
    assert bottleneck_study([*own, *shipped]) == shipped
    assert sizes(bottleneck_study([*own, *shipped], own[1])) == [2, 4, 8, 16]
    alone, elsewhere = a_run("alone", epochs=3), a_run("elsewhere", dataset="kmnist")
    assert to_compare([*shipped, alone], alone) == [*shipped, alone]
    assert to_compare([*shipped, elsewhere], elsewhere) == []
    assert to_compare(shipped, alone) == to_compare(shipped, None) == shipped  # alone has not finished


@given(st.lists(st.tuples(st.sampled_from([2, 4, 8, 16]), st.integers(1, 3), st.integers(0, 2))))
def test_no_study_shows_two_runs_that_are_alike(made):
    runs = [a_run(str(at), code_size=size, epochs=n, seed=seed) for at, (size, n, seed) in enumerate(made)]
    for current in (None, *runs):
        found = bottleneck_study(runs, current)
        assert sizes(found) == sorted(set(sizes(found)))
        assert len({run.recipe.epochs for run in found}) <= 1
    assert sum(len(family) for family in families(runs)) == len({(size, n) for size, n, _ in made})


def said(*arguments):
    """Return a finding as the screen shows it, the point in stars."""
    point, more = finding(*arguments)
    return f"*{point}* {more}".strip()


def test_the_finding_is_what_the_numbers_say():
    two, eight, sixteen = runs = [a_run(str(size), code_size=size) for size in (2, 8, 16)]
    names = {run: f"{run.name} · Lab" for run in runs}
    errors = {two: 0.0323, eight: 0.0105, sixteen: 0.0047}
    falling = "*From 2 to 16 units: 85% less error.*"
    assert said(names, errors, PCA) == falling
    rates = {sixteen: 0.987, two: 0.886, eight: 0.98}
    assert said(names, errors, PCA, rates) == f"{falling} Test digits recognised rise from 88.6% to 98.7%."
    worse = said(names, errors, PCA, rates | {sixteen: 0.85})
    assert worse == f"{falling} Test digits recognised fall from 88.6% to 85.0%."
    rising = said(names, {two: 0.01, eight: 0.02, sixteen: 0.03}, PCA)
    assert rising == "*2 · Lab comes closest to the originals:* 67% less error than 16 · Lab."
    equal = said(names, dict.fromkeys(runs, 0.02), PCA)
    assert "come equally close to the originals" in equal
    better = dataclasses.replace(eight, recipe=tiny(code_size=8, epochs=9), name="better")
    for order in itertools.permutations([eight, better]):
        two_alike = said({run: run.name for run in order}, {eight: 0.02, better: 0.01}, PCA)
        assert two_alike == "*With 8 units each, better comes closest to the originals:* 50% less error than 8."


def test_of_many_models_the_finding_is_about_the_smallest_and_the_largest():
    runs = [a_run(str(size), code_size=size) for size in (2, 4, 8, 16, 32)]
    errors, rates = ({run: 0.1 / (1 + at) for at, run in enumerate(runs)}, {run: 0.9 for run in runs})
    found = said({run: run.name for run in runs}, errors, PCA, rates)
    assert found == "*From 2 to 32 units: 80% less error.* Test digits recognised: 90.0% with both."
    again = a_run("again", code_size=2, seed=3)
    three = [runs[0], again, runs[1]]
    rates[runs[1]] = 0.95
    found = said({run: run.name for run in three}, errors | {again: 0.2}, PCA, rates | {again: 0.8})
    assert found.endswith("Test digits recognised rise from 90.0% to 95.0%.")


def test_the_finding_on_one_model_compares_it_with_the_best_linear_autoencoder():
    eight = a_run("8", code_size=8)
    names = {eight: "8 · Lab"}
    start = "8 · Lab: {} PCA, the best linear autoencoder of its size."
    assert said(names, {eight: 0.75 * PCA[8]}, PCA, {eight: 0.98}) == (
        f"*{start.format('25% less error than')}* Test digits recognised: 98.0%."
    )
    assert said(names, {eight: 1.5 * PCA[8]}, PCA) == f"*{start.format('50% more error than')}*"
    assert said(names, {eight: PCA[8]}, PCA) == f"*{start.format('as much error as')}*"
    assert said(names, {eight: 0.0085}, []) == "*8 · Lab encodes each image in 8 numbers.*"
