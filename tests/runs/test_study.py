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


def test_the_finding_is_what_the_numbers_say():
    two, eight, sixteen = runs = [a_run(str(size), code_size=size) for size in (2, 8, 16)]
    names = {run: f"{run.name} · Lab" for run in runs}
    errors = {two: 0.0323, eight: 0.0105, sixteen: 0.0047}
    falling = "16 numbers for each image instead of 2 lower the error by 85%"
    assert finding(names, errors, PCA) == f"{falling}."
    better = {two: 0.886, eight: 0.98, sixteen: 0.987}
    known = "and 98.7% of the test digits are still recognised instead of 88.6%"
    assert finding(names, errors, PCA, better) == f"{falling}, {known}."
    assert finding(names, errors, PCA, dict.fromkeys(runs, 0.9)) == f"{falling}."
    rising = finding(names, {two: 0.01, eight: 0.02, sixteen: 0.03}, PCA)
    assert rising == "2 · Lab comes closest to the originals: its error is 67% lower than that of 16 · Lab."
    equal = finding(names, dict.fromkeys(runs, 0.02), PCA)
    assert "come equally close to the originals" in equal
    one = finding({eight: "8 · Lab"}, {eight: 0.0085}, PCA, {eight: 0.98})
    start = "8 · Lab puts each image into 8 numbers"
    linear = "its error is 76% of that of the best linear method with as many"
    assert one == f"{start}: {linear}, and 98.0% of the test digits are still recognised."
    assert finding({eight: "8 · Lab"}, {eight: 0.0085}, []) == f"{start}."
    better = dataclasses.replace(eight, recipe=tiny(code_size=8, epochs=9), name="better")
    for order in itertools.permutations([eight, better]):
        said = finding({run: run.name for run in order}, {eight: 0.02, better: 0.01}, PCA)
        assert said.startswith("With 8 numbers for each image, better comes closest to the originals")
        assert said.endswith("50% lower than that of 8.")
