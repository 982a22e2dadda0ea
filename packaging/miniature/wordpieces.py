"""The tokenizer: CLIP's byte pairs, trained on the captions; every other word stays spellable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor
from transformers import CLIPTokenizer

import networks
import vocabulary
from networks import Diffuser

START, END = "<|startoftext|>", "<|endoftext|>"
CLIP_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def _sentences() -> Iterator[str]:
    for backdrop in [*vocabulary.backdrops(), vocabulary.Backdrop("photograph")]:
        for thing in vocabulary.things():
            yield vocabulary.caption([thing, "cat"], backdrop)


def _byte_pairs() -> list[tuple[str, str]]:
    """Merges that make one token of each word of the captions."""
    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    trained.normalizer = normalizers.Lowercase()
    split = pre_tokenizers.Split(Regex(CLIP_WORDS), behavior="removed", invert=True)
    spelling = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.pre_tokenizer = pre_tokenizers.Sequence([split, spelling])
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        end_of_word_suffix="</w>",
        continuing_subword_prefix="",
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    trained.train_from_iterator(_sentences(), trainer)
    merges = json.loads(trained.to_str())["model"]["merges"]
    return [(left, right) for left, right in merges]


def tokenizer() -> Diffuser:
    """Build the tokenizer from the vocabulary; the same words always give the same tokens."""
    merges = _byte_pairs()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(letter + "</w>" for letter in alphabet)]
    tokens += [left + right for left, right in merges]
    tokens += [START, END]
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    make: Diffuser = CLIPTokenizer
    return make(vocab=numbers, merges=merges, model_max_length=networks.TOKENS)


def save(folder: Path) -> Diffuser:
    """Write the tokenizer's files and read them back."""
    tokenizer().save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder)


def encode(words: Diffuser, captions: list[str]) -> Tensor:
    """Token numbers of captions: int64 [N, TOKENS], padded with the end token."""
    numbers = words(captions, padding="max_length", truncation=True, max_length=networks.TOKENS)
    return torch.tensor(numbers["input_ids"])
