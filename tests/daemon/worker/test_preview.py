"""Small pictures of latents."""

import numpy as np
import torch

from helpers import small_models
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.worker.preview import MAX_SIDE, Throttle, colours, fitted_map, latent_map


def test_a_linear_map_is_applied_and_bytes_come_out() -> None:
    rgb_map = torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, 0], [0, 0, -1.0]])
    latents = torch.zeros(2, 4, 3, 5)
    latents[1, 0] = 1
    first, second = colours(latents, rgb_map)
    assert first.dtype == np.uint8
    assert first.shape == (3, 5, 3)
    assert (first == [128, 128, 0]).all()
    assert (second == [255, 128, 0]).all()


def test_large_latents_are_thinned_and_wild_values_are_clipped() -> None:
    rgb_map = torch.ones(5, 3)
    latents = torch.full((1, 4, 3 * MAX_SIDE, 10), float("nan"))
    latents[0, :, ::2] = 1e9
    (small,) = colours(latents, rgb_map)
    assert max(small.shape) <= MAX_SIDE
    assert set(np.unique(small)) == {128, 255}


def test_a_map_is_fitted_to_the_vae_at_hand() -> None:
    """A VAE whose latents are the colours themselves, averaged, gets the exact map."""

    class Averaging(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))
            self.config = type("Config", (), {"scaling_factor": 0.5})

        def encode(self, x: torch.Tensor) -> object:
            small = torch.nn.functional.avg_pool2d(x, 8)
            latents = torch.cat([small, small.mean(1, keepdim=True)], dim=1)

            class Given:
                class latent_dist:  # noqa: N801 - the name in diffusers
                    @staticmethod
                    def mode() -> torch.Tensor:
                        return latents

            return Given

    found = fitted_map(Averaging())
    assert found is not None
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    latents = Averaging().encode(picture).latent_dist.mode() * 0.5  # type: ignore[attr-defined]
    expected = (torch.nn.functional.avg_pool2d(picture, 8)[0] / 2 + 0.5) * 255
    (seen,) = colours(latents, found)
    assert np.abs(seen - expected.permute(1, 2, 0).numpy()).max() < 1


def test_the_table_is_used_for_published_checkpoints_alone() -> None:
    small = small_models.build("sd15").vae
    assert latent_map(FAMILIES["sd15"], small) is not None
    fitted = latent_map(FAMILIES["sd15"], small)
    table = torch.tensor(FAMILIES["sd15"].latent_rgb)
    assert fitted is not None
    assert not torch.allclose(fitted, table)


def test_a_throttle_lets_one_through_in_an_interval() -> None:
    now = [0.0]
    throttle = Throttle(1.0, lambda: now[0])
    assert throttle.ready()
    assert not throttle.ready()
    now[0] = 0.9
    assert not throttle.ready()
    now[0] = 1.1
    assert throttle.ready()
