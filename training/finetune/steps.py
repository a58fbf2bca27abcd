"""`python -m training steps CONFIG`: seconds a step and peak memory of a config, before its encoder is at hand.

The encoder has random weights in the sizes of the one that the config names, which cost the same time and memory.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModel, BertConfig, ElectraConfig, PreTrainedConfig, set_seed

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS, TAGS
from ausblick.network import usable_cores
from models.network import AusblickConfig, AusblickModel, encoder_options
from training.finetune.config import Finetune
from training.finetune.trainer import parameter_groups
from training.machine import peak_mib
from training.settings import ConfigError

SIZES: dict[str, PreTrainedConfig] = {
    "gbert-base": BertConfig(vocab_size=31102),
    "gbert-large": BertConfig(
        vocab_size=31102, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096
    ),
    "gelectra-base": ElectraConfig(
        vocab_size=31102, embedding_size=768, hidden_size=768, num_attention_heads=12, intermediate_size=3072
    ),
    "gelectra-large": ElectraConfig(
        vocab_size=31102, embedding_size=1024, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16,
        intermediate_size=4096,
    ),
}  # fmt: skip
"""The sizes of the German encoders of deepset (Chan et al. 2020), by the last part of their names."""


def encoder_sizes(name: str) -> PreTrainedConfig:
    """The config of an encoder, by its known name or from its folder. Raises ConfigError when it is neither."""
    if (known := SIZES.get(name.rpartition("/")[2])) is not None:
        return known
    try:
        return AutoConfig.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ConfigError(f"encoder: {name!r} is no folder and none of {', '.join(SIZES)}") from error


def random_model(settings: Finetune) -> AusblickModel:
    """The config's network with random weights throughout."""
    set_seed(settings.seed)
    sizes = encoder_sizes(settings.encoder)
    encoder = AutoModel.from_config(sizes, attn_implementation="eager", **encoder_options(sizes.model_type))
    heads = settings.heads.model_dump(exclude={"outlook_class_weights"})
    return AusblickModel(AusblickConfig(encoder=sizes.to_dict(), **heads), encoder)


def full_batch(settings: Finetune, vocabulary: int) -> dict[str, Tensor]:
    """A batch as dear as the config's can be: windows of full length, four sentences each, every word labelled."""
    length = settings.windows.max_tokens
    size = (max(1, settings.optimizer.batch_tokens // length), length)
    edges = torch.linspace(1, length, 5).long()
    return {
        "input_ids": torch.randint(5, vocabulary, size),
        "attention_mask": torch.ones(size, dtype=torch.long),
        "hints": torch.zeros(size, dtype=torch.long),
        "cues": torch.zeros(size, dtype=torch.long),
        "spans": torch.stack([edges[:-1], edges[1:]], dim=-1).expand(size[0], -1, -1),
        "tag_labels": torch.randint(0, 2, size) * TAGS.index("B-ORG"),
        "outlook_labels": torch.randint(0, len(OUTLOOK_LABELS), (size[0], 4)),
        "covers": torch.ones(size[0], len(ENTITY_LABELS), dtype=torch.bool),
    }


def measure(settings: Finetune, steps: int = 3) -> dict[str, float]:
    """Seconds a step (forward, backward, update; the first is left out), tokens a second, peak memory in MiB."""
    torch.set_num_threads(settings.threads or usable_cores())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = random_model(settings).to(device).train()
    optimizer = torch.optim.AdamW(parameter_groups(model, settings))
    feed = {k: v.to(device) for k, v in full_batch(settings, int(model.config.encoder["vocab_size"])).items()}
    bf16 = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    times = []
    for _ in range(steps + 1):
        start = time.perf_counter()
        for _ in range(settings.optimizer.accumulate):
            with torch.autocast(device, torch.bfloat16, enabled=bf16):
                loss = model(**feed).loss
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    each = sum(times[1:]) / steps
    peak = torch.cuda.max_memory_allocated() / 2**20 if device == "cuda" else peak_mib()
    tokens = feed["input_ids"].numel() * settings.optimizer.accumulate
    parameters = sum(p.numel() for p in model.parameters())
    return {"parameters": parameters, "seconds": each, "tokens": tokens, "rate": tokens / each, "peak_mib": peak}


def main(config: Path, overrides: list[str], say: Any = print) -> int:
    """Run from the command line."""
    settings = Finetune.read(config, overrides)
    found = measure(settings)
    say(
        f"{settings.encoder}: {found['parameters'] / 1e6:.0f}M parameters, {found['seconds']:.1f} s a step of "
        f"{found['tokens']:,.0f} tokens ({found['rate']:,.0f} tokens/s), peak memory {found['peak_mib']:,.0f} MiB, "
        f"{'GPU' if torch.cuda.is_available() else f'CPU, {torch.get_num_threads()} threads'}"
    )
    return 0
