"""Prompts with weights, and long ones, as Compel reads them: in its own syntax and A1111's."""

import re
from typing import Any

from compel import CompelForSD, CompelForSDXL, DiffusersTextualInversionManager
from torch import Tensor

_A1111 = re.compile(r"\(([^()]*):\s*(\d*\.?\d+)\s*\)")
_COMPEL = re.compile(r"\)(?:\d|[+-])|\w\++(?:\s|,|$)")


def is_weighted(prompt: str) -> bool:
    """Tell whether a prompt says of any word how much it weighs."""
    return bool(_A1111.search(prompt) or _COMPEL.search(prompt))


def is_long(pipeline: Any, prompt: str) -> bool:
    """Tell whether a prompt is longer than what a pipeline's text encoder reads at once."""
    read = getattr(pipeline, "tokenizer", None) or pipeline.tokenizer_2
    tokens = read(pipeline.maybe_convert_prompt(prompt, read), truncation=False).input_ids
    return len(tokens) > int(read.model_max_length)


def in_compels_syntax(prompt: str) -> str:
    """Return a prompt with `(word:1.2)` written as Compel has it, `(word)1.2`."""
    return _A1111.sub(lambda match: f"({match[1]}){float(match[2]):g}", prompt)


def weighted_embeddings(
    pipeline: Any, prompt: str, negative_prompt: str, *, learnt: bool
) -> dict[str, Tensor]:
    """Return the embeddings of two prompts as options of a Stable Diffusion pipeline's call.

    A prompt longer than what the text encoder reads at once is read in parts of that length; the
    shorter of the two is filled up with nothing. learnt: whether words were taught to it.
    """
    double = getattr(pipeline, "text_encoder_2", None) is not None
    wrapper: Any = CompelForSDXL if double else CompelForSD
    compel = wrapper(pipeline, DiffusersTextualInversionManager(pipeline) if learnt else None)
    given = compel(in_compels_syntax(prompt), negative_prompt=in_compels_syntax(negative_prompt))
    options = {
        "prompt_embeds": given.embeds,
        "negative_prompt_embeds": given.negative_embeds,
    }
    if double:
        options["pooled_prompt_embeds"] = given.pooled_embeds
        options["negative_pooled_prompt_embeds"] = given.negative_pooled_embeds
    return options
