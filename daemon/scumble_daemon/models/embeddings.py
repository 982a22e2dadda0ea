"""Textual inversions on a pipeline: new words for one text encoder, or for both of an SDXL."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from scumble_daemon.models.catalog import Entry

_BY_ENCODER = {"clip_l": "", "clip_g": "_2"}
"""Names in files for SDXL, and what the parts of a pipeline end with that they are for."""


def load_embedding(pipeline: Any, entry: Entry) -> None:
    """Teach a pipeline the word that an entry is called. Raises as diffusers does."""
    tensors = load_file(entry.location)
    if set(tensors) != set(_BY_ENCODER):
        path = Path(entry.location)
        pipeline.load_textual_inversion(
            path.parent, weight_name=path.name, token=entry.name, local_files_only=True
        )
        if getattr(pipeline, "text_encoder_2", None) is not None and _is_xl(pipeline):
            pipeline.unload_textual_inversion([entry.name])
            raise ValueError(f"{path.name} has a word for one of the two text encoders alone")
        return
    parts = _parts(pipeline)
    for name, ending in _BY_ENCODER.items():
        if ending in parts:
            tokenizer, encoder = parts[ending]
            _teach(pipeline, tensors[name], entry.name, tokenizer, encoder)


def unload_embeddings(pipeline: Any, words: list[str]) -> None:
    """Let a pipeline forget words that it was taught."""
    for tokenizer, encoder in _parts(pipeline).values():
        if any(word in tokenizer.get_added_vocab() for word in words):
            pipeline.unload_textual_inversion(words, tokenizer=tokenizer, text_encoder=encoder)


def _teach(pipeline: Any, vectors: torch.Tensor, word: str, tokenizer: Any, encoder: Any) -> None:
    pipeline.load_textual_inversion(
        vectors, token=word, tokenizer=tokenizer, text_encoder=encoder, local_files_only=True
    )


def _parts(pipeline: Any) -> dict[str, tuple[Any, Any]]:
    """Return the tokenizers and text encoders that are there, by the ending of their names."""
    found = {
        ending: (
            getattr(pipeline, f"tokenizer{ending}", None),
            getattr(pipeline, f"text_encoder{ending}", None),
        )
        for ending in _BY_ENCODER.values()
    }
    return {ending: pair for ending, pair in found.items() if None not in pair}


def _is_xl(pipeline: Any) -> bool:
    return "XL" in type(pipeline).__name__
