"""A Jupyter notebook that loads a run and repeats its figures, with code that is meant to be changed."""

from typing import Any

from ae.runs.folders import Run

CELLS: tuple[tuple[str, str], ...] = (
    (
        "",
        """
import ae
import matplotlib.pyplot as plt
import numpy as np

model = ae.load("{id}")
images = model.dataset.test_images.numpy() / 255  # (N, channels, height, width), 0 black to 1 white
labels = model.dataset.test_labels.numpy()
{{name: value for name, value in model.measured.items() if isinstance(value, int | float)}}
""",
    ),
    (
        """
## The loss

After each epoch, on a logarithmic scale; epoch 0 is before training.
""",
        """
epochs = [line.epoch for line in model.history]
plt.semilogy(epochs, [line.training_loss for line in model.history], label=model.recipe.training_label)
plt.semilogy(epochs, [line.monitored_loss for line in model.history], label=model.recipe.monitored_label)
plt.xlabel("Epoch")
plt.ylabel("Loss per pixel")
plt.legend();
""",
    ),
    (
        """
## Reconstructions

Test images, and what is left of them after the bottleneck.
""",
        """
def show(rows, titles):
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=(len(rows[0]), len(rows)), squeeze=False)
    for row, title, line in zip(rows, titles, axes):
        for image, cell in zip(row, line):
            cell.imshow(image.reshape(images.shape[1:]).transpose(1, 2, 0), cmap="gray", vmin=0, vmax=1)
            cell.set(xticks=[], yticks=[])
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")


chosen = images[:8]
reconstructed = model.reconstruct(chosen)
show([chosen, reconstructed], ["original", "reconstructed"])
print("MSE of these images:", np.mean((reconstructed - chosen) ** 2))
""",
    ),
    (
        """
## Noise

The network sees the noisy image.
""",
        """
noisy = np.clip(chosen + 0.3 * np.random.default_rng(0).normal(size=chosen.shape), 0, 1)
show([chosen, noisy, model.reconstruct(noisy)], ["original", "noisy", "output"])
""",
    ),
    (
        """
## Interpolation

From one image's code to another's in equal steps, z = z1 + (i / n) (z2 - z1), decoded.
""",
        """
z1, z2 = model.encode(images[[0, 3]])
n = 8
show([model.decode([z1 + (i / n) * (z2 - z1) for i in range(n + 1)])], [""])
""",
    ),
    (
        """
## The latent space

The codes of the test images, coloured by class: two units, or of more units the plane of the largest variance.
""",
        """
codes = model.encode(images[:2000])
points = codes - codes.mean(0)
if codes.shape[1] > 2:
    points = points @ np.linalg.svd(points, full_matrices=False)[2][:2].T
plt.figure(figsize=(6, 6))
for label, name in enumerate(model.dataset.class_names):
    here = labels[:2000] == label
    plt.scatter(points[here, 0], points[here, -1], s=4, label=name)
if len(model.dataset.class_names) > 1:
    plt.legend(markerscale=3, loc="center left", bbox_to_anchor=(1, 0.5))
""",
    ),
)
"""Markdown and code, in turn."""


def files(run: Run) -> dict[str, bytes]:
    """Return the notebook."""
    from nbformat import v4

    title = (
        f"# {run.name}\n\nThe run `{run.id}` of Autoencoder Lab, with its figures. It needs the package `ae`: open it "
        "in the project's folder, or where `autoencoder-lab` is installed. If the runs are elsewhere, `AE_CHECKPOINTS` "
        "names their folder."
    )
    write: Any = v4  # nbformat's functions have no type hints
    cells = [write.new_markdown_cell(title)]
    for text, code in CELLS:
        if text:
            cells.append(write.new_markdown_cell(text.strip()))
        cells.append(write.new_code_cell(code.strip().format(id=run.id) if "{id}" in code else code.strip()))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = write.new_notebook(cells=cells, metadata=kernel)
    return {f"{run.id}.ipynb": write.writes(notebook).encode()}
