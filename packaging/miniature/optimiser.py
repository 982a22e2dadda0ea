"""Muon for the matrices and Adam for the rest, on flat buffers that several processes share.

Muon: Keller Jordan et al. 2024, with the step size of Liu et al. 2025 (arXiv 2502.16982), under
which one learning rate serves both.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
BETA_MUON = 0.95
BETAS_ADAM = (0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one parameter lies in the flat buffers."""

    offset: int
    size: torch.Size
    stride: tuple[int, ...]
    is_matrix: bool  # updated by Muon

    def view(self, flat: Tensor) -> Tensor:
        """This parameter's part of a flat buffer, in its own shape."""
        return torch.as_strided(flat, self.size, self.stride, self.offset)


@dataclass(frozen=True, slots=True)
class Layout:
    """The order of a module's parameters in a flat buffer: Adam's first, then Muon's."""

    slots: tuple[Slot, ...]  # in the order of the parameters
    adam: int  # elements that Adam updates
    total: int


def layout(parameters: list[nn.Parameter], matrices: set[int]) -> Layout:
    """Lay out parameters; `matrices` holds the ids of those that Muon updates."""
    order = sorted(range(len(parameters)), key=lambda i: id(parameters[i]) in matrices)
    slots: dict[int, Slot] = {}
    offset = adam = 0
    for index in order:
        parameter = parameters[index]
        is_matrix = id(parameter) in matrices
        slots[index] = Slot(offset, parameter.shape, parameter.stride(), is_matrix)
        offset += parameter.numel()
        adam = adam if is_matrix else offset
    return Layout(tuple(slots[i] for i in range(len(parameters))), adam, offset)


def orthogonalised(matrices: Tensor) -> Tensor:
    """Replace the singular values of each matrix [N, R, C] by about 1 (five quintic steps)."""
    a, b, c = NEWTON_SCHULZ
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    for _ in range(5):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = (x.mT if tall else x).float()
    return result


class Share:
    """One process's part of the optimiser: a slice of Adam's elements and some of Muon's matrices.

    All buffers are float32 [layout.total]; `second` is used in Adam's part alone.
    """

    def __init__(self, plan: Layout, rank: int, world: int, weight_decay: float) -> None:
        self.plan = plan
        self.weight_decay = weight_decay
        step = -(-plan.adam // world)
        self.adam = slice(min(plan.adam, rank * step), min(plan.adam, (rank + 1) * step))
        shapes: dict[tuple[int, int], list[Slot]] = defaultdict(list)
        for slot in plan.slots:
            if slot.is_matrix:
                shapes[slot.size[0], slot.size[1:].numel()].append(slot)
        loads = [0] * world
        self.matrices: list[list[Slot]] = []
        for shape, slots in sorted(shapes.items(), reverse=True):
            piece = max(1, -(-len(slots) // world))
            for start in range(0, len(slots), piece):
                group = slots[start : start + piece]
                owner = loads.index(min(loads))
                loads[owner] += len(group) * shape[0] * shape[1] * min(shape)
                if owner == rank:
                    self.matrices.append(group)

    def update(
        self, weights: Tensor, gradient: Tensor, first: Tensor, second: Tensor, lr: float, step: int
    ) -> None:
        """Take one step in place; `gradient` is read at this share's elements only."""
        self._adam(weights, gradient, first, second, lr, step)
        for group in self.matrices:
            self._muon(group, weights, gradient, first, lr)

    def _adam(
        self, weights: Tensor, gradient: Tensor, first: Tensor, second: Tensor, lr: float, step: int
    ) -> None:
        one, two = BETAS_ADAM
        part, g = self.adam, gradient[self.adam]
        m, v = first[part].lerp_(g, 1 - one), second[part].mul_(two).addcmul_(g, g, value=1 - two)
        denominator = (v / (1 - two**step)).sqrt_().add_(1e-8)
        weights[part].addcdiv_(m, denominator, value=-lr / (1 - one**step))

    def _muon(
        self, group: list[Slot], weights: Tensor, gradient: Tensor, first: Tensor, lr: float
    ) -> None:
        directions = []
        for slot in group:
            g, m = slot.view(gradient), slot.view(first)
            m.lerp_(g, 1 - BETA_MUON)
            directions.append(g.lerp(m, BETA_MUON).reshape(slot.size[0], -1))
        stacked = orthogonalised(torch.stack(directions))
        scale = 0.2 * max(stacked.shape[1:]) ** 0.5
        for slot, direction in zip(group, stacked, strict=True):
            weight = slot.view(weights)
            weight.mul_(1 - lr * self.weight_decay)
            weight.add_(direction.view(slot.size), alpha=-lr * scale)
