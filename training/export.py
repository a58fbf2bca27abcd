"""`python -m training export RUN BUNDLE`: a fine-tuned run as the folder that inference loads.

The graph's weights are stored as fp16 and cast once at load (ONNX Runtime folds the casts): half the size at the speed
of fp32, logits within 1e-2 of its (tested). Dynamic int8 is not used: it scales activations by the whole batch,
so an article's result would depend on its companions.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn

from ausblick import __version__
from ausblick.bundle import DEFAULT, Bundle, BundleConfig, write_sums
from ausblick.cues import CUES
from ausblick.hints import HINTS
from ausblick.reader import Reader
from data.corpus import Item
from models.network import AusblickModel
from training.calibration import fit_temperatures
from training.finetune.config import Finetune
from training.finetune.load import load_items
from training.settings import ConfigError

INPUTS = ("input_ids", "attention_mask", "spans")
OPTIONAL = ("hints", "cues")
OPSET = 18


class ExportedGraph(nn.Module):
    """The module with positional inputs, of the optional ones those that it reads, and plain outputs."""

    def __init__(self, model: AusblickModel) -> None:
        super().__init__()
        self.model = model
        self.optional = [name for name in OPTIONAL if getattr(model.config, name)]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, spans: Tensor, *more: Tensor) -> tuple[Tensor, Tensor]:
        out = self.model(input_ids, attention_mask, spans, **dict(zip(self.optional, more, strict=True)))
        return out.tags, out.outlook


def export_onnx(model: AusblickModel, target: Path) -> None:
    """Write the network as one ONNX file in fp32, every axis but the last dynamic."""
    model = model.eval().float()
    batch, tokens, pieces = (
        torch.export.Dim("batch", min=1),
        torch.export.Dim("tokens", min=2),
        torch.export.Dim("pieces", min=1),
    )
    ids = torch.full((2, 24), 7)
    spans = torch.tensor([[[1, 8], [8, 14], [14, 24]], [[1, 5], [5, 18], [0, 0]]])
    inputs: list[Tensor] = [ids, torch.ones_like(ids), spans]
    shapes: list[Any] = [{0: batch, 1: tokens}, {0: batch, 1: tokens}, {0: batch, 1: pieces}]
    graph = ExportedGraph(model).eval()
    inputs += [torch.zeros_like(ids) for _ in graph.optional]
    if graph.optional:
        shapes.append(tuple({0: batch, 1: tokens} for _ in graph.optional))
    with warnings.catch_warnings():  # the exporter's own use of what torch has deprecated
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            tuple(inputs),
            str(target),
            input_names=[*INPUTS, *graph.optional],
            output_names=["tags", "outlook"],
            dynamic_shapes=shapes,
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def halve(source: Path, target: Path, smallest: int = 1024) -> None:
    """Store the float initialisers of at least `smallest` values as fp16, each with one Cast back to fp32."""
    model = onnx.load(str(source))
    graph = model.graph
    casts, kept = [], []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < smallest:
            kept.append(tensor)
            continue
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > np.finfo(np.float16).max:
            kept.append(tensor)
            continue
        kept.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + "_fp16"))
        casts.append(helper.make_node("Cast", [tensor.name + "_fp16"], [tensor.name], to=TensorProto.FLOAT))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def export(run: Path, target: Path, say: Any = print) -> Bundle:
    """Export `RUN/model` as a bundle: network, tokenizer, calibration on the development split, provenance, card.

    The bundle appears under its name only when it is complete; an older one there is replaced.
    Raises ConfigError when the folder is no finished run.
    """
    if not (run / "model" / "config.json").exists():
        raise ConfigError(f"{run}: no model/config.json; finish `python -m training finetune CONFIG` first")
    settings = Finetune.read(run / "config.yaml")
    model = AusblickModel.from_pretrained(run / "model")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as name:
        folder = Path(name) / "bundle"
        folder.mkdir()
        export_onnx(model, Path(name) / "fp32.onnx")
        halve(Path(name) / "fp32.onnx", folder / "model.onnx")
        shutil.copy(run / "model" / "tokenizer.json", folder / "tokenizer.json")
        config = BundleConfig(
            name=target.name if target.name else DEFAULT,
            version=__version__,
            max_tokens=settings.windows.max_tokens,
            context=settings.windows.context,
            hints=HINTS if model.config.hints else (),
            cues=CUES if model.config.cues else (),
            transitions=model.crf.export() if model.crf is not None else None,
            grammar="union",
            training={
                "config": settings.model_dump(mode="json"),
                **json.loads((run / "provenance.json").read_text(encoding="utf8")),
            },
        )
        config = calibrate(folder, config, load_items(settings.data.dev, "dev"), say)
        (folder / "config.json").write_text(config.dumps(), encoding="utf8")
        card = target / "README.md"
        (folder / "README.md").write_text(
            card.read_text(encoding="utf8") if card.exists() else first_card(config), encoding="utf8"
        )
        write_sums(folder)
        if target.exists():
            for path in list(target.iterdir()):  # reports and pictures beside the bundle stay
                if not (folder / path.name).exists():
                    shutil.move(str(path), folder / path.name)
            shutil.rmtree(target)
        shutil.move(str(folder), target)
    bundle = Bundle.load(target)
    size = sum(p.stat().st_size for p in target.iterdir() if p.is_file())
    say(f"{target}: {size / 1e6:.1f} MB, temperatures {config.temperature}")
    return bundle


def calibrate(folder: Path, config: BundleConfig, dev: Sequence[Item], say: Any) -> BundleConfig:
    """The config with the temperatures that fit the exported network on development data."""
    from dataclasses import replace

    from ausblick.network import OnnxNetwork

    reader = Reader(OnnxNetwork(folder / "model.onnx"), Tokenizer.from_file(str(folder / "tokenizer.json")), config)
    return replace(config, temperature=fit_temperatures(reader, dev, say))


def first_card(config: BundleConfig) -> str:
    """A model card to begin with; the tables come from `python -m training evaluate` and `tables`."""
    return (
        f"# {config.name}\n\nA bundle for Ausblick {config.version}: tags ORG, MONEY and PERCENT in German business "
        "news and gives every sentence an outlook.\n\n## Scores\n\n<!-- scores:begin -->\n<!-- scores:end -->\n\n"
        "## Training\n\n"
        f"```json\n{json.dumps(dict(config.training), indent=2, ensure_ascii=False)}\n```\n"
    )


def main(run: Path, target: Path) -> int:
    """Run from the command line."""
    export(run, target)
    return 0
