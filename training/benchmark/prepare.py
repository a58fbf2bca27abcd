"""What the measured processes load: the articles, and the same weights in every form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from ausblick.bundle import Bundle
from ausblick.sentences import split_sentences
from training.settings import ConfigError

CALIBRATION = 60
"""Articles that int8 is calibrated on. Its speed does not depend on them, and here nobody scores it."""


def read_texts(files: Sequence[Path], count: int) -> list[str]:
    """The texts of JSON Lines files, repeated in order up to `count`. Raises ConfigError when there is none."""
    texts: list[str] = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
            try:
                texts.append(str(json.loads(line)["text"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigError(f'{path}:{number}: expected {{"text": "…"}}, got {line[:60]!r}') from error
    if not texts:
        raise ConfigError("no articles: name JSON Lines files with --articles")
    return list(islice(cycle(texts), count))


def write_articles(texts: Sequence[str], folder: Path) -> int:
    """Write articles.jsonl and, for the pipelines, sentences.jsonl; returns the number of sentences.

    The pipelines get their sentences for nothing; the reader splits the articles itself, within its time.
    """
    total = 0
    with (
        (folder / "articles.jsonl").open("w", encoding="utf8") as articles,
        (folder / "sentences.jsonl").open("w", encoding="utf8") as sentences,
    ):
        for number, text in enumerate(texts):
            spans = split_sentences(text)
            total += len(spans)
            articles.write(json.dumps({"id": str(number), "text": text}) + "\n")
            sentences.writelines(json.dumps(text[start:end]) + "\n" for start, end in spans)
    return total


def write_sized(texts: Sequence[str], sentences: int, target: Path) -> tuple[int, int]:
    """Write articles, repeated, until they hold `sentences` sentences; returns (articles, sentences)."""
    sizes = [len(split_sentences(text)) for text in texts]
    if not sum(sizes):
        raise ConfigError("the articles have no sentences")
    written = total = 0
    with target.open("w", encoding="utf8") as file:
        for number in cycle(range(len(texts))):
            if total >= sentences:
                return written, total
            file.write(json.dumps({"id": str(written), "text": texts[number]}) + "\n")
            written += 1
            total += sizes[number]
    raise AssertionError("unreachable")


def write_networks(run: Path, bundle: Bundle, folder: Path, texts: Sequence[str]) -> None:
    """Write fp32.onnx, int8.onnx, pipelines/tagger and pipelines/outlook with the weights of `run`.

    texts: articles to calibrate int8 on. Raises ConfigError when the folder is no finished run.
    """
    if not (run / "model" / "config.json").is_file():
        raise ConfigError(f"{run}: no model/config.json; name a finished run of `python -m training finetune`")
    from models.network import AusblickModel
    from training.export import export_fused
    from training.int8 import feeds
    from training.onnx_graph.quantise import quantise

    model = AusblickModel.from_pretrained(run / "model").eval()
    for name in ("tagger", "outlook"):
        write_plain(model, name, bundle.tokenizer, folder / "pipelines" / name)
    export_fused(model, folder / "fp32.onnx")
    chosen = list(dict.fromkeys(texts))[:CALIBRATION]
    calibration = feeds(chosen, bundle.config, Tokenizer.from_file(str(bundle.tokenizer)))
    quantise(folder / "fp32.onnx", folder / "int8.onnx", calibration)


def write_plain(model: Any, name: str, tokenizer: Path, folder: Path) -> None:
    """A plain model of transformers with the encoder's weights and a head of the right shape, started at random."""
    from transformers import (
        AutoModelForSequenceClassification,
        AutoModelForTokenClassification,
        PreTrainedTokenizerFast,
    )

    from ausblick.labels import OUTLOOK_LABELS, TAGS

    labels, kind = (
        (TAGS, AutoModelForTokenClassification)
        if name == "tagger"
        else (OUTLOOK_LABELS, AutoModelForSequenceClassification)
    )
    config = model.config.encoder_config()
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    plain = kind.from_config(config)
    body = getattr(plain, plain.base_model_prefix)
    missing, unknown = body.load_state_dict(model.encoder.state_dict(), strict=False)
    if unknown or any("pooler" not in key for key in missing):
        raise ConfigError(f"encoder {config.model_type}: its weights do not fit: {(*missing, *unknown)[:3]}")
    plain.eval().save_pretrained(folder)
    named = {f"{part}_token": f"[{part.upper()}]" for part in ("cls", "sep", "pad", "unk")}
    PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(tokenizer)), model_max_length=config.max_position_embeddings, **named
    ).save_pretrained(folder)
