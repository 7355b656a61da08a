"""Parse the command line, run one command, and report errors in one line."""

import argparse
import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from ae import __version__
from ae.cli.command import FAILED, INTERRUPTED, OK, USAGE, Command, complain, one_line
from ae.data.sources import DataError
from ae.runs.folders import RunError
from ae.runs.queue import sentence

COMMANDS = {
    "train": ("training", "Train a model, or one for each of several bottleneck sizes."),
    "sweep": ("sweeping", "Train every combination of some bottleneck sizes, seeds and other settings."),
    "study": ("studying", "Answer questions about autoencoders by measuring the runs of a grid."),
    "resume": ("training", "Resume a run that was stopped, interrupted or failed, or train a finished one longer."),
    "import": ("importing", "Make runs of checkpoints from elsewhere, measured on the test images."),
    "stop": ("runs", "Stop a run at once; the model of its last whole epoch is kept."),
    "list": ("runs", "List your runs, pinned ones first, then newest first, then those included."),
    "show": ("runs", "Show a run's recipe, history and measurements."),
    "evaluate": ("comparing", "Measure runs on the test images."),
    "compare": ("comparing", "Compare runs in a table, or with a baseline."),
    "reconstruct": ("images", "Write test images, their reconstructions and errors as a PNG."),
    "interpolate": ("images", "Interpolate between two test images, as a PNG, GIF, MP4 or WebM."),
    "denoise": ("denoising", "Measure how well models and filters remove noise."),
    "latent": ("codes", "Show which units are active; write the codes and a map of them."),
    "decode": ("codes", "Decode latent codes, given or sampled, and write the images as a PNG."),
    "replay": ("codes", "Animate a run's training, epoch by epoch, as a GIF, MP4 or WebM."),
    "report": ("exporting", "Report on a run, or compare several, as one HTML file."),
    "export": ("exporting", "Export a run as ONNX, safetensors, .pth, TensorBoard log or notebook."),
    "rename": ("runs", "Rename a run."),
    "tag": ("runs", "Replace a run's tags."),
    "pin": ("runs", "Pin runs, which puts them first in lists."),
    "unpin": ("runs", "Unpin runs."),
    "delete": ("runs", "Delete runs."),
    "pack": ("packing", "Write a run as one zip file, to hand to somebody."),
    "unpack": ("packing", "Make a run of such a zip file."),
    "presets": ("runs", "List the presets."),
    "datasets": ("data", "List the datasets, with those of your own images."),
    "download": ("data", "Download a dataset."),
    "prepare": ("data", "Make a dataset of your own images: a folder, a .zip or a .npz file."),
    "app": ("dashboard", "Start the dashboard."),
}
"""Every command: the module beside this one that runs it, and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0, 1 for a failed run, 2 for bad usage, 130 after Ctrl-C."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(typed[0] if typed else "").parse_args(typed)
    _stop_as_with_ctrl_c()
    try:
        code: int = options.command.run(options)
        sys.stdout.flush()  # raises BrokenPipeError here if the reader has gone
        return code
    except (ValueError, RunError) as error:
        return complain(str(error), USAGE)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - so that flushing at exit does not fail too
        return OK
    except (DataError, FloatingPointError, RuntimeError, OSError, MemoryError, ImportError) as error:
        return complain(sentence(error), FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print the error in one line, and exit."""
        self.exit(USAGE, f"{self.prog}: {one_line(message)}; see {self.prog} --help\n")


def _parser(chosen: str) -> argparse.ArgumentParser:
    """Build the parser of all commands; import and declare the arguments of the chosen one only."""
    parser = _Parser(prog="python -m ae", description="Train image autoencoders, compare them, and inspect them.")
    parser.add_argument("--version", action="version", version=f"autoencoder-lab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, help) in COMMANDS.items():
        sub = commands.add_parser(name, help=help, description=help)
        if name == chosen:
            command: Command = importlib.import_module(f"ae.cli.{module}").COMMANDS[name]
            sub.set_defaults(command=command)
            command.add_arguments(sub)
    return parser


def _stop_as_with_ctrl_c() -> None:
    """Handle a request to end the process, or the end of its terminal, like Ctrl-C, which keeps the run in training."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last only on Windows, the one before not there
            if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:  # as by nohup
                signal.signal(getattr(signal, name), signal.default_int_handler)
