"""Read the weights in a checkpoint from elsewhere: a ``state_dict`` written by PyTorch, or a safetensors file.

Nobody knows what such a file holds. It is never unpickled as code, its size is bounded before it is read, and
``Reader`` reads it in a process of its own, with bounded memory and time, which this module is when it is run.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import safetensors
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ae import PROJECT

LARGEST_FILE = 256 * 2**20
"""In bytes. The largest network here takes 60 MB; a checkpoint may also hold the optimiser's state."""

MOST_NUMBERS = LARGEST_FILE // 4
"""The most numbers in all tensors together."""

MEMORY = 4 * LARGEST_FILE
"""The most memory, in bytes, that reading may take."""

SECONDS = 60.0
"""How long reading a file may take."""

USUAL_KEYS = ("state_dict", "model_state_dict", "model", "net", "network", "autoencoder", "weights", "params")
"""The usual keys of the weights in a checkpoint that holds more, in the order they are tried."""

ENDINGS = (".pth", ".pt", ".ckpt", ".bin", ".safetensors")
"""The usual extensions of checkpoints."""


class CheckpointError(Exception):
    """A file has no weights that can be used; the message is a sentence that lacks its subject, the file's name."""


class Reader:
    """Reads checkpoints in one process, which is replaced if a file ends it; a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def read(self, path: Path) -> dict[str, Tensor]:
        """Return a checkpoint's weights, fp32, by name, in the order of the file.

        Raises:
            CheckpointError: there are none, or the file is damaged, malicious or too large.
        """
        with tempfile.TemporaryDirectory(prefix="ae-import-") as place:
            answer = self._ask({"file": str(path.resolve()), "weights": str(Path(place) / "weights")})
            if error := answer.get("error"):
                raise CheckpointError(str(error))
            weights = load_file(Path(place) / "weights")
            return {name: weights[name].clone() for name in answer["names"]}

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        """Send a question to the process, and return its answer; if it has ended before, ask a new one."""
        used = self._process is not None
        answer = self._asked_once(question)
        if not answer and used:
            answer = self._asked_once(question)
        if not answer:
            return {"error": f"can't be read within {SECONDS:.0f} seconds and {MEMORY >> 20:,} MB of memory"}
        found: dict[str, Any] = json.loads(answer)
        return found

    def _asked_once(self, question: dict[str, str]) -> str:
        """Return the process's answer; empty if it ended, which it is made to do if it takes too long."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ae.runs.checkpoint_file"],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process that reads checkpoints has no pipes")
        late = threading.Timer(SECONDS, process.kill)
        late.start()
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            late.cancel()
        if not answer:
            self._end()
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def read(path: Path) -> dict[str, Tensor]:
    """Return a checkpoint's weights, as ``Reader.read`` does, in this process.

    Raises:
        CheckpointError: as there.
    """
    try:
        if not path.is_file():
            raise CheckpointError("is not a file" if path.exists() else "does not exist")
        size = path.stat().st_size
        if not size:
            raise CheckpointError("is empty")
        if size > LARGEST_FILE:
            raise CheckpointError(f"has {size >> 20:,} MB, and checkpoints of at most {LARGEST_FILE >> 20} MB are read")
        with path.open("rb") as file:
            begins = file.read(16)
    except OSError as error:
        raise CheckpointError(f"can't be read: {error.strerror or error}") from error
    content = _safetensors(path) if _is_safetensors(begins, size) else _torch(path, begins, size)
    return _checked(_weights(content))


def check_archive(file: Path | IO[bytes], name: str, size: int) -> None:
    """Check that a file of ``size`` bytes that PyTorch wrote under ``name`` is no larger inside than outside.

    Raises:
        CheckpointError: it is, or it is a TorchScript program, or damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as error:  # zipfile can raise almost anything
        raise CheckpointError("is damaged") from error
    if any("/code/" in entry.filename for entry in entries):
        raise CheckpointError(f"is a TorchScript program, not a state_dict: {_how_to_save(name)}")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise CheckpointError("is compressed inside, which PyTorch's own files are not")
    if sum(entry.file_size for entry in entries) > size:
        raise CheckpointError("is larger inside than outside")


def _is_safetensors(begins: bytes, size: int) -> bool:
    return len(begins) > 8 and begins[8:9] == b"{" and int.from_bytes(begins[:8], "little") <= size - 8


def _safetensors(path: Path) -> Any:  # noqa: ANN401
    try:
        return load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise CheckpointError("is a damaged safetensors file") from error


def _torch(path: Path, begins: bytes, size: int) -> Any:  # noqa: ANN401
    """Return what a file of PyTorch's holds, if that is plain data."""
    zipped = begins.startswith(b"PK")
    if not zipped and not begins.startswith(b"\x80"):
        raise CheckpointError("is neither a PyTorch nor a safetensors file")
    if zipped:
        check_archive(path, path.name, size)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load can raise almost anything
        raise CheckpointError(_why_not(str(error), path.name)) from error


def _why_not(reason: str, name: str) -> str:
    """Return a sentence for what ``torch.load`` refuses."""
    found = re.search(r"GLOBAL ([\w.]+)|[Cc]lass ([\w.]+)|global `?([\w.]+)`?", reason)
    if found and ("Unsupported" in reason or "eights only" in reason or "weights_only" in reason):
        what = next(filter(None, found.groups()))
        return (
            f"is not a state_dict: it holds the pickled object {what[:80]}, as a whole module does, and opening it "
            f"could run code: {_how_to_save(name)}"
        )
    return "is damaged, or not a file that PyTorch wrote"


def _how_to_save(name: str) -> str:
    return f'load it where it was trained, and save the weights alone by torch.save(model.state_dict(), "{name}")'


def _weights(content: Any) -> Mapping[Any, Any]:  # noqa: ANN401
    """Return the weights in a checkpoint: what is under a usual key, or itself, or its parts together."""
    while isinstance(content, Mapping):
        inside = [key for key in USUAL_KEYS if isinstance(content.get(key), Mapping)]
        if not inside:
            break
        content = content[inside[0]]
    if not isinstance(content, Mapping):
        raise CheckpointError(f"holds a {type(content).__name__}, not a state_dict")
    if any(isinstance(value, Tensor) for value in content.values()):
        return content
    parts = {
        f"{part}.{name}": value
        for part, inner in content.items()
        if isinstance(inner, Mapping) and inner and all(isinstance(value, Tensor) for value in inner.values())
        for name, value in inner.items()
    }
    if not parts:
        raise CheckpointError(f"holds no state_dict, neither itself nor under {', '.join(USUAL_KEYS[:3])}")
    return parts


def _checked(found: Mapping[Any, Any]) -> dict[str, Tensor]:
    """Return weights as fp32, if all of them are finite numbers and not too many."""
    weights: dict[str, Tensor] = {}
    left = MOST_NUMBERS
    for name, value in found.items():
        if not isinstance(value, Tensor):  # such as a number of epochs beside the weights
            continue
        if not isinstance(name, str) or len(name) > 200 or not name.isprintable():
            raise CheckpointError("has a tensor whose name is not a short text")
        if value.layout is not torch.strided or value.is_quantized or value.is_meta or value.is_nested:
            raise CheckpointError(f"has a sparse, quantised or empty tensor {name}, which no network here has")
        left -= value.numel()
        if left < 0:
            raise CheckpointError(f"has more than {MOST_NUMBERS:,} numbers, which no network here has")
        if not value.is_floating_point():
            raise CheckpointError(
                f"has a tensor {name} of {str(value.dtype).removeprefix('torch.')}, not of real numbers"
            )
        weights[name] = value.detach().float().contiguous()
        if not weights[name].isfinite().all():
            raise CheckpointError(f"has values in {name} that are not finite numbers, as after training that diverged")
    return weights


def _limit_memory() -> None:
    """Limit this process to ``MEMORY`` more than it has now, where the system can."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, OSError, ValueError):  # not Linux
        return


def _serve() -> None:
    """Read each file that is asked for on the standard input, until it ends."""
    torch.set_num_threads(1)
    _limit_memory()
    for line in sys.stdin:
        question = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            weights = read(Path(question["file"]))
            save_file({name: value.clone() for name, value in weights.items()}, question["weights"])
            answer["names"] = list(weights)
        except CheckpointError as error:
            answer["error"] = str(error)
        except MemoryError:
            answer["error"] = f"takes more than {MEMORY >> 20:,} MB of memory"
        except Exception as error:  # whatever a file does, say so and go on
            answer["error"] = f"can't be read ({type(error).__name__})"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
