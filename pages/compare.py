"""Compare: any number of runs side by side, and test loss against bottleneck size."""

import streamlit as st

from ae import ui
from ae.analysis import digit_classifier, reconstruct
from ae.data import datasets, sources
from ae.plots import bottleneck_curve, loss_curve
from ae.plots.image_grid import ERROR_NOTE, Row, signed, to_rgb
from ae.runs import comparison, reading, study, sweeping
from ae.runs.folders import Run
from ae.ui import address, cached, classes, manage, run_table, sweep_compare
from ae.ui.by_pointer import by_pointer
from ae.ui.export import export_menu
from ae.ui.image_menu import image_menu
from ae.ui.images import FEW, TRUE_CLASS, Links, image_rows
from ae.ui.measurements import RED_FRAME, captioned, classify, error_switch, measurements, original_row
from ae.ui.open_models import open_models
from ae.ui.open_sidebar import change_models
from ae.ui.pick_images import offer_worst, pick_images
from ae.ui.pick_runs import current_run, finished_here, pick_runs, readable_runs, trained_runs
from ae.ui.run_colours import run_colours
from ae.ui.run_labels import labels, short_names, with_progress

FIRST_IMAGES = {"mnist": range(75, 83)}
"""The test images at first, by dataset, among which sizes differ plainly.

Of these eight, *best* with 2 units makes three that the digit classifier takes for other digits, two of them among the
four that a phone shows, and with 8 or 16 units none; of the first eight it is one.
"""

ui.page("Compare")
runs, everything = trained_runs(), readable_runs()


def open_on() -> list[Run]:
    """Return the runs that are shown before a person chooses."""
    tagged = [run for run in runs if tag in ("", *run.tags)]
    return study.to_compare(finished_here(tagged), current_run(tagged))


sweeps = sweeping.sweeps(everything)
with st.sidebar:
    swept = sweep_compare.choose(sweeps) if sweeps else ""
if swept:
    sweep_compare.view(swept, sweeps[swept])
    st.stop()
with st.sidebar:
    tags = sorted({tag for run in runs for tag in run.tags})
    tag = ""
    if tags:
        tag = st.selectbox("Tag", ["", *tags], key="tag", bind="query-params")
    tagged = {run.id for run in runs if tag in ("", *run.tags)}
    chosen = pick_runs("Models", runs, among=tagged, first=open_on)
    ids = {run.id: run for run in chosen}
    kept = st.query_params.get("baseline")
    st.session_state["baseline"] = kept if kept in ids else chosen[0].id
    baseline = ids[st.session_state["baseline"]]
names = short_names(chosen)
colours = {names[run]: colour for run, colour in run_colours(chosen).items()}
progressed = with_progress(names)
together = [run for run in chosen if run.recipe.dataset == baseline.recipe.dataset]
models, dataset = open_models(together)
typical = FIRST_IMAGES.get(dataset.name, range(0))
with st.sidebar:
    indices = pick_images(
        dataset,
        errors=lambda: cached.test_errors(baseline if baseline in models else next(iter(models))),
        first=f"{typical[0]}-{typical[-1]}" if typical else "",
    )
    error_maps = error_switch()
    measured = measurements()
    if measured:
        st.selectbox(
            "Baseline",
            list(ids),
            key="baseline",
            format_func=labels(chosen).__getitem__,
            on_change=lambda: st.query_params.update(baseline=st.session_state["baseline"]),
            help="The run to compare the others with.",
        )
    differ = measured and st.toggle(
        "Show differences from the baseline",
        key="differ",
        bind="query-params",
        help="The table shows each value minus the baseline's: a negative difference is better in MSE, worse in PSNR.",
    )

# Without the dataset only the images of a replay are here, but the test MSE was measured on all.
saved = {run: reading.read_metrics(run).get("test_mse") for run in models}
errors = {run: saved[run] or float(cached.test_errors(run).mean()) for run in models}
pca = cached.principal_errors(dataset.name).tolist()
images = dataset.test_images[indices]
originals = datasets.to_float(images).numpy()
heads = classes.heads(dataset, indices)
classified = not digit_classifier.why_not(dataset.name)
rates = {run: reading.read_metrics(run).get("recognition_rate") for run in models}
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="noticed"):
    takeaway = st.container(width="stretch")
    change_models(list(colours.values()))
    offer_worst()
rows = [original_row(originals, indices, measured=measured)]
for run, model in models.items():
    _, reconstructed, _ = reconstruct.round_trip(model, images)
    mse = ((reconstructed - originals) ** 2).mean(axis=(1, 2, 3))
    rate = rates[run]
    row = Row(
        progressed[run],
        to_rgb(reconstructed),
        mistaken=classify(reconstructed, heads)[1] if classified else {},
        colour=colours[names[run]],
        scores=[f"Test MSE {errors[run]:.4f}", *([f"{rate:.1%} recognised"] if rate is not None else [])],
    )
    rows += captioned(row, {"MSE": [f"{value:.4f}" for value in mse]} if measured else {})
    if error_maps:
        rows.append(Row("Error", signed(reconstructed - originals)))
recognised = {run: rate for run, rate in rates.items() if rate is not None}
known = recognised if len(recognised) == len(rates) else None
said = study.finding({run: names[run] for run in models}, errors, pca, known)
point = f"**{ui.plain(said.point)}** {ui.plain(said.more)}"
with takeaway:
    by_pointer("takeaway", mouse=point, finger=point + " Swipe for more images." * (len(indices) > FEW))
for sentence in comparison.warnings(chosen, baseline, names):
    st.caption(f":material/info: {ui.plain(sentence)}")
by = st.session_state["by"]
notes = [f"The images that {names[baseline]} reconstructs {by.split()[0].lower()}."] if by.endswith("first") else []
shares = " and % recognised" if known else ""
notes += [f"Error (test MSE){shares}: all {len(dataset.test_images):,} test images."]
notes += [RED_FRAME] if any(row.mistaken for row in rows) else []
notes += [ERROR_NOTE] if error_maps else []
several = len({run.recipe.code_size for run in models}) > 1
notes += (
    ["These images were chosen because bottleneck sizes differ plainly on them."]
    if several and [*indices] == [*typical]
    else []
)
image_rows(
    rows,
    heads=heads,
    head=TRUE_CLASS,
    alt="The same test images through every model",
    largest=88,
    file="comparison",
    title=f"The same test images of {sources.find(dataset.name).title} through every model",
    note=" ".join(notes),
    links=Links(dataset.name, indices, {names[run]: run.id for run in models}),
    swipe=True,
)
image_menu(dataset, list(models))

found = run_table.of(chosen)
found["Run"] = [progressed[run] for run in chosen]
if measured or len(models) < len(chosen):  # what the rows and the charts leave out is at least in the table
    unsplit = sum(not run.recipe.validation_images and not run.recipe.imported for run in chosen)
    ui.table(
        run_table.differences(found, baseline.id) if differ else found,
        key="table",
        caption=(f"Differences from {ui.plain(names[baseline])}. " if differ else "")
        + "Choose between models by validation loss: test images used to choose one are no longer an independent "
        "check."
        + (f" {unsplit} of these runs ha{'s' if unsplit == 1 else 've'} no validation split." if unsplit else ""),
        colours=list(colours.values()),
        formats=run_table.FORMATS | run_table.DIFFERENCES,
        helps=run_table.HELPS,
    )

by_size = st.container()  # above the curves, whose switch it shares
folded = st.expander("Loss curves")
with folded, st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="curve_choices"):
    which = {"Validation": ["validation"], "Training": ["training"], "Both": ["validation", "training"]}
    of = address.one_of(
        "Loss",
        list(which),
        key="of",
        wrap=True,
        help="Which curves to show. A run without a validation split shows its test loss, dashed.",
    )
    against = address.one_of("Against", ["epoch", "seconds"], key="against", format_func=str.capitalize, wrap=True)
    log = st.toggle("Logarithmic", True, key="log", bind="query-params")
histories = {names[run]: (run.recipe, cached.history(run)) for run in chosen if not run.recipe.imported}
figure = loss_curve.curves(histories, colours=colours, of=which[of], against=against, log=log)
with folded:
    ui.chart(figure, key="curves", alt=f"{of} loss of {len(chosen)} runs", file="curves")
left, right = by_size.columns(2, gap="medium")
with left:
    alike = [run for run in everything if run.recipe.dataset == dataset.name]
    placed = {names[run]: (run.recipe.code_size, errors[run]) for run in models}
    groups = comparison.by_size(alike, run_table.of(alike))
    figure = bottleneck_curve.size_curve(
        groups if measured else bottleneck_curve.named(groups, placed.values()),
        pca,
        comparison.REPORTED.get(dataset.name, ()) if measured else (),
        placed,
        colours=colours,
        log=log,
    )
    ui.chart(figure, key="sizes", alt="Test loss against bottleneck size, with PCA", file="loss-by-bottleneck")
with right:
    if dataset.labelled:
        losses = {names[run]: reading.read_metrics(run).get("mse_by_class", {}) for run in models}
        ui.chart(
            bottleneck_curve.class_dots(losses, colours, dataset.class_names),
            key="classes",
            alt="Test loss by class",
            file="loss-by-class",
        )
ui.show_notice()
with st.container(horizontal=True, gap="medium"):
    export_menu(list(models))
    manage.runs(chosen)
