"""The presets: recipes with a name, as data."""

from dataclasses import dataclass, replace

from ae.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """A recipe with a name, one sentence about it, and its source."""

    name: str
    title: str
    sentence: str
    source: str
    recipe: Recipe
    code_sizes: tuple[int, ...]
    """The bottleneck sizes that it is meant for, including the recipe's own."""


LAB = Recipe(
    model="mlp4",
    activation="relu",
    code_activation="relu",
    validation_images=0,
    epochs=50,
    batch_size=2048,
    learning_rate=1e-3,
    schedule="plateau",
    weight_decay=1e-5,
)

HOMEWORK = Recipe(
    model="conv",
    code_size=2,
    activation="relu",
    validation_images=12_000,
    epochs=10,
    batch_size=256,
    learning_rate=5e-4,
    schedule="constant",
)

BEST = Recipe(
    model="residual",
    epochs=60,
    batch_size=384,
    optimiser="muon",
    learning_rate=8e-3,
    weight_decay=0.2,
    augmentation=0.5,
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="fast",
            title="Fast",
            sentence="Four fully connected layers with GELU and the one-cycle schedule; trains in seconds.",
            source="ours; the network is that of lab with another activation",
            recipe=Recipe(),
            code_sizes=(2, 4, 8, 16),
        ),
        Preset(
            name="best",
            title="Best",
            sentence="The lowest reconstruction error at every bottleneck size, in minutes: a residual network, the "
            "Muon optimiser and augmented training images.",
            source="ours; Muon: Jordan et al. 2024",
            recipe=BEST,
            code_sizes=(2, 4, 8, 16, 30),
        ),
        Preset(
            name="denoiser",
            title="Denoiser",
            sentence="The residual network, trained to reconstruct the clean image from a noisy one, at any noise "
            "level up to 0.6.",
            source="ours; denoising autoencoders: Vincent et al. 2008",
            recipe=replace(BEST, code_size=64, epochs=20, augmentation=0.0, noise=0.6, noise_levels="varied"),
            code_sizes=(16, 64),
        ),
        Preset(
            name="best-denoiser",
            title="Best denoiser",
            sentence="Removes noise best, in minutes: convolutions in front of the residual network, trained with "
            "binary cross-entropy on noisy images.",
            source="ours; denoising autoencoders: Vincent et al. 2008",
            recipe=Recipe(
                model="conv-residual",
                code_size=64,
                epochs=24,
                batch_size=256,
                optimiser="adamw",
                learning_rate=2e-3,
                weight_decay=0.02,
                noise=0.6,
                noise_levels="varied",
                loss="bce",
            ),
            code_sizes=(64,),
        ),
        Preset(
            name="vae",
            title="Variational",
            sentence="A variational autoencoder, which can generate new images, trained with binary cross-entropy as "
            "in most publications.",
            source="ours; Kingma & Welling 2014; the network is that of homework-vae with GELU",
            recipe=Recipe(
                model="vae", code_size=20, epochs=30, batch_size=128, learning_rate=1e-3, loss="bce", beta=1.0
            ),
            code_sizes=(2, 20),
        ),
        Preset(
            name="best-vae",
            title="Best variational",
            sentence="The highest evidence lower bound, in minutes: a variational autoencoder of residual blocks, the "
            "Muon optimiser and augmented training images.",
            source="ours; Kingma & Welling 2014; Muon: Jordan et al. 2024",
            recipe=Recipe(
                model="residual-vae",
                code_size=20,
                epochs=20,
                optimiser="muon",
                learning_rate=4e-3,
                weight_decay=0.1,
                augmentation=0.5,
                loss="bce",
                beta=1.0,
            ),
            code_sizes=(2, 20),
        ),
        Preset(
            name="beta-vae",
            title="Beta-VAE",
            sentence="A variational autoencoder whose KL term weighs four times as much, which is meant to separate "
            "what its units stand for.",
            source="Higgins et al. 2017; the rest is that of vae",
            recipe=Recipe(
                model="vae", code_size=10, epochs=20, batch_size=128, learning_rate=1e-3, loss="bce", beta=4.0
            ),
            code_sizes=(10,),
        ),
        Preset(
            name="wae",
            title="Wasserstein (MMD)",
            sentence="A penalty makes the codes of all images together follow a normal distribution, so that new "
            "images can be sampled as from a variational autoencoder.",
            source="Tolstikhin et al. 2018; the rest is that of fast",
            recipe=Recipe(penalty="mmd", penalty_weight=100.0),
            code_sizes=(2, 8),
        ),
        Preset(
            name="sparse",
            title="Sparse (L1)",
            sentence="Sixty-four latent units, of which a penalty lets each image use few.",
            source="Lee, Battle, Raina & Ng 2007; the rest is that of fast",
            recipe=Recipe(code_size=64, code_activation="relu", penalty="l1", penalty_weight=0.03),
            code_sizes=(64,),
        ),
        Preset(
            name="kl-sparse",
            title="Sparse (KL)",
            sentence="Sixty-four latent units between 0 and 1, each of which responds to about one image in twenty.",
            source="Lee, Ekanadham & Ng 2008; Ng, Sparse autoencoder, 2011; the rest is that of fast",
            recipe=Recipe(code_size=64, code_activation="sigmoid", penalty="kl-sparse", penalty_weight=1.0),
            code_sizes=(64,),
        ),
        Preset(
            name="k-sparse",
            title="k-sparse",
            sentence="Sixty-four latent units, of which the ten largest are kept for each image; those that never are "
            "among them become inactive.",
            source="Makhzani & Frey 2014; the rest is that of fast",
            recipe=Recipe(code_size=64, code_activation="top-k", top_k=10),
            code_sizes=(64,),
        ),
        Preset(
            name="contractive",
            title="Contractive",
            sentence="A penalty on the encoder's Jacobian: small changes of an image change its code little.",
            source="Rifai et al. 2011; the rest is that of fast",
            recipe=Recipe(penalty="contractive", penalty_weight=0.1),
            code_sizes=(8,),
        ),
        Preset(
            name="vq",
            title="Vector-quantised",
            sentence="A discrete code: each pair of latent units is one of 256 learned vectors, so that eight units "
            "are four letters of an alphabet.",
            source="van den Oord et al. 2017; the rest is that of fast",
            recipe=Recipe(model="vq"),
            code_sizes=(2, 8),
        ),
        Preset(
            name="conv",
            title="Convolutional",
            sentence="A small convolutional autoencoder with two latent units, trained for 150 epochs.",
            source="ours; the network is that of homework-conv",
            recipe=replace(
                HOMEWORK, validation_images=5000, epochs=150, batch_size=128, learning_rate=5e-3, schedule="one-cycle"
            ),
            code_sizes=(2,),
        ),
        Preset(
            name="lab",
            title="Plain MLP",
            sentence="Four fully connected layers with ReLU everywhere; on the latent code, ReLU leaves about a third "
            "of the units inactive (dead).",
            source="the network and the training loop of a deep-learning lab, unchanged",
            recipe=LAB,
            code_sizes=(4, 8, 16),
        ),
        Preset(
            name="lab-xavier",
            title="Plain MLP (Xavier)",
            sentence="The plain MLP with Xavier initialisation, which leaves few units inactive.",
            source="one of the deep-learning lab's reports, which also starts biases at 0.01",
            recipe=replace(LAB, init="xavier"),
            code_sizes=(4, 8, 16),
        ),
        Preset(
            name="homework-conv",
            title="Convolutional (10 epochs)",
            sentence="A small convolutional autoencoder with two latent units, trained for 10 epochs "
            "at a constant learning rate.",
            source="the homework's convolutional autoencoder and its training, unchanged",
            recipe=HOMEWORK,
            code_sizes=(2,),
        ),
        Preset(
            name="homework-vae",
            title="Variational (10 epochs)",
            sentence="A variational autoencoder with two latent units, trained for 10 epochs with squared error.",
            source="the homework's variational autoencoder, trained as homework-conv: its report names no settings",
            recipe=replace(HOMEWORK, model="vae", beta=1.0),
            code_sizes=(2,),
        ),
    )
}
