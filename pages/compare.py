"""Compare: any number of runs beside each other, and what their bottleneck sizes buy."""

import streamlit as st

from ae import ui
from ae.analysis import reconstruct
from ae.data import datasets, sources
from ae.plots import bottleneck_curve, loss_curve
from ae.plots.image_grid import ERROR_WORDS, Row, grey, signed
from ae.runs import comparison, reading
from ae.ui import cached, manage, run_table
from ae.ui.images import image_rows
from ae.ui.open_models import open_models
from ae.ui.pick_images import pick_images
from ae.ui.pick_runs import pick_runs, readable_runs, trained_runs
from ae.ui.run_labels import labels, short_names

ui.page("Compare")
runs = trained_runs()
with st.sidebar:
    tags = sorted({tag for run in runs for tag in run.tags})
    tag = ""
    if tags:
        tag = st.selectbox("Tag", ["", *tags], key="tag", bind="query-params", help="Only runs that carry this tag.")
    tagged = {run.id for run in runs if tag in ("", *run.tags)}
    help = "The models that are laid beside each other, any number of them."
    chosen = pick_runs("Models", runs, among=tagged, help=help)
    ids = {run.id: run for run in chosen}
    kept = st.query_params.get("baseline")
    st.session_state["baseline"] = kept if kept in ids else chosen[0].id
    baseline = ids[
        st.selectbox(
            "Baseline",
            list(ids),
            key="baseline",
            format_func=labels(chosen).__getitem__,
            on_change=lambda: st.query_params.update(baseline=st.session_state["baseline"]),
            help="The run that the others are compared with.",
        )
    ]
names = short_names(chosen)
for sentence in comparison.warnings(chosen, baseline):
    st.caption(f":material/info: {ui.plain(sentence)}")
together = [run for run in chosen if run.recipe.dataset == baseline.recipe.dataset]
models, dataset = open_models(together)
with st.sidebar:
    indices = pick_images(
        dataset, errors=lambda: cached.test_errors(baseline if baseline in models else next(iter(models)))
    )
    error_maps = st.toggle(
        "Error maps", key="errors", bind="query-params", help="Under each model's row, drawn minus original."
    )

images = dataset.test_images[indices]
originals = datasets.to_float(images).squeeze(1).numpy()
rows = [Row("Original", grey(originals), [str(index) for index in indices], "index")]
for run, model in models.items():
    _, reconstructed, _ = reconstruct.round_trip(model, images)
    mse = ((reconstructed - originals) ** 2).mean(axis=(1, 2))
    rows.append(Row(names[run], grey(reconstructed), [f"{value:.4f}" for value in mse], "MSE"))
    if error_maps:
        rows.append(Row("Error", signed(reconstructed - originals)))
by = st.session_state["by"]
notes = [f"The images that {baseline.name} draws {by.split()[0].lower()}."] if by.endswith("first") else []
notes += [ERROR_WORDS] if error_maps else []
image_rows(
    rows,
    heads=[dataset.class_names[label] for label in dataset.test_labels[indices].tolist()],
    alt="The same test images through every model",
    largest=88,
    file="comparison",
    title=f"The same test images of {sources.SOURCES[dataset.name].title} through every model",
    note=" ".join(notes),
)

found = run_table.of(chosen)
differ = st.toggle(
    "Show differences to the baseline",
    key="differ",
    bind="query-params",
    help="Each number less the baseline's: a negative MSE difference is better, a negative PSNR difference worse.",
)
shown = found.copy()
if differ:
    different = comparison.differences(found, baseline.id)
    for name in comparison.COMPARED:
        if name in found:
            shown[name] = different[comparison.difference(name)]
words = f"Differences to {baseline.name}" if differ else "Measured on the test images when training ended"
ui.table(
    shown,
    key="table",
    caption=ui.plain(words),
    formats=run_table.DIFFERENCES if differ else run_table.FORMATS,
    helps=run_table.HELPS,
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    which = {"Held-out": ["held-out"], "Training": ["training"], "Both": ["held-out", "training"]}
    of = st.segmented_control(
        "Loss", list(which), default="Held-out", required=True, key="of", bind="query-params", help="Which curves."
    )
    against = st.segmented_control(
        "Against",
        ["epoch", "seconds"],
        default="epoch",
        required=True,
        key="against",
        bind="query-params",
        help="What the curves run over.",
    )
    log = st.toggle(
        "Logarithmic", True, key="log", bind="query-params", help="Losses span decades: a log axis shows all."
    )
in_order = [*models, *(run for run in chosen if run not in models)]  # so that a run has one colour in all charts
histories = {names[run]: cached.history(run) for run in in_order}
figure = loss_curve.curves(histories, of=which[of], against=against, log=log)
ui.chart(figure, key="curves", alt=f"{of} loss of {len(chosen)} runs", file="curves")
left, right = st.columns(2, gap="medium")
with left:
    everything = [run for run in readable_runs() if run.recipe.dataset == dataset.name]
    figure = bottleneck_curve.size_curve(
        comparison.by_size(everything, run_table.of(everything)),
        cached.principal_errors(dataset.name).tolist(),
        comparison.REPORTED.get(dataset.name, ()),
        {names[run]: (run.recipe.code_size, cached.test_errors(run).mean()) for run in models},
        log=log,
    )
    ui.chart(figure, key="sizes", alt="Test loss against bottleneck size, with PCA", file="loss-by-bottleneck")
with right:
    losses = {names[run]: reading.read_metrics(run).get("mse_by_class", {}) for run in models}
    ui.chart(bottleneck_curve.class_bars(losses), key="classes", alt="Test loss by class", file="loss-by-class")
manage.runs(chosen)
