"""What the screens call the settings of a recipe and their values."""

from ae.runs.sweep_study import shown

LABELS = {
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "model": "Network",
    "code_size": "Bottleneck size",
    "activation": "Activation",
    "code_activation": "Activation of the latent code",
    "top_k": "Units kept by top-k",
    "codebook_size": "Codebook size",
    "init": "Initial weights",
    "optimiser": "Optimiser",
    "learning_rate": "Learning rate",
    "schedule": "Learning rate schedule",
    "weight_decay": "Weight decay",
    "augmentation": "Augmentation strength",
    "loss": "Loss",
    "noise": "Training noise (standard deviation)",
    "noise_levels": "Training noise levels",
    "beta": "KL weight (beta)",
    "penalty": "Penalty on the code",
    "penalty_weight": "Penalty weight",
    "target_activity": "Target activity",
    "validation_images": "Validation images",
    "seed": "Seed",
    "precision": "Precision",
    "device": "Device",
}
CHOICES = {
    "relu": "ReLU",
    "gelu": "GELU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "none": "None",
    "pytorch": "PyTorch's default",
    "xavier": "Xavier-uniform",
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "muon": "Muon",
    "l1": "L1",
    "kl-sparse": "Sparsity (KL)",
    "mmd": "MMD",
    "top-k": "Top-k",
    "mse": "Mean squared error",
    "bce": "Binary cross-entropy",
    "cpu": "CPU",
    "cuda": "CUDA (NVIDIA GPU)",
    "mps": "MPS (Apple GPU)",
    "bf16": "bf16",
    "fp32": "fp32",
}
"""The values of settings that are not just capitalised."""


def value_label(value: object) -> str:
    """Return what the screens call a value of a setting."""
    return CHOICES.get(value, value.capitalize()) if isinstance(value, str) else shown(value)
