"""A run's network as ONNX models: the encoder, the decoder, and both in one."""

import contextlib
import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.runs import model_file
from ae.runs.folders import Run

if TYPE_CHECKING:
    from onnx import ModelProto


class _Encoder(nn.Module):
    """Images, with shape (B, C, S, S), to codes; a variational network returns the mean."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        return self.model.encode(images)


class _Decoder(nn.Module):
    """Codes to images, with shape (B, C, S, S)."""

    def __init__(self, model: Autoencoder, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.model, self.shape = model, shape

    def forward(self, codes: Tensor) -> Tensor:
        return self.model.decode(codes).reshape(-1, *self.shape)


def files(run: Run) -> dict[str, bytes]:
    """Return ``encoder.onnx`` (images to codes), ``decoder.onnx`` (codes to reconstructions) and ``autoencoder.onnx``.

    ``images`` and ``reconstructions`` are float32 in [0, 1] with shape (batch, C, S, S), ``codes`` are (batch, D);
    the batch may have any size. ``autoencoder.onnx`` returns reconstructions and codes.

    Raises:
        RunError: the run has no weights.
    """
    from onnx import compose

    model = model_file.load(run)
    images = torch.zeros(2, *model.image_shape)
    encoder = _exported(_Encoder(model), images, "images", "codes")
    decoder = _exported(_Decoder(model, tuple(images.shape[1:])), model.encode(images), "codes", "reconstructions")
    both = compose.merge_models(
        encoder,
        compose.add_prefix(decoder, "decoder/", rename_inputs=False, rename_outputs=False),
        io_map=[("codes", "codes")],
        outputs=["reconstructions", "codes"],
    )
    graphs = {"encoder.onnx": encoder, "decoder.onnx": decoder, "autoencoder.onnx": both}
    return {name: _described(graph, run) for name, graph in graphs.items()}


def _exported(module: nn.Module, example: Tensor, takes: str, returns: str) -> "ModelProto":
    """Return a module as an ONNX model whose first dimension may have any size."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # torch's exporter warns about its own parts
        log = logging.getLogger("torch.onnx")
        before, log.level = log.level, logging.ERROR
        try:
            program = torch.onnx.export(
                module.eval(),
                (example.detach(),),
                dynamo=True,
                input_names=[takes],
                output_names=[returns],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                custom_translation_table={torch.ops.aten._cdist_forward.default: _distances},
                verbose=False,
            )
        finally:
            log.level = before
    assert program is not None
    return program.model_proto


def _distances(one: Any, other: Any, p: float, compute_mode: int | None) -> Any:  # noqa: ANN401  # of a graph that is traced
    """Return what ``torch.cdist`` does, which torch can't export, for the Euclidean distance of a vector quantiser.

    Args:
        one: vectors with shape (G, B, D).
        other: vectors with shape (G, K, D).
        p: 2, the norm.
        compute_mode: how torch would compute it.
    """
    from onnxscript import opset18

    assert p == 2
    op: Any = opset18  # whose hints want tensors where lists will do
    differences = op.Sub(op.Unsqueeze(one, [2]), op.Unsqueeze(other, [1]))
    return op.ReduceL2(differences, [3], keepdims=0)


def _described(model: "ModelProto", run: Run) -> bytes:
    """Return a checked model as bytes, with its run's id and recipe as metadata."""
    from onnx import checker, helper

    helper.set_model_props(model, {"run": run.id, "recipe": json.dumps(run.recipe.to_dict())})
    model.doc_string = f"{run.name}, exported by Autoencoder Lab"
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
