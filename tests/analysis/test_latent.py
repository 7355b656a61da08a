"""The latent space: planes, neighbours, samples and units."""

import numpy as np
import pytest
import torch
from networks import network
from tiny import tiny

from ae.analysis import latent, neighbours, pca, reconstruct, sampling, tsne
from ae.data import datasets


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def codes():
    """Five units, with most of the variance in two directions that are not axes."""
    return normal(400, 5) @ normal(5, 5, seed=1) * torch.tensor([3.0, 1.0, 1.0, 0.2, 0.1]) + 7


def test_the_plane_of_two_units_is_the_code_itself():
    codes = normal(20, 2)
    where = latent.plane(codes)
    assert torch.equal(where.to_plane(codes), codes)
    assert torch.equal(where.to_code(codes), codes)
    assert (where.share, where.names) == (1.0, ("Unit 0", "Unit 1"))


def test_the_plane_of_one_unit_is_a_line():
    codes = normal(20, 1)
    where = latent.plane(codes)
    points = where.to_plane(codes)
    assert torch.equal(points, torch.cat([codes, torch.zeros(20, 1)], 1))
    assert torch.equal(where.to_code(points), codes)
    assert torch.equal(where.to_code(points + torch.tensor([0.0, 5.0])), codes)
    assert (where.share, where.names) == (1.0, ("Unit 0", "Nothing"))


def test_the_plane_of_more_units_shows_the_two_principal_components(codes):
    where = latent.plane(codes)
    assert torch.allclose(where.to_plane(codes).abs(), pca.fit(codes).encode(codes, 2).abs(), atol=1e-5)
    assert (
        where.to_plane(codes).pow(3).mean(0) >= 0
    ).all()  # the long tails point the same way, regardless of the solver's signs
    shown = where.to_plane(codes).var(0, correction=0).sum() / codes.var(0, correction=0).sum()
    assert where.share == pytest.approx(shown.item(), rel=1e-4)
    assert 0.5 < where.share < 1
    assert where.names == ("First principal component", "Second principal component")


@pytest.mark.parametrize("size", [2, 3, 16])
def test_a_point_is_mapped_to_its_code_and_back(size):
    where, points = latent.plane(normal(50, size)), normal(30, 2, seed=2)
    assert where.to_code(points).shape == (30, size)
    assert torch.allclose(where.to_plane(where.to_code(points)), points, atol=1e-5)


def test_constant_codes_have_a_plane():
    codes = torch.full((20, 4), 0.5)
    where = latent.plane(codes)
    assert where.share == 1.0
    assert torch.allclose(where.to_plane(codes), torch.zeros(20, 2))
    area = latent.bounds(where.to_plane(codes))
    assert area.left < 0 < area.right
    assert area.bottom < 0 < area.top


def test_the_bounds_leave_out_the_outermost_points_and_have_a_margin():
    line = torch.linspace(0, 100, 1001)
    points = torch.stack([line, line / 10 + 5], 1)
    assert latent.bounds(points, outside=0.01, margin=0.0) == pytest.approx((1, 99, 5.1, 14.9), rel=1e-4)
    assert latent.bounds(points, outside=0.01, margin=0.5) == pytest.approx((-48, 148, 0.2, 19.8), rel=1e-4)
    assert latent.bounds(points, outside=0.0, margin=0.0) == pytest.approx((0, 100, 5, 15), rel=1e-4)
    points[0] = -1e6
    assert latent.bounds(points).left > -10


@pytest.mark.parametrize("name", ["mlp4", "conv", "vae"])
def test_a_manifold_decodes_the_middle_of_each_cell(name):
    model, area = network(name, 2).eval(), latent.Bounds(-3, 1, 10, 18)
    drawings = latent.manifold(model, latent.plane(normal(9, 2)), area, 4)
    assert drawings.shape == (4, 4, 1, 28, 28)
    assert not drawings.requires_grad
    for row, y in enumerate((17.0, 15.0, 13.0, 11.0)):
        for column, x in enumerate((-2.5, -1.5, -0.5, 0.5)):
            by_hand = model.decode(torch.tensor([[x, y]])).reshape(28, 28)
            assert torch.allclose(drawings[row, column], by_hand, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp4", "conv", "vae", "residual"])
@pytest.mark.parametrize("size", [1e39, -1e39, 1e30, float("nan")])
def test_even_a_huge_code_decodes_to_an_image_and_has_neighbours(name, size, codes):
    model = network(name, 5).eval()
    far = latent.plane(codes).to_code(torch.tensor([[size, 1.0]]))
    image = reconstruct.decode(model, far)
    assert image.shape == (1, 1, 28, 28)
    assert ((image >= 0) & (image <= 1)).all()
    assert len(set(neighbours.neighbours(codes, far[0]))) == neighbours.NEIGHBOURS


def test_the_nearest_neighbour_of_a_code_is_itself_and_the_others_follow_by_distance(codes):
    for index in (0, 17, 399):
        found = neighbours.neighbours(codes, codes[index], 12)
        distances = (codes - codes[index]).norm(dim=1)
        assert found[0] == index
        assert distances[found].tolist() == sorted(distances.tolist())[:12]
    assert len(neighbours.neighbours(codes, codes[0])) == neighbours.NEIGHBOURS
    assert sorted(neighbours.neighbours(codes[:3], codes[0], 8)) == [0, 1, 2]


def test_t_sne_separates_two_far_clusters_and_the_same_seed_gives_the_same_map():
    codes = torch.cat([normal(30, 6), normal(30, 6, seed=1) + 50]).numpy()
    points = tsne.tsne(codes)
    assert points.shape == (60, 2)
    assert points.dtype == np.float32
    centres = points[:30].mean(0), points[30:].mean(0)
    distances = np.stack([np.linalg.norm(points - centre, axis=1) for centre in centres])
    assert distances.argmin(0).tolist() == [0] * 30 + [1] * 30
    assert np.array_equal(points, tsne.tsne(codes))
    assert not np.array_equal(points, tsne.tsne(codes[:, :2], seed=1))


FEW, ONE, DEAD = normal(4, 3), normal(40, 1), torch.zeros(40, 3)


@pytest.mark.parametrize("codes", [FEW, ONE, DEAD], ids=["four codes", "one unit", "all units dead"])
def test_t_sne_maps_any_code_that_a_run_may_have(codes):
    points = tsne.tsne(codes.numpy())
    assert points.shape == (len(codes), 2)
    assert np.isfinite(points).all()


def test_a_model_with_a_prior_is_sampled_from_it():
    sampled = sampling.sampler(torch.full((10, 3), 99.0), prior=True).sample(20_000, seed=4)
    assert sampled.shape == (20_000, 3)
    assert torch.allclose(sampled.mean(0), torch.zeros(3), atol=0.03)
    assert torch.allclose(sampled.T.cov(), torch.eye(3), atol=0.03)
    assert torch.equal(sampled[:1], sampling.sampler(torch.zeros(1, 3), prior=True).sample(20_000, seed=4)[:1])
    assert not torch.equal(sampled, sampling.sampler(torch.zeros(1, 3), prior=True).sample(20_000, seed=5))


def test_a_model_without_a_prior_is_sampled_from_a_mixture_fitted_to_its_codes(codes):
    random = torch.get_rng_state()
    sampled = sampling.sampler(codes, prior=False).sample(20_000, seed=1)
    assert torch.equal(torch.get_rng_state(), random)
    assert sampled.shape == (20_000, 5)
    spread = codes.std(0)
    assert ((sampled.mean(0) - codes.mean(0)).abs() < 0.05 * spread).all()
    assert torch.allclose(sampled.T.corrcoef(), codes.T.corrcoef(), atol=0.05)
    assert torch.allclose(sampled.std(0) / spread, torch.ones(5), atol=0.05)
    assert torch.equal(sampled, sampling.sampler(codes, prior=False).sample(20_000, seed=1))
    assert not torch.equal(sampled, sampling.sampler(codes, prior=False).sample(20_000, seed=2))


def test_the_mixture_finds_far_clusters_and_samples_nothing_between_them():
    codes = torch.cat([normal(300, 2) * 0.1, normal(100, 2, seed=1) * 0.1 + 100])
    found = sampling.mixture(codes)
    assert found.weights.sum().item() == pytest.approx(1)
    assert len(found.weights) == sampling.COMPONENTS
    sampled = found.sample(4000, seed=0)
    far = sampled[:, 0] > 50
    assert far.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert (sampled - torch.where(far[:, None], 100.0, 0.0)).abs().max() < 1


def test_a_mixture_draws_from_its_means_and_the_roots_of_its_covariances():
    roots = torch.tensor([[[3.0, 0.0], [0.0, 0.1]], [[1.0, 0.0], [2.0, 0.5]]])
    made = sampling.Mixture(torch.tensor([0.0, 1.0]), torch.tensor([[9.0, 9.0], [-4.0, 2.0]]), roots)
    sampled = made.sample(20_000, seed=0)
    assert torch.allclose(sampled.mean(0), torch.tensor([-4.0, 2.0]), atol=0.1)
    assert torch.allclose(sampled.T.cov(), roots[1] @ roots[1].T, atol=0.2)


@pytest.mark.parametrize(
    "codes", [torch.ones(30, 3), torch.tensor([[1.0, 0.0]]) * normal(30, 1), normal(4, 2)], ids=["all", "one", "few"]
)
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_inactive_units_and_few_codes_can_be_sampled(codes):
    sampled = sampling.sampler(codes, prior=False).sample(100, seed=0)
    assert sampled.shape == (100, codes.shape[1])
    inactive = codes.std(0) == 0
    assert torch.allclose(sampled[:, inactive], codes[:1, inactive], atol=0.05)


def test_a_large_code_is_sampled_in_the_directions_that_matter_and_quickly():
    mixing = normal(3, 100, seed=5)
    codes = normal(400, 3) @ mixing + 7
    sampled = sampling.mixture(codes).sample(5000, seed=0)
    assert sampled.shape == (5000, 100)
    assert torch.allclose(sampled.T.cov(), codes.T.cov(), atol=0.25 * float(codes.T.cov().abs().max()))
    assert torch.allclose(sampled.mean(0), codes.mean(0), atol=0.3)


def test_the_health_marks_inactive_units_and_has_each_unit_s_spread(few):
    model, images = network("mlp4", 4, code_activation="relu").eval(), datasets.to_float(few.test_images)
    with torch.no_grad():
        model.fc2.bias[:] = 10.0
        model.fc2.weight[2], model.fc2.bias[2] = 0, -1.0
    codes = reconstruct.encode(model, images)
    found = latent.health(model, codes, images)
    assert found.inactive == [2]
    assert found.active.tolist() == [True, True, False, True]
    assert found.spread == pytest.approx(codes.numpy().std(0), rel=1e-4)
    assert found.spread[2] == 0
    assert found.kl is None


def test_the_health_of_a_vae_has_the_kl_of_each_unit_and_knows_a_collapsed_one(few):
    model, images = network("vae", 3).eval(), datasets.to_float(few.test_images)
    with torch.no_grad():
        model.fc31.weight *= 20
        for layer in (model.fc31, model.fc32):
            layer.weight[1], layer.bias[1] = 0, 0
    found = latent.health(model, reconstruct.encode(model, images), images)
    assert found.inactive == [1]
    assert found.kl == pytest.approx(model.kl(images).mean(0).tolist(), rel=1e-5)
    assert found.kl[1] == 0
    assert (found.kl[[0, 2]] > 0.01).all()


def test_the_importance_of_a_unit_is_how_much_the_error_grows_without_it(few):
    model, images = network("mlp4", 3).eval(), datasets.to_float(few.test_images)
    with torch.no_grad():
        model.fc3.weight[:, 1] = 0  # the decoder ignores it
    codes = reconstruct.encode(model, images)
    found = latent.importance(model, codes, images)
    held = codes.clone()
    held[:, 0] = codes[:, 0].mean()
    whole, without = ((reconstruct.decode(model, each) - images).square().mean() for each in (codes, held))
    assert found[0] == pytest.approx(float(without / whole) - 1, abs=1e-5)
    assert found[1] == pytest.approx(0, abs=1e-6)
    assert found.shape == (3,)


def test_the_cause_of_inactive_units_is_the_prior_the_relu_or_that_they_are_constant():
    assert "posterior collapse" in latent.cause(tiny(model="vae", code_activation="none", beta=1.0))
    assert "ReLU" in latent.cause(tiny(code_activation="relu"))
    assert "penalty" in latent.cause(tiny(code_activation="relu", penalty="l1", penalty_weight=1.0))
    assert "largest" in latent.cause(tiny(code_activation="top-k", top_k=2))
    assert latent.cause(tiny(code_activation="none")).startswith("The value is almost the same for every image")
