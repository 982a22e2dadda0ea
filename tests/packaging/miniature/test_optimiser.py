"""Muon and Adam on flat buffers, and the group norm that trains quickly."""

import pytest
import torch
from torch import nn

import optimiser
from groupnorm import FastGroupNorm, quicken


def test_orthogonalising_brings_singular_values_near_one() -> None:
    torch.manual_seed(0)
    matrices = torch.randn(3, 12, 40)

    values = torch.linalg.svdvals(optimiser.orthogonalised(matrices))

    assert values.min() > 0.5
    assert values.max() < 1.4


def test_every_parameter_has_its_own_place_in_the_flat_buffer() -> None:
    module = nn.Sequential(nn.Conv2d(2, 4, 3), nn.Linear(5, 6))
    parameters = list(module.parameters())
    plan = optimiser.layout(parameters, {id(parameters[0])})
    flat = torch.arange(plan.total, dtype=torch.float32)

    seen = torch.cat([slot.view(flat).reshape(-1) for slot in plan.slots])

    assert torch.equal(seen.sort().values, flat)
    assert plan.total - plan.adam == parameters[0].numel()


def test_two_shares_do_what_one_does() -> None:
    module = nn.Sequential(nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 3))
    parameters = list(module.parameters())
    matrices = {id(p) for p in parameters if p.dim() == 2}
    plan = optimiser.layout(parameters, matrices)
    torch.manual_seed(1)
    gradient, start = torch.randn(plan.total), torch.randn(plan.total)

    results = []
    for world in (1, 2):
        weights, first, second = start.clone(), torch.zeros(plan.total), torch.zeros(plan.total)
        for rank in range(world):
            share = optimiser.Share(plan, rank, world, weight_decay=0.01)
            share.update(weights, gradient, first, second, lr=0.1, step=1)
        results.append(weights)

    assert not torch.allclose(results[0], start)
    torch.testing.assert_close(results[0], results[1])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_quick_group_norm_has_the_same_result_and_gradient(dtype: torch.dtype) -> None:
    torch.manual_seed(2)
    plain = nn.GroupNorm(4, 16)
    quick = nn.Sequential(nn.GroupNorm(4, 16))
    quicken(quick)
    quick[0].load_state_dict(plain.state_dict())
    x = torch.randn(2, 16, 6, 6).contiguous(memory_format=torch.channels_last)
    one, other = (x.to(dtype).requires_grad_() for _ in range(2))

    expected = plain.to(dtype)(one)
    result = quick(other)
    expected.square().sum().backward()
    result.square().sum().backward()

    assert isinstance(quick[0], FastGroupNorm)
    tolerance = 1e-4 if dtype == torch.float32 else 0.1
    torch.testing.assert_close(result, expected, atol=tolerance, rtol=tolerance)
    torch.testing.assert_close(other.grad, one.grad, atol=tolerance, rtol=tolerance)
