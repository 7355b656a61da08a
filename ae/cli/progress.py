"""Train a run in this process, and print its progress."""

import sys
from collections.abc import Callable

from ae.cli.command import INTERRUPTED, OK, note
from ae.runs import filenames, files, queue, reading
from ae.runs.folders import Run
from ae.train.loop import Epoch


def work(run: Run, *, say: Callable[[str], None] = note) -> int:
    """Wait for the run's turn and train it; return the exit code.

    Args:
        run: a queued run.
        say: called with progress messages.
    """
    try:
        if sys.stderr.isatty():
            _with_a_bar(run)
        else:
            for epoch in queue.work(run, say=say):
                print(
                    f"epoch {epoch.number}/{run.recipe.epochs}  {_losses(epoch, run)}  {epoch.seconds:.2f} s",
                    flush=True,
                )
    except KeyboardInterrupt:
        files.replace(run.path / filenames.STOP, b"", sync=False)
        kept = reading.saved_epoch(run) or 0
        note(f"Stopped; the model of epoch {kept} of {run.recipe.epochs} is kept. Resume with: {_resume(run)}")
        return INTERRUPTED
    if queue.state(run) == "stopped":
        note(f"Stopped; the model is kept. Resume with: {_resume(run)}")
        return OK
    measured = reading.read_metrics(run)
    print(
        f"Test MSE {measured['test_mse']:.5f} per pixel, PSNR {measured['psnr']:.2f} dB, SSIM {measured['ssim']:.3f}, "
        f"{measured['active_units']} of {run.recipe.code_size} units active, {measured['seconds']:.1f} s"
    )
    print(f"Saved as {run.id}")
    return OK


def _with_a_bar(run: Run) -> None:
    from tqdm import tqdm

    done = max((line.epoch for line in reading.read_history(run)), default=0)
    bar = tqdm(total=run.recipe.epochs, initial=done, unit="epoch", dynamic_ncols=True, file=sys.stderr)
    with bar:
        for epoch in queue.work(run, say=bar.write):
            bar.set_postfix_str(_losses(epoch, run))
            bar.update(epoch.number - bar.n)


def _losses(epoch: Epoch, run: Run) -> str:
    monitored = "validation loss" if run.recipe.validation_images else "test loss"
    return (
        f"training loss {epoch.training_loss:.5f}  {monitored} {epoch.monitored_loss:.5f}  "
        f"active units {epoch.active_units}/{run.recipe.code_size}"
    )


def _resume(run: Run) -> str:
    return f"python -m ae resume {run.id}"
