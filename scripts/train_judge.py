"""Train the judge (ae/judge.py) on MNIST's training images and write the weights that come with the package.

    python scripts/train_judge.py

5,000 training images are held out to watch; the test images are read once, at the end. Images are shifted by up to two
pixels in training. About three minutes on two cores.
"""

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm

from ae import data, judge

SEED, EPOCHS, BATCH, RATE, HELD_OUT, SHIFT = 0, 12, 128, 4e-3, 5000, 2


def main() -> None:
    """Train, measure, write."""
    torch.manual_seed(SEED)
    dataset = data.load("mnist")
    images, labels = data.to_float(dataset.images), dataset.labels
    train_images, train_labels = images[:-HELD_OUT], labels[:-HELD_OUT]
    model = judge.Judge()
    steps = EPOCHS * (len(train_images) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.2)
    for epoch in range(1, EPOCHS + 1):
        model.train()
        order = torch.randperm(len(train_images)).split(BATCH)[: len(train_images) // BATCH]
        for batch in tqdm(order, desc=f"epoch {epoch}/{EPOCHS}", leave=False):
            loss = F.cross_entropy(model(shifted(train_images[batch])), train_labels[batch], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(
            f"epoch {epoch}/{EPOCHS}  held-out accuracy {accuracy(model, images[-HELD_OUT:], labels[-HELD_OUT:]):.4f}"
        )
    half = {name: value.half() if value.is_floating_point() else value for name, value in model.state_dict().items()}
    model.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in half.items()})
    test = accuracy(model, data.to_float(dataset.test_images), dataset.test_labels)
    facts = {"dataset": "mnist", "epochs": str(EPOCHS), "seed": str(SEED), "test_accuracy": f"{test:.4f}"}
    save_file(half, judge.WEIGHTS, facts)
    print(f"test accuracy {test:.4f}, written to {judge.WEIGHTS}")


def shifted(images: Tensor) -> Tensor:
    """Move each image of a batch, with shape (B, 1, 28, 28), by up to SHIFT pixels; what leaves is lost."""
    padded = F.pad(images, (SHIFT,) * 4)
    side = images.shape[-1]
    down, right = torch.randint(0, 2 * SHIFT + 1, (2, len(images)))
    rows = (down[:, None] + torch.arange(side))[:, :, None]  # (B, 28, 1)
    columns = (right[:, None] + torch.arange(side))[:, None, :]  # (B, 1, 28)
    return padded[torch.arange(len(images))[:, None, None], 0, rows, columns].unsqueeze(1)


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Give the share of images that the model reads right."""
    model.eval()
    right = [
        (model(chunk).argmax(1) == label).sum()
        for chunk, label in zip(images.split(judge.CHUNK), labels.split(judge.CHUNK), strict=True)
    ]
    return float(sum(right)) / len(images)


if __name__ == "__main__":
    main()
