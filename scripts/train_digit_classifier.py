"""Train the digit classifier on MNIST's training images and write its weights into the package.

    python -m scripts.train_digit_classifier

5,000 training images are split off for validation; the test images are used once, at the end. About five minutes on
two cores.
"""

import math

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm

from ae.analysis import digit_classifier, filters
from ae.data import datasets

SEED, EPOCHS, BATCH, RATE, VALIDATION = 0, 24, 128, 4e-3, 5000
TURN, STRETCH, SHIFT, MOST_NOISE = 15, 0.15, 2, 0.5  # degrees, share, pixels, standard deviation


def main() -> None:
    """Train the classifier, measure it, and write its weights."""
    torch.manual_seed(SEED)
    dataset = datasets.load("mnist")
    images, labels = datasets.to_float(dataset.images), dataset.labels
    train_images, train_labels = images[:-VALIDATION], labels[:-VALIDATION]
    model = digit_classifier.DigitClassifier()
    steps = EPOCHS * (len(train_images) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.2)
    for epoch in range(1, EPOCHS + 1):
        model.train()
        order = torch.randperm(len(train_images)).split(BATCH)[: len(train_images) // BATCH]
        for batch in tqdm(order, desc=f"epoch {epoch}/{EPOCHS}", leave=False):
            loss = F.cross_entropy(model(disturbed(train_images[batch])), train_labels[batch], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        validated = accuracy(model, images[-VALIDATION:], labels[-VALIDATION:])
        print(f"epoch {epoch}/{EPOCHS}  validation accuracy {validated:.4f}")
    half = {name: value.half() if value.is_floating_point() else value for name, value in model.state_dict().items()}
    model.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in half.items()})
    facts = {"dataset": "mnist", "epochs": str(EPOCHS), "seed": str(SEED)}
    for name in digit_classifier.MEASURED:
        known = datasets.load(name)
        test = accuracy(model, datasets.to_float(known.test_images), known.test_labels)
        facts[f"accuracy_{name}"] = f"{test:.4f}"
        print(f"accuracy on the test images of {name}: {test:.4f}")
    save_file(half, digit_classifier.WEIGHTS, facts)
    print(f"written to {digit_classifier.WEIGHTS}")


def disturbed(images: Tensor) -> Tensor:
    """Rotate, stretch, move, blur and fade images, with shape (B, 1, 28, 28), a little at random, and add noise.

    People recognise digits in spite of all this, and so should the classifier: reconstructions are blurry, and may keep
    some of the noise.
    """
    count = len(images)
    turn = (torch.rand(count) * 2 - 1) * math.radians(TURN)
    scale = 1 + (torch.rand(2, count) * 2 - 1) * STRETCH
    move = (torch.rand(2, count) * 2 - 1) * SHIFT / 14  # in halves of the image's side
    rows = torch.stack([turn.cos() / scale[0], -turn.sin() / scale[1], move[0]], 1)
    columns = torch.stack([turn.sin() / scale[0], turn.cos() / scale[1], move[1]], 1)
    grid = F.affine_grid(torch.stack([rows, columns], 1), list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, align_corners=False)
    if torch.rand(()) < 0.5:
        images = filters.blur(images, 0.4 + 0.9 * float(torch.rand(())))
    images = images * (0.6 + 0.4 * torch.rand(count, 1, 1, 1))
    with_noise = torch.rand(count, 1, 1, 1) < 0.5
    strength = MOST_NOISE * torch.rand(count, 1, 1, 1)
    noisy = (images + with_noise * strength * torch.randn_like(images)).clamp(0, 1)
    if torch.rand(()) < 0.3:  # like noise that was blurred
        noisy = filters.blur(noisy, 0.8)
    return noisy


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that the model classifies correctly."""
    model.eval()
    right = [
        (model(chunk).argmax(1) == label).sum()
        for chunk, label in zip(images.split(digit_classifier.CHUNK), labels.split(digit_classifier.CHUNK), strict=True)
    ]
    return float(sum(right)) / len(images)


if __name__ == "__main__":
    main()
