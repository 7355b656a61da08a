"""The looking half of the command line: what the screens from Compare to Latent space show, as tables and files.

Each command gives the words to print.
"""

import argparse
import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ae.analysis import denoise, digit_classifier, interpolate, latent, pca, reconstruct, sampling, tsne
from ae.cli import tables
from ae.data import datasets, drawing, noise, selection, sources
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.plots import animations, export, image_grid
from ae.plots.image_grid import Row, grey, signed
from ae.runs import editing, files, folders, model_file, reading
from ae.runs.folders import Run, RunError

MEASURED_IMAGES = 1000


STRENGTHS = tuple(round(0.1 * i, 1) for i in range(11))


RUN = "an id, the beginning of one, or 'last'"


Command = Callable[[argparse.Namespace], str]


def add_commands(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Declare the commands; ``command`` takes a name, what it does, and its help."""
    sub = command("compare", _compare, "Lay runs beside each other: a table, or their differences to one of them.")
    sub.add_argument("runs", nargs="*", metavar="RUN", help=f"{RUN}; all runs, if none is named")
    sub.add_argument("--baseline", metavar="RUN", help="show differences to this run")
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write the table as CSV")
    sub.add_argument("--json", action="store_true", help="as JSON, for programs")

    sub = command("reconstruct", _reconstruct, "Draw test images, their reconstructions and errors, as a picture.")
    sub.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    _add_images(sub, "0-7")
    by = sub.add_mutually_exclusive_group()
    by.add_argument("--worst", type=int, metavar="N", help="the N worst reconstructed by the first run")
    by.add_argument("--best", type=int, metavar="N", help="the N best reconstructed by the first run")
    by.add_argument("--class", dest="of_class", metavar="NAME", help="the first 8 of this class")
    by.add_argument("--random", type=_seed, metavar="SEED", help="8 at random, by this seed")
    by.add_argument("--own", type=Path, metavar="PICTURE", help="a digit of your own: any picture, also a photo")
    sub.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.png", help="where to write it")

    sub = command("denoise", _denoise, "Add noise, let models and simple filters take it away, and measure how well.")
    sub.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    _add_images(sub, "0-7")
    sub.add_argument("--noise", default="gaussian", metavar="KIND", help=f"{', '.join(noise.KINDS)} (gaussian)")
    sub.add_argument("--strength", type=float, default=0.3, metavar="X", help="how much, from 0 to 1 (0.3)")
    sub.add_argument("--no-clip", action="store_true", help="do not bring noisy pixels back to [0, 1]")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="the start of the randomness (0)")
    sub.add_argument("-o", dest="out", type=Path, metavar="FILE.png", help="write original, noisy and outputs")
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write PSNR, SSIM and legibility over all strengths")

    sub = command("interpolate", _interpolate, "Walk from one test image to another through the code of models.")
    sub.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    sub.add_argument("--from", dest="start", type=int, default=0, metavar="INDEX", help="where it begins (0)")
    sub.add_argument("--to", dest="end", type=int, default=3, metavar="INDEX", help="where it ends (3)")
    sub.add_argument("--corners", type=int, nargs=2, metavar="INDEX", help="two more images: all between the four")
    sub.add_argument("-n", type=int, default=8, metavar="STEPS", help="steps (8)")
    sub.add_argument("--way", default="linear", metavar="|".join(interpolate.WAYS), help="through the code (linear)")
    sub.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE", help="a .png, or a .gif that plays")

    sub = command("latent", _latent, "Examine a code: which units say something, a map of it, all codes as CSV.")
    sub.add_argument("run", metavar="RUN", help=RUN)
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write index, class and code of every test image")
    sub.add_argument("--tsne", action="store_true", help="lay the map out by t-SNE")
    sub.add_argument("-o", dest="out", type=Path, metavar="FILE.png", help="write the map of 2,000 test images")

    sub = command("decode", _decode, "Draw codes: given ones, or samples.")
    sub.add_argument("run", metavar="RUN", help=RUN)
    sub.add_argument(
        "--code", dest="codes", action="append", default=[], metavar="CODE", help="numbers, as in --code=-1.2,0.5"
    )
    sub.add_argument("--sample", type=int, default=0, metavar="N", help="N codes drawn at random instead")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="the start of the randomness (0)")
    sub.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.png", help="where to write it")

    sub = command("replay", _replay, "Write how a run learned, epoch by epoch, as an animation.")
    sub.add_argument("run", metavar="RUN", help=RUN)
    sub.add_argument("--codes", action="store_true", help="its codes, instead of what it drew")
    sub.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.gif", help="where to write it")

    sub = command("rename", _rename, "Call a run otherwise.")
    sub.add_argument("run", metavar="RUN", help=RUN)
    sub.add_argument("name", help="what it is called from now on")
    sub = command("tag", _tag, "Give a run tags, instead of those it has.")
    sub.add_argument("run", metavar="RUN", help=RUN)
    sub.add_argument("tags", nargs="*", metavar="TAG", help="words to find it by; none takes all away")


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 10 or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no seed: use a whole number from 0 to {2**31 - 1:,}")
    return int(text)


def _add_images(sub: argparse.ArgumentParser, default: str) -> None:
    sub.add_argument("-i", dest="images", default=default, metavar="INDICES", help=f"test images: 3,14,15 or {default}")


def _compare(options: argparse.Namespace) -> str:
    from ae.runs import comparison  # imports pandas, which takes half a second

    _check(options.csv, ".csv")
    runs = _runs(options.runs) if options.runs else [r for r in folders.list_runs() if isinstance(r, Run)]
    if not runs:
        raise RunError(f"there are no runs in {folders.runs_folder()} yet: python -m ae train --preset fast")
    notes: list[str] = []
    if options.baseline:
        baseline = folders.find(options.baseline)
        runs = [baseline, *(run for run in runs if run.id != baseline.id)]
        notes = comparison.warnings(runs, baseline)
    found = comparison.table(runs)
    if options.baseline:
        different = comparison.differences(found, runs[0].id)
        found[list(different)] = different
    if options.csv:
        _write(options.csv, found.to_csv(index=False).encode())
    if options.json:
        return found.to_json(orient="records", indent=2)
    shown = found.drop(columns=["Dataset", "Network", "Tags", "Epochs"]).astype(object)
    lines = tables.columns([tuple(shown), *shown.map(_cell).itertuples(index=False)])
    return "\n".join([lines, *notes] + ([f"Table written to {options.csv}"] if options.csv else []))


def _cell(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, float):
        return str(value)
    return "" if np.isnan(value) else f"{value:.4g}" if abs(value) >= 0.1 else f"{value:.5f}"


def _reconstruct(options: argparse.Namespace) -> str:
    _check(options.out, ".png")
    models, dataset = _models(options.runs)
    first = next(iter(models.values()))
    if options.own:
        try:
            own = drawing.from_file(options.own.read_bytes(), options.own.name)
        except OSError as error:
            raise ValueError(f"{options.own} can't be read: {error.strerror}") from error
        except drawing.DrawingError as error:
            raise ValueError(str(error)) from error
        images, heads, below = torch.from_numpy(own).reshape(1, 1, 28, 28), ["yours"], [""]
    else:
        chosen = _chosen(options, first, dataset)
        images, heads, below = dataset.test_images[chosen], _names(dataset, chosen), [str(i) for i in chosen]
    rows = [Row("Original", grey(images.squeeze(1).numpy() / 255), below, "" if options.own else "index")]
    lines = []
    for name, model in models.items():
        originals, reconstructed, _ = reconstruct.round_trip(model, images)
        mse = ((reconstructed - originals) ** 2).mean(axis=(1, 2))
        rows.append(Row(name, grey(reconstructed), [f"{value:.4f}" for value in mse], "MSE"))
        rows.append(Row("Error", signed(reconstructed - originals)))
        lines.append(f"{name}: MSE of these images {mse.mean():.5f} per pixel")
    _write(options.out, export.png(image_grid.sheet(rows, heads=heads, note=image_grid.ERROR_WORDS)))
    return "\n".join([*lines, f"Picture written to {options.out}"])


def _chosen(options: argparse.Namespace, model: Autoencoder, dataset: Dataset) -> list[int]:
    size = len(dataset.test_images)
    count = options.worst if options.worst is not None else options.best
    if count is not None:
        if not 1 <= count <= 16:
            raise ValueError(f"{count} images are too many or too few for a row: use 1 to 16")
        errors = reconstruct.errors(model, dataset.test_images)
        return selection.ranks(errors, count, best=options.best is not None)
    if options.of_class is not None:
        if options.of_class not in dataset.class_names:
            raise ValueError(f"unknown class {options.of_class!r}: choose from {', '.join(dataset.class_names)}")
        return selection.of_class(dataset.test_labels, dataset.class_names.index(options.of_class), 8)
    if options.random is not None:
        return selection.at_random(size, 8, options.random)
    return selection.parse_indices(options.images, size)


def _denoise(options: argparse.Namespace) -> str:
    _check(options.out, ".png")
    _check(options.csv, ".csv")
    models, dataset = _models(options.runs)
    clip = not options.no_clip
    said = noise.said(options.noise, options.strength, clip=clip) if options.noise in noise.KINDS else ""
    chosen = selection.parse_indices(options.images, len(dataset.test_images))
    clean = datasets.to_float(dataset.test_images[chosen])
    noisy = noise.add(clean, options.noise, options.strength, clip=clip, seed=options.seed)
    classified = not digit_classifier.why_not(dataset.name)
    size = max(model.encode(clean[:1]).shape[1] for model in models.values())
    methods: dict[str, denoise.Method | None] = {denoise.NOISY: None}
    methods |= {name: denoise.by_model(model) for name, model in models.items()}
    methods |= denoise.baselines(pca.fit_images(dataset), size)
    many = datasets.to_float(dataset.test_images[:MEASURED_IMAGES])
    labels = dataset.test_labels[:MEASURED_IMAGES] if classified else None
    about = {"kind": options.noise, "clip": clip, "seed": options.seed}
    header = ("method", "PSNR (dB)", "SSIM", "recognition_rate")
    lines = []
    for name, method in methods.items():
        psnr, ssim, recognition_rate = denoise.curve(method, many, labels, strengths=(options.strength,), **about)[0]
        lines.append((name, f"{psnr:.2f}", f"{ssim:.3f}", f"{recognition_rate:.1%}" if classified else "no judge"))
    words = [f"{said}: means over {len(many):,} test images", tables.columns([header, *lines])]
    if options.out:
        rows = [Row("Original", grey(clean.squeeze(1).numpy()), [str(i) for i in chosen], "index")]
        for name, method in methods.items():
            output = denoise.only_finite(method(noisy)) if method else noisy
            below = [f"{value:.1f}" for value in denoise.psnr(clean, output)]
            rows.append(Row(name, grey(output.squeeze(1).numpy()), below, "PSNR in dB"))
        picture = image_grid.sheet(rows, heads=_names(dataset, chosen), note=f"{said}.")
        _write(options.out, export.png(picture))
        words.append(f"Picture written to {options.out}")
    if options.csv:
        table = []
        for name, method in methods.items():
            found = denoise.curve(method, many, labels, strengths=STRENGTHS, **about)
            table += [(name, s, *row) for s, row in zip(STRENGTHS, found.tolist(), strict=True)]
        _write(options.csv, _csv([("method", "strength", "psnr_db", "ssim", "recognition_rate"), *table]))
        words.append(f"Curves written to {options.csv}")
    return "\n".join(words)


def _interpolate(options: argparse.Namespace) -> str:
    _check(options.out, ".png", *([] if options.corners else [".gif"]))
    if not 1 <= options.n <= 40:
        raise ValueError(f"-n {options.n} is out of range: use 1 to 40 steps")
    models, dataset = _models(options.runs)
    ends = [options.start, options.end, *(options.corners or [])]
    for index in ends:
        if not 0 <= index < len(dataset.test_images):
            raise ValueError(f"There is no test image {index:,}: use 0 to {len(dataset.test_images) - 1:,}")
    images = datasets.to_float(dataset.test_images[ends])
    if options.corners:
        name, model = next(iter(models.items()))
        square = image_grid.tiled(interpolate.between(model, images, options.n).numpy())
        title = image_grid.corners_title(ends, name)
        _write(options.out, export.png(image_grid.titled(image_grid.enlarged(square, 8), title)))
        return f"Picture written to {options.out}"
    reconstructed = {name: interpolate.walk(model, images, options.way, options.n) for name, model in models.items()}
    reconstructed[interpolate.FADE] = interpolate.cross_fade(images[0], images[1], options.n)
    classified = not digit_classifier.why_not(dataset.name)
    rows = [
        Row(
            name,
            grey(row.squeeze(1).numpy()),
            digit_classifier.labels_with_confidence(row) if classified else (),
            "reads as" if classified else "",
        )
        for name, row in reconstructed.items()
    ]
    heads = [f"{i}/{options.n}" for i in range(options.n + 1)]
    if options.out.suffix.lower() == ".gif":
        _write(options.out, export.gif(image_grid.flip_book(rows, heads), there_and_back=True))
    else:
        names = _names(dataset, ends)
        title = f"From image {ends[0]}, a {names[0]}, to image {ends[1]}, a {names[1]}, {options.way}"
        _write(options.out, export.png(image_grid.sheet(rows, heads=heads, title=title)))
    return f"Picture written to {options.out}"


def _latent(options: argparse.Namespace) -> str:
    _check(options.out, ".png")
    _check(options.csv, ".csv")
    run = folders.find(options.run)
    model, dataset = model_file.load(run), datasets.load(run.recipe.dataset)
    images = datasets.to_float(dataset.test_images)
    codes = reconstruct.codes_of(model, dataset.test_images)
    found = latent.health(model, codes, images)
    header = ("unit", "spread", "state", *(["KL (nats an image)"] if found.kl is not None else []))
    lines = []
    for unit, (spread, active) in enumerate(zip(found.spread, found.active, strict=True)):
        kl = [f"{found.kl[unit]:.3f}"] if found.kl is not None else []
        lines.append((str(unit), f"{spread:.4g}", "live" if active else "dead", *kl))
    words = [f"{run.name} ({run.id})", tables.columns([header, *lines])]
    if found.inactive:
        words.append(f"Dead: {', '.join(map(str, found.inactive))}. {latent.cause(run.recipe)}")
    if options.csv:
        names = _names(dataset, range(len(codes)))
        table = [(i, name, *code) for i, (name, code) in enumerate(zip(names, codes.tolist(), strict=True))]
        header = ("image", "class", *(f"unit_{unit}" for unit in range(codes.shape[1])))
        _write(options.csv, _csv([header, *table]))
        words.append(f"Codes written to {options.csv}")
    if options.out:
        some, labels = codes[:2000], dataset.test_labels[:2000].numpy()
        points = torch.from_numpy(tsne.tsne(some.numpy())) if options.tsne else latent.plane(codes).to_plane(some)
        picture = animations.scatter(points.numpy(), labels, latent.bounds(points), paper="#ffffff", side=1600)
        how = "by t-SNE" if options.tsne else "in the plane that shows most"
        title = f"{run.name}: {len(some):,} codes {how}"
        _write(options.out, export.png(animations.labelled(picture, title, dataset.class_names)))
        words.append(f"Map written to {options.out}")
    return "\n".join(words)


def _decode(options: argparse.Namespace) -> str:
    _check(options.out, ".png")
    run = folders.find(options.run)
    model, size = model_file.load(run), run.recipe.code_size
    if bool(options.codes) == bool(options.sample):
        raise ValueError("name codes, as in --code=0.5,-1.2, or --sample N, but not both")
    if options.sample:
        if not 1 <= options.sample <= 400:
            raise ValueError(f"--sample {options.sample} is out of range: use 1 to 400")
        known = reconstruct.codes_of(model, datasets.load(run.recipe.dataset).test_images)
        codes = sampling.sampler(model, known).sample(options.sample, seed=options.seed)
    else:
        codes = torch.stack([_code(text, size) for text in options.codes])
    reconstructed = grey(reconstruct.decode(model, codes).squeeze(1).numpy())
    rows = [reconstructed[i : i + 8] for i in range(0, len(reconstructed), 8)]
    if len(rows) > 1 and len(rows[-1]) < 8:
        missing = np.full((8 - len(rows[-1]), 28, 28, 3), 255, np.uint8)
        rows[-1] = np.concatenate([rows[-1], missing])
    _write(options.out, export.png(image_grid.sheet([Row("", row) for row in rows], title=run.name)))
    return f"Picture written to {options.out}"


def _code(text: str, size: int) -> torch.Tensor:
    try:
        values = torch.tensor([float(word) for word in text.split(",")])
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no code: write numbers with commas between them, as in 0.5,-1.2") from None
    if len(values) != size or not values.isfinite().all():
        raise ValueError(f"{text[:40]!r} has {len(values)} numbers: this model's code has {size}, all finite")
    return values


def _replay(options: argparse.Namespace) -> str:
    _check(options.out, ".gif")
    run = folders.find(options.run)
    found = reading.read_replay(run)
    if found is None:
        raise RunError(f"nothing was kept of how {run.id} learned")
    if options.codes:
        film = animations.film_of_codes(found, run.name, sources.SOURCES[run.recipe.dataset].class_names)
    else:
        film = animations.film_of_images(found, run.name)
    _write(options.out, film)
    return f"Animation written to {options.out}"


def _rename(options: argparse.Namespace) -> str:
    run = editing.change(folders.find(options.run), name=options.name)
    return f"{run.id} is called {run.name}"


def _tag(options: argparse.Namespace) -> str:
    run = editing.change(folders.find(options.run), tags=options.tags)
    return f"{run.id} has the tags {', '.join(run.tags)}" if run.tags else f"{run.id} has no tags"


def _runs(names: Iterable[str]) -> list[Run]:
    return list({run.id: run for run in map(folders.find, names)}.values())


def _models(names: Iterable[str]) -> tuple[dict[str, Autoencoder], Dataset]:
    """Give models by what they are called, and the images they all learned.

    Raises:
        ValueError: they did not learn the same.
    """
    runs = _runs(names)
    for run in runs:
        if run.recipe.dataset != runs[0].recipe.dataset:
            raise ValueError(
                f"{run.id} learned {run.recipe.dataset} and {runs[0].id} {runs[0].recipe.dataset}: "
                "name runs of one dataset"
            )
    called = [run.name if [r.name for r in runs].count(run.name) == 1 else run.id for run in runs]
    return {name: model_file.load(run) for name, run in zip(called, runs, strict=True)}, datasets.load(
        runs[0].recipe.dataset
    )


def _names(dataset: Dataset, indices: Iterable[int]) -> list[str]:
    return [dataset.class_names[dataset.test_labels[index]] for index in indices]


def _check(path: Path | None, *endings: str) -> None:
    """Refuse a file that can't be written, before any work and before any other file.

    Raises:
        ValueError: its name ends otherwise, or its folder is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise ValueError(f"{path}: the file's name must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise ValueError(f"{path} can't be written: {path.parent} is not a folder")


def _csv(rows: Iterable[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ValueError: it can't be written.
    """
    try:
        files.replace(path, content, sync=False)
    except OSError as error:
        raise ValueError(f"{path} can't be written: {error.strerror}") from error
