"""The activations, initialisations and errors that a recipe can name. Nothing here imports torch."""

PIXELS = 28 * 28

ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU", "tanh": "Tanh"}
"""Activations of hidden layers, and their classes in ``torch.nn``."""

CODE_ACTIVATIONS = {"none": "Identity", "relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}
"""Activations of the latent code, and their classes in ``torch.nn``."""

INITIALISATIONS = ("pytorch", "xavier")
"""Initialisations of the weights; see ``ae.models.layers.initialise``."""

ERRORS = {"mse": "mse_loss", "bce": "binary_cross_entropy"}
"""Reconstruction errors, and their functions in ``torch.nn.functional``."""
