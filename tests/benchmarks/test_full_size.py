"""The benchmark of full-size models runs, tried on models made tiny."""

import pytest
import torch

from benchmarks import bench_full_size as bench
from benchmarks import full_size_models as full


@pytest.mark.slow
def test_every_model_is_tried_in_several_ways() -> None:
    trials = [bench.TRIALS[0], bench.TRIALS[-1]]
    rows = bench.rows(bench.TINY, trials, "cpu")
    assert len(rows) == len(bench.TINY) * len(trials)
    assert all("denoising" in row.against and row.figure.endswith("GiB") for row in rows)
    assert rows[0].ratio == "1.00"


@pytest.mark.skipif(torch.cuda.is_available(), reason="here is what it needs")
def test_without_cuda_it_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.rows() == []
    assert capsys.readouterr().out.strip() == bench.NEEDS_CUDA


@pytest.mark.parametrize(
    ("build", "weights"), [(full.sd15, 1.07e9), (full.sdxl, 3.47e9), (full.flux, 16.9e9)]
)
def test_the_models_are_as_large_as_the_published(build: full.Build, weights: float) -> None:
    with torch.device("meta"):
        parts = build().components.values()
    count = sum(
        weight.numel()
        for part in parts
        if isinstance(part, torch.nn.Module)
        for weight in part.parameters()
    )
    assert count == pytest.approx(weights, rel=0.01)
