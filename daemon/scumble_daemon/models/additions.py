"""LoRAs and embeddings put on a checkpoint for a job, and taken off again exactly."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from scumble_daemon.models.catalog import Entry, identity_of
from scumble_daemon.models.embeddings import load_embedding, unload_embeddings
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import EMBEDDING, LORA
from scumble_daemon.models.vaes import read_vae


@dataclass(frozen=True, slots=True)
class WornLora:
    """A LoRA of the catalogue and how strongly it is worn."""

    entry: Entry
    weight: float


class Additions:
    """What one checkpoint wears at the moment; its own weights are as they were afterwards.

    vae: the identity of the VAE that is in the place of its own now, empty where none is.
    """

    def __init__(self) -> None:
        self._loras: tuple[str, ...] = ()
        self._weights: tuple[float, ...] = ()
        self._loras_on: Any = None  # the pipeline they were loaded through
        self._fused = False
        self._embeddings: dict[str, str] = {}  # entry's name to its location
        self._embeddings_on: Any = None
        self._vae: tuple[str, Any] = ("", None)  # identity and module
        self.vae = ""

    @property
    def key(self) -> str:
        """A text that is another one when other additions are worn; empty with none."""
        worn = (self._loras, self._weights, self._fused, tuple(self._embeddings), self.vae)
        return repr(worn) if any(worn) else ""

    def wear(self, pipeline: Any, loras: Sequence[WornLora], embeddings: Sequence[Entry]) -> None:
        """Put on what a job asks for and take off what it does not; what is on stays loaded.

        Raises ModelError where something is no such addition or does not fit the checkpoint.
        """
        self._wear_loras(pipeline, loras)
        self._wear_embeddings(pipeline, embeddings)

    @contextmanager
    def fused(self, pipeline: Any) -> Iterator[None]:
        """Join the LoRAs that are worn with the weights for the time of a `with`.

        The weights are kept in host memory meanwhile and put back, for taking LoRAs out of them
        again by subtraction would leave its rounding behind.
        """
        components = pipeline.components.values()
        parts: list[Any] = [part for part in components if isinstance(part, torch.nn.Module)]
        layers: list[Any] = [
            one for part in parts for one in part.modules() if hasattr(one, "get_base_layer")
        ]  # of PEFT
        kept = [
            (weight, weight.detach().to("cpu", copy=True))
            for layer in layers
            for weight in layer.get_base_layer().parameters(recurse=False)
        ]
        self._fused = True
        try:
            pipeline.fuse_lora()
            yield
        finally:
            pipeline.unfuse_lora()
            for weight, before in kept:
                weight.data.copy_(before)
            self._fused = False

    @contextmanager
    def with_vae(self, pipeline: Any, entry: Entry | None) -> Iterator[None]:
        """Put a VAE in the place of a pipeline's own for the time of a `with`; None is its own.

        Raises ModelError where it is none or makes other latents.
        """
        if entry is None:
            yield
            return
        own, identity = pipeline.vae, identity_of(entry)
        if self._vae[0] != identity:
            self._vae = ("", None)
            self._vae = (identity, read_vae(entry, own))
        self.vae = identity
        pipeline.vae = self._vae[1].to(own.device, own.dtype)
        try:
            yield
        finally:
            pipeline.vae = own
            self.vae = ""

    def forget_vae(self) -> None:
        """Let go of a VAE that was worn, as its memory is needed."""
        self._vae = ("", None)

    def _wear_loras(self, pipeline: Any, loras: Sequence[WornLora]) -> None:
        wanted = tuple(lora.entry.location for lora in loras)
        weights = tuple(lora.weight for lora in loras)
        if wanted != self._loras or _denoiser(pipeline) is not _denoiser(self._loras_on):
            self._drop_loras()
            for number, lora in enumerate(loras):
                _checked(lora.entry, LORA)
                self._loras_on = pipeline
                _load_lora(pipeline, lora.entry, f"lora{number}")
                self._loras = (*self._loras, lora.entry.location)
        if wanted:
            pipeline.set_adapters([f"lora{n}" for n in range(len(wanted))], list(weights))
        self._weights = weights

    def _drop_loras(self) -> None:
        if self._loras:
            self._loras_on.unload_lora_weights()
        self._loras, self._weights, self._loras_on = (), (), None

    def _wear_embeddings(self, pipeline: Any, embeddings: Sequence[Entry]) -> None:
        wanted = {entry.name: entry.location for entry in embeddings}
        if wanted == self._embeddings:
            return
        if self._embeddings:
            unload_embeddings(self._embeddings_on, list(self._embeddings))
            self._embeddings = {}
        for entry in embeddings:
            _checked(entry, EMBEDDING)
            self._embeddings_on = pipeline
            self._embeddings[entry.name] = entry.location
            try:
                load_embedding(pipeline, entry)
            except Exception as error:  # the border to foreign files, which fail as they like
                raise _unfit(entry, error) from error


def _denoiser(pipeline: Any) -> Any:
    return getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)


def _load_lora(pipeline: Any, entry: Entry, adapter: str) -> None:
    file = Path(entry.location)
    try:
        with warnings.catch_warnings():  # several at once is what is meant
            warnings.filterwarnings("ignore", "Already found a `peft_config`", UserWarning)
            pipeline.load_lora_weights(
                file.parent, weight_name=file.name, adapter_name=adapter, local_files_only=True
            )
    except Exception as error:  # the border to foreign files, which fail in any way they like
        raise _unfit(entry, error) from error


def _checked(entry: Entry, family: str) -> None:
    if entry.family != family:
        raise ModelError(
            f"“{entry.name}” is no {family} but {entry.family}. Nothing was painted; choose "
            "another in the job's options."
        )


def _unfit(entry: Entry, error: Exception) -> ModelError:
    return ModelError(
        f"“{entry.name}” does not fit this model, so nothing was painted. Choose one that was made "
        "for the same family.",
        f"{type(error).__name__}: {error}",
    )
