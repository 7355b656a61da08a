"""Loss curves show the history, and never label a test loss as a validation loss."""

from collections import defaultdict

from histories import SPLIT, UNSPLIT, history
from hypothesis import given
from hypothesis import strategies as st

from ae.plots import loss_curve
from ae.plots.colours import TEST, VALIDATION
from ae.plots.style import LONGEST, POINTS
from ae.recipe import Recipe

COLOURS = defaultdict(lambda: "#00ff00", A="#ff0000", B="#0000ff")


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_validation_and_test_loss_have_two_names_and_two_colours():
    drawn = {}
    for recipe in (SPLIT, UNSPLIT):
        figure = loss_curve.loss_curve(history(recipe), recipe)
        (batches, training, monitored) = figure.data
        assert (batches.name, training.name) == ("Each batch", "Training")
        assert list(monitored.y) == [line.monitored_loss for line in history(recipe)]
        assert list(training.y) == [line.training_loss for line in history(recipe)]
        drawn[monitored.name] = monitored.line.color
    assert drawn == {"Validation": VALIDATION, "Test (no validation split)": TEST}
    assert VALIDATION != TEST


def test_a_training_loss_of_changed_images_is_marked():
    for changes, label in (
        ({"noise": 0.3}, "Training (noisy images)"),
        ({"augmentation": 1.0}, "Training (augmented images)"),
    ):
        recipe = Recipe(validation_images=5000, **changes)
        assert label in traces(loss_curve.loss_curve(history(recipe), recipe))
        together = loss_curve.curves(
            {"A": (SPLIT, history(SPLIT)), "B": (recipe, history(recipe))},
            colours=COLOURS,
            of=["validation", "training"],
        )
        first, _, second, marked = together.data
        assert [first.name, second.name, marked.name] == ["A", "B", f"B · t{label[1:]}"]


def test_among_several_runs_a_test_loss_is_marked_by_name_and_dash():
    runs = {"A": (SPLIT, history(SPLIT)), "B": (UNSPLIT, history(UNSPLIT))}
    figure = loss_curve.curves(runs, colours=COLOURS, of=["validation"])
    assert [(trace.name, trace.line.dash) for trace in figure.data] == [
        ("A", "solid"),
        ("B · test (no validation split)", "dash"),
    ]
    long = loss_curve.curves({"A" * 200: runs["B"]}, colours=COLOURS, of=["validation"]).data[0].name
    assert long.endswith(" · test (no validation split)") and len(long) <= LONGEST
    assert "test loss dashed" in figure.layout.title.text
    assert "test" not in loss_curve.curves({"A": runs["A"]}, colours=COLOURS, of=["validation"]).layout.title.text
    both = loss_curve.curves(runs, colours=COLOURS, of=["validation", "training"])
    assert [trace.line.dash for trace in both.data] == ["solid", "dot", "dash", "dot"]
    assert [trace.line.color for trace in both.data[:2]] != [trace.line.color for trace in both.data[2:]]


def test_against_seconds_an_epoch_is_at_the_total_training_time_so_far():
    figure = loss_curve.curves({"A": (SPLIT, history(SPLIT))}, colours=COLOURS, of=["training"], against="seconds")
    assert list(figure.data[0].x) == [2.0, 4.0, 6.0, 8.0, 10.0]


@given(st.integers(0, 3000), st.integers(0, 40))
def test_a_long_history_is_thinned_but_keeps_its_ends(epochs, batches):
    figure = loss_curve.loss_curve(history(SPLIT, epochs, batches), SPLIT)
    drawn, training, _ = figure.data
    assert len(training.x) <= POINTS
    assert (training.x[0], training.x[-1]) == (0, epochs)
    assert len(drawn.x) <= 2 * POINTS + 40
    assert all(0 <= x <= epochs for x in drawn.x)


def test_the_axis_does_not_move_while_the_run_trains():
    ranges = {loss_curve.loss_curve(history(SPLIT)[:n], SPLIT).layout.xaxis.range for n in range(5)}
    assert len(ranges) == 1


def test_each_restart_of_the_schedule_is_marked():
    longer = Recipe(validation_images=5000, epochs=9, schedule="one-cycle", restarts=(4, 6))
    figure = loss_curve.loss_curve(history(longer, 9), longer)
    assert [shape.x0 for shape in figure.layout.shapes] == [4, 6]
    assert not loss_curve.loss_curve(history(SPLIT), SPLIT).layout.shapes


def test_a_run_without_epochs_says_where_its_curve_will_appear():
    assert loss_curve.loss_curve([], SPLIT).layout.annotations
    assert not loss_curve.loss_curve(history(SPLIT), SPLIT).layout.annotations


def test_the_axis_names_the_loss_of_the_recipe():
    for recipe, unit in (
        (SPLIT, "Squared error per pixel"),
        (Recipe(loss="bce"), "Cross-entropy per pixel (nats)"),
        (Recipe(model="vae", code_activation="none", beta=1.0), "Squared error per pixel + KL"),
    ):
        assert loss_curve.loss_curve([], recipe).layout.yaxis.title.text == unit


def test_names_in_a_legend_are_text_of_bounded_length():
    name = "<a href='https://example.org'>x</a> & " + "y" * 200
    runs = {name: (SPLIT, history(SPLIT)), "B": (SPLIT, history(SPLIT))}
    figure = loss_curve.curves(runs, colours=COLOURS, of=["validation"])
    shown = figure.data[0].name
    assert shown.startswith("&lt;a href=") and "<" not in shown and "&amp;" in shown
    assert len(shown) < 2 * LONGEST
