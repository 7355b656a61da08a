"""Training that is kept: every epoch goes into the run's folder before it is passed on."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import numpy as np
import torch
from torch import Tensor

from ae import checkpoints, data, files, metrics, replay
from ae.autoencoder import Autoencoder
from ae.checkpoints import Line, Run, RunError
from ae.recipe import PRESETS, changed
from ae.train import Epoch, train

PREVIEW_IMAGES = 8
BATCH_POINTS = 50
"""At most this many batch losses are kept of an epoch, each the mean of its neighbours."""


def record(run: Run, *, say: Callable[[str], None] = lambda words: None) -> Iterator[Epoch]:
    """Train a run from where it is, and keep every epoch in its folder before yielding it.

    It ends when the recipe's epochs are done or a stop was asked for; either way the model is measured. The caller
    holds the run's lock. Killed at any moment, it goes on from the last epoch that was kept.

    Args:
        run: what to train.
        say: called with a sentence on what takes time.

    Raises:
        RunError: the run has finished, or its resume state can't be used.
        data.DataError, FloatingPointError, RuntimeError: as ``ae.train.train``.
    """
    state = checkpoints.read_state(run)
    done = state["epoch"] if state else -1
    for outdated in (checkpoints.ERROR, checkpoints.METRICS):
        (run.path / outdated).unlink(missing_ok=True)
    kept = [line for line in checkpoints.read_history(run) if line.epoch <= done]
    files.replace(run.path / checkpoints.HISTORY, _history(kept).encode())
    if state:  # weights are written after the state, so they may be an epoch behind it
        write_weights(run, state["model"], done)
        say(f"Going on after epoch {done}")

    dataset = data.load(run.recipe.dataset, say=say)
    seen = data.to_float(dataset.test_images[:PREVIEW_IMAGES])
    replayed = _begin_replay(run, dataset, done)
    for epoch in train(run.recipe, dataset, state=state):
        # In this order: what is read first when going on, the state, never knows more than the history.
        files.append(run.path / checkpoints.HISTORY, _csv([_line(epoch)]))
        if epoch.number in replay.kept(run.recipe.epochs):
            _append_replay(run, epoch, replayed)
        buffer = io.BytesIO()
        torch.save(epoch.state(), buffer)
        files.replace(run.path / checkpoints.STATE, buffer.getvalue())
        write_weights(run, epoch.model.state_dict(), epoch.number)
        _write_preview(run, epoch.model, seen)
        yield epoch
        if stop_asked(run) and epoch.number < run.recipe.epochs:
            break
    _write_preview(run, checkpoints.load(run), seen)  # again, in case the last attempt ended just before
    say("Measuring on the test images")
    measure(run, dataset)


def measure(run: Run, dataset: data.Dataset) -> None:
    """Measure the weights that were kept, write the card, and drop the state of a run that is finished."""
    epoch = checkpoints.saved_epoch(run)
    measured = {"epoch": epoch, **metrics.evaluate(checkpoints.load(run), dataset)}
    measured["seconds"] = math.fsum(line.seconds for line in checkpoints.read_history(run))
    files.replace(run.path / checkpoints.METRICS, files.to_json(measured))
    write_card(run)
    if epoch == run.recipe.epochs:
        (run.path / checkpoints.STATE).unlink(missing_ok=True)


def write_weights(run: Run, weights: dict[str, Tensor], epoch: int) -> None:
    """Write weights, by their names, with the number of the epoch after which they were so."""
    from safetensors.torch import save

    about = {"epoch": str(epoch), "recipe": json.dumps(run.recipe.to_dict())}
    plain = {name: value.cpu().contiguous() for name, value in weights.items()}
    files.replace(run.path / checkpoints.WEIGHTS, save(plain, about))


def stop_asked(run: Run) -> bool:
    """Tell whether somebody asked the run to stop since it was last started."""
    return (run.path / checkpoints.STOP).exists()


def log(run: Run, words: str) -> None:
    """Append a line with the time (UTC) to the run's log."""
    files.append(run.path / checkpoints.LOG, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {words}\n", sync=False)


def write_card(run: Run) -> None:
    """Write the run's README.md: what it is, what was measured, how to use it."""
    measured = checkpoints.read_metrics(run)
    lines = [f"# {run.name}", ""]
    lines += [_about(run), ""]
    if measured:
        dead = ", ".join(map(str, measured["dead_units"])) or "none"
        lines += [
            f"After epoch {measured['epoch']} of {run.recipe.epochs}, on the {measured['test_images']:,} test images "
            f"of {data.SOURCES[run.recipe.dataset].title}:",
            "",
            "| measured | |",
            "|---|---|",
            f"| mean squared error per pixel | {measured['test_mse']:.5f} |",
            f"| PSNR, mean over images | {measured['psnr']:.2f} dB |",
            f"| SSIM, mean over images | {measured['ssim']:.3f} |",
            *([f"| ELBO, mean over images | {measured['elbo']:.1f} nats |"] if "elbo" in measured else []),
            f"| live units of the code | {measured['live_units']} of {run.recipe.code_size} (dead: {dead}) |",
            f"| parameters | {measured['parameters']:,} |",
            f"| training time | {measured['seconds']:.1f} s |",
            "",
        ]
    lines += ["| recipe | |", "|---|---|", *(f"| {k} | {v} |" for k, v in run.recipe.to_dict().items()), ""]
    lines += ["```python", "from ae.checkpoints import load", "", f'model = load("{run.id}")', "```", ""]
    files.replace(run.path / checkpoints.CARD, "\n".join(lines).encode())


def change(run: Run, *, name: str | None = None, tags: Iterable[str] | None = None) -> Run:
    """Call a run otherwise, or give it other tags; gives the run as it is now.

    Raises:
        RunError: it is shipped with the project, or a name or tag is empty or too long, or it can't be written.
    """
    if run.shipped:
        raise RunError(f"{run.id} is shipped with the project and protected")
    about = checkpoints.read_about(run)
    if name is not None:
        if len(name.strip()) > checkpoints.LONGEST_NAME or not checkpoints.printable(name).strip():
            raise RunError(
                f"the name {name.strip()[:40]!r} has {len(name.strip())} letters: use 1 to {checkpoints.LONGEST_NAME} "
                "that can be seen"
            )
        about["name"] = checkpoints.printable(name).strip()
    if tags is not None:
        kept = list(dict.fromkeys(checkpoints.printable(tag).strip() for tag in tags))
        if len(kept) > checkpoints.MOST_TAGS:
            raise RunError(f"{len(kept)} tags are too many: use at most {checkpoints.MOST_TAGS}")
        for tag in kept:
            if not tag or len(tag) > checkpoints.LONGEST_TAG or "," in tag:
                raise RunError(
                    f"the tag {tag[:40]!r} is not allowed: use 1 to {checkpoints.LONGEST_TAG} letters and no comma"
                )
        about["tags"] = kept
    try:
        files.replace(run.path / checkpoints.ABOUT, files.to_json(about))
        changed_run = checkpoints.open_run(run.id)
        if (run.path / checkpoints.CARD).exists():
            write_card(changed_run)
    except OSError as error:
        raise RunError(f"{run.id} can't be changed: {error.strerror}") from error
    return changed_run


def _about(run: Run) -> str:
    """Say what a run's recipe is: its preset, or what was changed in it."""
    if run.preset not in PRESETS:
        return "A recipe of its own."
    preset, own = PRESETS[run.preset], changed(run.recipe, run.preset)
    if not own:
        return preset.sentence
    return f"The preset {preset.name} with {', '.join(f'{key} {value}' for key, value in own.items())}."


def _write_preview(run: Run, model: Autoencoder, seen: Tensor) -> None:
    drawn, _ = metrics.reconstruct(model, seen)
    pair = (torch.cat([seen, drawn], dim=1).transpose(0, 1) * 255).round().to(torch.uint8)  # (2, 8, 28, 28)
    buffer = io.BytesIO()
    np.save(buffer, pair.numpy(), allow_pickle=False)
    files.replace(run.path / checkpoints.PREVIEW, buffer.getvalue(), sync=False)


def _begin_replay(run: Run, dataset: data.Dataset, done: int) -> Tensor:
    """Bring the run's replay to the epochs that were kept; give the images to follow, uint8 (P, 1, 28, 28)."""
    path, size = run.path / checkpoints.REPLAY, run.recipe.code_size
    count = replay.points(size, len(dataset.test_images))
    shown = dataset.test_images[: min(replay.SHOWN, count), 0].numpy()
    beginning = replay.begin(shown, dataset.test_labels[:count].numpy(), size)
    before = replay.until(checkpoints.replay_bytes(run), done) if done >= 0 else b""
    files.replace(path, before if before.startswith(beginning) else beginning)
    return dataset.test_images[:count]


def _append_replay(run: Run, epoch: Epoch, images: Tensor) -> None:
    drawn, codes = metrics.reconstruct(epoch.model, data.to_float(images))
    shown = (drawn[: replay.SHOWN, 0] * 255).round().to(torch.uint8).numpy()
    content = replay.frame(epoch.number, shown, codes.numpy())
    files.append(run.path / checkpoints.REPLAY, content, sync=False)


def _line(epoch: Epoch) -> Line:
    points = min(BATCH_POINTS, len(epoch.batch_losses))
    groups = np.array_split(np.array(epoch.batch_losses), points) if points else []
    thinned = tuple(float(group.mean()) for group in groups)
    return Line(
        epoch.number,
        epoch.training_loss,
        epoch.held_out_loss,
        epoch.learning_rate,
        epoch.seconds,
        epoch.live_units,
        thinned,
    )


def _history(lines: list[Line]) -> str:
    return ",".join(Line._fields) + "\n" + _csv(lines)


def _csv(lines: list[Line]) -> str:
    """Write lines with every digit of their numbers but those of the batch losses, which are only looked at."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerows((*line[:-1], " ".join(f"{loss:.5g}" for loss in line.batch_losses)) for line in lines)
    return text.getvalue()
