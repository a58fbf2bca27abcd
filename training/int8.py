"""The int8 form of an export: calibrated on training articles, and made only when development scores allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from ausblick.bundle import BundleConfig
from ausblick.hints import find_hints
from ausblick.network import Ints, OnnxNetwork, collate
from ausblick.reader import Reader
from ausblick.sentences import split_sentences
from ausblick.values import find_amounts
from ausblick.windows import encoder_of
from data.corpus import Item
from training.export import halve
from training.onnx_graph.quantise import quantise
from training.scoring import score
from training.settings import ConfigError

ARTICLES = 120
"""Training articles that calibration reads, spread over the corpora."""
Figures = dict[str, tuple[float, float]]
"""Points (0 to 100) of fp32 and int8 by `corpus/layer`."""


def replace_by_int8(
    fused: Path,
    folder: Path,
    config: BundleConfig,
    train: Sequence[Item],
    dev: Sequence[Item],
    tolerance: float,
    say: Any,
) -> BundleConfig:
    """Put an int8 form of the fp32 graph `fused` in the place of `folder/model.onnx`; returns its config.

    tolerance: points that no development figure may lose; it goes into the config with all figures. Below half a point
    it is strict for small corpora: one sentence of a rare label moves their macro-F1 by as much.
    Raises ConfigError with all figures when one of them loses more; nothing is replaced then.
    """
    tokenizer = folder / "tokenizer.json"
    small = fused.with_name("int8.onnx")
    chosen = train[:: max(1, len(train) // ARTICLES)]
    texts = [item.article.text for item in chosen]
    count = quantise(fused, small, feeds(texts, config, Tokenizer.from_file(str(tokenizer))))
    halve(small, small)
    plain, int8 = (open_reader(path, tokenizer, config) for path in (folder / "model.onnx", small))
    figures = compare(plain, int8, dev)
    table = "\n".join(f"  {name}: {before:.2f} → {after:.2f}" for name, (before, after) in figures.items())
    if too_low := lost(figures, tolerance):
        raise ConfigError(
            f"--int8: {', '.join(too_low)}: more than {tolerance} points worse than fp32 on development data, so no "
            f"bundle is written; export without --int8, or allow more with --tolerance\n{table}"
        )
    say(f"int8: {count} products; development figures, fp32 → int8:\n{table}")
    small.replace(folder / "model.onnx")
    rounded = {name: [round(value, 2) for value in pair] for name, pair in figures.items()}
    made = {"tolerance": tolerance, "development_fp32_int8": rounded}
    return replace(config, weights="int8", training={**config.training, "int8": made})


def open_reader(model: Path, tokenizer: Path, config: BundleConfig) -> Reader:
    """A reader over an ONNX file that is not in a bundle yet."""
    return Reader(OnnxNetwork(model), Tokenizer.from_file(str(tokenizer)), config)


def feeds(texts: Sequence[str], config: BundleConfig, tokenizer: Tokenizer) -> list[dict[str, Ints]]:
    """The windows of articles as the network takes them, one a batch, so that nothing is padded."""
    encoder = encoder_of(tokenizer, config)
    out = []
    for text in texts:
        hints = find_hints(text, find_amounts(text)) if encoder.hints else ()
        windows = encoder.windows(encoder.pieces(text, split_sentences(text), hints))
        out += [collate([window], len(window.ids)) for window in windows]
    return out


def compare(plain: Reader, int8: Reader, dev: Sequence[Item]) -> Figures:
    """F1 of each type and macro-F1 of the outlook on every corpus that has them, in points."""
    before, after = score(plain, dev), score(int8, dev)
    out: Figures = {}
    for corpus, rows in before.items():
        for layer, row in rows.items():
            key = "macro_f1" if layer == "outlook" else "f1"
            if row["n"]:
                out[f"{corpus}/{layer}"] = (100 * row[key], 100 * after[corpus][layer][key])
    return out


def lost(figures: Figures, tolerance: float) -> list[str]:
    """The figures that fall by more than `tolerance` points."""
    return [name for name, (plain, int8) in figures.items() if plain - int8 > tolerance]
