"""The formats that a run can be exported in. Importing this imports no heavy library."""

import io
import zipfile
from importlib import import_module
from typing import NamedTuple

from ae.runs import optional
from ae.runs.folders import Run


class Format(NamedTuple):
    """A format of other tools."""

    title: str
    """Its name on the screens."""
    sentence: str
    """One sentence on what it is for."""
    ending: str
    """Of its file; empty if it is a folder of several files."""
    maker: str
    """"module:function" that makes its files of a run: their contents by name, which may contain slashes."""
    needs: tuple[str, ...] = ()
    """Modules of optional libraries that it imports."""
    dataset: bool = False
    """Whether it needs the run's dataset."""

    @property
    def why_not(self) -> str:
        """A sentence on what to install first; empty if nothing is missing."""
        return optional.why_not(self.title, self.needs)


FORMATS: dict[str, Format] = {
    "onnx": Format(
        "ONNX",
        "The encoder, the decoder and both in one, for ONNX Runtime and any language.",
        "",
        "ae.runs.exports.onnx_models:files",
        ("onnx", "onnxscript"),
    ),
    "safetensors": Format(
        "Weights", "The weights by name, safe to open.", ".safetensors", "ae.runs.exports.weights:safetensors"
    ),
    "pth": Format(
        "Weights",
        "The weights as a plain state_dict, for torch.load.",
        ".pth",
        "ae.runs.exports.weights:state_dict",
    ),
    "tensorboard": Format(
        "TensorBoard",
        "Its curves and images, and its codes for the Embedding Projector.",
        "",
        "ae.runs.exports.tensorboard_log:files",
        ("tensorboard",),
        dataset=True,
    ),
    "notebook": Format(
        "Notebook",
        "A notebook that loads the run and repeats its figures.",
        ".ipynb",
        "ae.runs.exports.notebook:files",
        ("nbformat",),
    ),
}
"""By the name that the command line uses."""


def files(run: Run, format: str) -> dict[str, bytes]:
    """Return the contents of a format's files, by name; a format with an ending has one.

    Raises:
        ValueError: the format is unknown, or a library that it needs is not installed.
        RunError: the run has no weights.
        ae.data.sources.DataError: the run's dataset is needed, and can't be loaded.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: choose from {', '.join(FORMATS)}")
    if sentence := FORMATS[format].why_not:
        raise ValueError(sentence)
    module, _, function = FORMATS[format].maker.partition(":")
    made: dict[str, bytes] = getattr(import_module(module), function)(run)
    return made


def of_ending(name: str) -> str | None:
    """Return the format of a file by the ending of its name; None if there is no such format."""
    return next((key for key, each in FORMATS.items() if each.ending and name.lower().endswith(each.ending)), None)


def zipped(contents: dict[str, bytes], folder: str) -> bytes:
    """Return files as one zip archive, all in ``folder``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"{folder}/{name}", content)
    return buffer.getvalue()
