"""DiffEdit: find what two prompts disagree on, invert the picture, repaint only that place.

Couairon et al. 2022, "DiffEdit: Diffusion-based semantic image editing with mask guidance"
(arXiv 2210.11427). Diffusers' `StableDiffusionDiffEditPipeline` has left its supported set; with
equal seeds this one computes the same numbers, and it can be watched and stopped at every step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import torch
from diffusers import DDIMInverseScheduler
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor
from torch.nn import functional

OnStepEnd = Callable[[Any, int, Tensor, dict[str, Tensor]], dict[str, Tensor]]
"""Diffusers' `callback_on_step_end`: pipeline, step, timestep, {"latents"}; returns it changed."""


@dataclass(frozen=True, slots=True)
class Regularisation:
    """Keeps inverted noise normally distributed; from Pix2Pix-Zero (Parmar et al. 2023)."""

    steps: int = 0  # of gradient descent in each step of the inversion; 0 does nothing
    lambda_auto_corr: float = 20.0
    lambda_kl: float = 20.0
    auto_corr_rolls: int = 5


@dataclass(frozen=True, slots=True)
class Embedded:
    """A prompt and its negative as a text encoder gives them, float [N, tokens, channels] each."""

    prompt: Tensor
    negative: Tensor | None  # None without classifier-free guidance

    @property
    def stacked(self) -> Tensor:
        """The batch that a guided UNet is given: negative first, where there is one."""
        return self.prompt if self.negative is None else torch.cat([self.negative, self.prompt])


class DiffEditPipeline:
    """The three phases on the components of a Stable Diffusion pipeline, which it shares.

    The pipeline's scheduler must be a DDIM, as its inverse is the one that is known exactly.
    """

    def __init__(self, pipeline: Any) -> None:
        """Take a `StableDiffusionPipeline`, whose components its type does not tell."""
        self.over = self._pipeline = pipeline
        self._scheduler: Any = self._pipeline.scheduler
        inverse: Any = DDIMInverseScheduler
        self._inverse = inverse.from_config(self._scheduler.config)

    @torch.no_grad()
    def embed(
        self, prompt: str, negative_prompt: str, copies: int, guidance_scale: float
    ) -> Embedded:
        """Return a prompt as embeddings, repeated for a batch of `copies`."""
        guided = guidance_scale > 1
        positive, negative = self._pipeline.encode_prompt(
            prompt, self._device, copies, guided, negative_prompt
        )
        return Embedded(positive, negative if guided else None)

    @torch.no_grad()
    def difference_map(
        self,
        image: Tensor,
        source: Embedded,
        target: Embedded,
        *,
        num_inference_steps: int = 50,
        mask_encode_strength: float = 0.5,
        mask_thresholding_ratio: float | None = 3.0,
        guidance_scale: float = 7.5,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Return how strongly two prompts disagree at each place, float [h, w] in 0..1.

        image: float [1, 3, H, W] in -1..1, or its latents [1, 4, h, w]; source, target: embedded
        once for each map to be averaged. The mean over maps and channels of |ε target − ε source|
        at one noise level, over `mask_thresholding_ratio` times its mean, cut at 1. Above 0.5 lies
        the paper's mask; with a ratio of None it lies above the threshold of Otsu 1979 instead,
        which parts the map best in two, so that neither the size of the thing nor that of the
        picture matters. Where both prompts have the same negative, guidance scales the difference
        alone, so the map is the same with a `guidance_scale` of 1, at half the cost.
        """
        maps = source.prompt.shape[0]
        self._scheduler.set_timesteps(num_inference_steps, device=self._device)
        t = self._timesteps(self._scheduler.timesteps, num_inference_steps, mask_encode_strength)[0]
        latents = self._encoded(image.repeat_interleave(maps, dim=0), generator)
        noise = randn_tensor(latents.shape, generator, self._device, latents.dtype)
        latents = self._scheduler.add_noise(latents, noise, t)
        given = torch.cat([latents] * (4 if source.negative is not None else 2))
        prediction = self._pipeline.unet(
            self._scheduler.scale_model_input(given, t),
            t,
            encoder_hidden_states=torch.cat([source.stacked, target.stacked]),
        ).sample
        of_source, of_target = prediction.chunk(2)
        ours = _guided(of_source, guidance_scale, guided=source.negative is not None)
        theirs = _guided(of_target, guidance_scale, guided=source.negative is not None)
        disagreement = (theirs - ours).abs().mean(dim=(0, 1))
        if mask_thresholding_ratio is None:
            level = 2 * parting_level(disagreement)
        else:
            level = disagreement.mean() * mask_thresholding_ratio
        if level == 0:
            return disagreement  # the prompts agree everywhere
        return disagreement.clamp(torch.zeros_like(level), level) / level

    @torch.no_grad()
    def invert(
        self,
        image: Tensor,
        source: Embedded,
        *,
        num_inference_steps: int = 50,
        inpaint_strength: float = 0.8,
        guidance_scale: float = 7.5,
        regularisation: Regularisation = Regularisation(),
        generator: torch.Generator | None = None,
        callback_on_step_end: OnStepEnd | None = None,
    ) -> Tensor:
        """Return the latents on the way from a picture to noise, noisiest first: [1, n, 4, h, w].

        image: as in `difference_map`; source: embedded once. A `guidance_scale` of 1 inverts most
        faithfully.
        """
        latents = self._encoded(image, generator)
        self._inverse.set_timesteps(num_inference_steps, device=self._device)
        left_out = num_inference_steps - _steps_run(num_inference_steps, inpaint_strength)
        timesteps = self._inverse.timesteps
        timesteps = timesteps[:-left_out] if left_out else timesteps
        way: list[Tensor] = []
        for step, t in enumerate(timesteps):
            given = torch.cat([latents] * 2) if source.negative is not None else latents
            given = self._inverse.scale_model_input(given, t)
            prediction = self._predicted(given, t, source, guidance_scale)
            if regularisation.steps:
                prediction = self._regularised(prediction, given, t, regularisation, generator)
            latents = self._inverse.step(prediction, t, latents).prev_sample
            latents = self._called(callback_on_step_end, step, t, latents)
            way.append(latents.clone())
        return torch.stack(way[::-1], dim=1)

    @torch.no_grad()
    def edit(
        self,
        inverted: Tensor,
        mask: Tensor,
        target: Embedded,
        *,
        num_inference_steps: int = 50,
        inpaint_strength: float = 0.8,
        guidance_scale: float = 7.5,
        eta: float = 0.0,
        generator: torch.Generator | None = None,
        callback_on_step_end: OnStepEnd | None = None,
    ) -> Tensor:
        """Return the edited latents, [N, 4, h, w], for as many as `target` was embedded for.

        inverted: as `invert` returned them with the same steps and strength; mask: float [h, w] in
        0..1, grey mixes. Raises ValueError where the numbers of steps differ.
        """
        self._scheduler.set_timesteps(num_inference_steps, device=self._device)
        timesteps = self._timesteps(
            self._scheduler.timesteps, num_inference_steps, inpaint_strength
        )
        if inverted.shape[1] != len(timesteps):
            raise ValueError(
                f"the inversion has {inverted.shape[1]} steps, the edit {len(timesteps)}"
            )
        copies = target.prompt.shape[0]
        way = inverted.transpose(0, 1).repeat_interleave(copies, dim=1)
        way = way.to(self._device, target.prompt.dtype)
        weight = mask.to(self._device, target.prompt.dtype)[None, None]
        latents = way[0].clone()
        for step, t in enumerate(timesteps):
            given = torch.cat([latents] * 2) if target.negative is not None else latents
            given = self._scheduler.scale_model_input(given, t)
            prediction = self._predicted(given, t, target, guidance_scale)
            latents = self._scheduler.step(
                prediction, t, latents, eta=eta, generator=generator
            ).prev_sample
            latents = latents * weight + way[step] * (1 - weight)
            latents = self._called(callback_on_step_end, step, t, latents)
        return latents

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Return latents [N, 4, h, w] as pictures, float [N, 3, H, W] in -1..1."""
        vae = self._pipeline.vae
        decoded: Tensor = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]
        return decoded

    @property
    def _device(self) -> torch.device:
        device: torch.device = self._pipeline._execution_device
        return device

    def _encoded(self, image: Tensor, generator: torch.Generator | None) -> Tensor:
        vae = self._pipeline.vae
        image = image.to(self._device, vae.dtype)
        if image.shape[1] == vae.config.latent_channels:
            return image
        encoded = vae.encode(image)
        if hasattr(encoded, "latents"):  # of a tiny VAE, which is sure of them
            latents: Tensor = encoded.latents
        else:
            latents = encoded.latent_dist.sample(generator)
        scaled: Tensor = latents * vae.config.scaling_factor
        return scaled

    def _timesteps(self, timesteps: Tensor, steps: int, strength: float) -> Tensor:
        start = steps - _steps_run(steps, strength)
        return timesteps[start * self._scheduler.order :]

    def _predicted(
        self, given: Tensor, t: Tensor, prompt: Embedded, guidance_scale: float
    ) -> Tensor:
        prediction = self._pipeline.unet(given, t, encoder_hidden_states=prompt.stacked).sample
        return _guided(prediction, guidance_scale, guided=prompt.negative is not None)

    def _called(self, callback: OnStepEnd | None, step: int, t: Tensor, latents: Tensor) -> Tensor:
        if callback is None:
            return latents
        return callback(self._pipeline, step, t, {"latents": latents}).get("latents", latents)

    @torch.enable_grad()
    def _regularised(
        self,
        prediction: Tensor,
        given: Tensor,
        t: Tensor,
        regularisation: Regularisation,
        generator: torch.Generator | None,
    ) -> Tensor:
        """Return a prediction moved so that its noise is less correlated and closer to normal."""
        for _ in range(regularisation.steps):
            if regularisation.lambda_auto_corr > 0:
                for _ in range(regularisation.auto_corr_rolls):
                    slope = self._slope(
                        lambda e: auto_correlation(e, generator), prediction, given, t
                    )
                    pace = regularisation.lambda_auto_corr
                    prediction = prediction - pace * (slope / regularisation.auto_corr_rolls)
            if regularisation.lambda_kl > 0:
                slope = self._slope(kl_divergence, prediction, given, t)
                prediction = prediction - regularisation.lambda_kl * slope
        return prediction.detach()

    def _slope(
        self, loss: Callable[[Tensor], Tensor], prediction: Tensor, given: Tensor, t: Tensor
    ) -> Tensor:
        variable = prediction.detach().clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(
            loss(self._epsilon(variable, given.detach(), t)), variable
        )
        return gradient

    def _epsilon(self, prediction: Tensor, sample: Tensor, t: Tensor) -> Tensor:
        """Return the noise that a prediction of the UNet's kind stands for."""
        alpha: Tensor = self._inverse.alphas_cumprod[t]
        match self._inverse.config.prediction_type:
            case "epsilon":
                return prediction
            case "sample":
                return (sample - alpha**0.5 * prediction) / (1 - alpha) ** 0.5
            case "v_prediction":
                return alpha**0.5 * prediction + (1 - alpha) ** 0.5 * sample
            case other:
                raise ValueError(f"a UNet that predicts {other} cannot be inverted")


def parting_level(values: Tensor) -> Tensor:
    """Return the threshold that parts a map [h, w] of values from 0 up best in two.

    Otsu 1979, "A threshold selection method from gray-level histograms", on 256 levels.
    """
    most = values.max()
    levels = (values / most.clamp(min=1e-12) * 255).byte().cpu().numpy()
    level, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return most * ((level + 0.5) / 255)


def auto_correlation(noise: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return how much noise [N, C, h, w] resembles itself moved, at sizes halved down to 8.

    For each sample and channel and size, with a random shift r: mean(n · n rolled by r)² down and
    across, summed (Pix2Pix-Zero, equation 3, with one random shift).
    """
    loss = torch.zeros((), dtype=noise.dtype, device=noise.device)
    for plane in noise.flatten(0, 1)[:, None, None]:
        pyramid = plane
        while True:
            half = pyramid.shape[2] // 2
            shift = int(torch.randint(half, (1,), generator=generator).item())
            for axis in (2, 3):
                rolled = torch.roll(pyramid, shifts=shift, dims=axis)
                loss = loss + (pyramid * rolled).mean() ** 2
            if pyramid.shape[2] <= 8:
                break
            pyramid = functional.avg_pool2d(pyramid, kernel_size=2)
    return loss


def kl_divergence(noise: Tensor) -> Tensor:
    """Return twice the divergence of noise, taken as normal, from the standard normal."""
    # One variance for both would be the same number, but its gradient would be rounded elsewhere.
    return noise.var() + noise.mean() ** 2 - 1 - torch.log(noise.var() + 1e-7)


def _guided(prediction: Tensor, scale: float, *, guided: bool) -> Tensor:
    if not guided:
        return prediction
    negative, positive = prediction.chunk(2)
    return negative + scale * (positive - negative)


def _steps_run(steps: int, strength: float) -> int:
    return min(int(steps * strength), steps)
