"""`python -m training export RUN BUNDLE`: a fine-tuned run as the folder that inference loads.

The graph is fused for ONNX Runtime (`training/onnx_graph`). Its weights are stored as fp16 and cast once at load (ONNX
Runtime folds the casts): half the size at the speed of fp32, logits within 1e-2 of its (tested). With `--int8` the
encoder's products are in int8: twice the speed, and refused where a development figure suffers (`training/int8.py`).
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
import torch
from onnx import TensorProto, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn

from ausblick import __version__
from ausblick.bundle import DEFAULT, Bundle, BundleConfig, write_sums
from ausblick.reader import Reader
from data.corpus import Item
from models.network import AusblickModel
from training.calibration import fit_temperatures
from training.finetune.config import Finetune
from training.finetune.load import load_items
from training.finetune.torch_network import reading
from training.onnx_graph.fuse import fuse
from training.onnx_graph.graph import Graph
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
    model.encoder.set_attn_implementation("sdpa")  # the form that `fuse` knows
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


def export_fused(model: AusblickModel, target: Path) -> None:
    """Write the network as one ONNX file in fp32 with ONNX Runtime's own operators."""
    plain = target.with_name("plain.onnx")
    export_onnx(model, plain)
    fuse(plain, target, int(model.encoder.config.num_attention_heads))
    plain.unlink()


def halve(source: Path, target: Path, smallest: int = 1024) -> None:
    """Store the float initialisers of at least `smallest` values as fp16, cast back to fp32.

    Matrices are cast once, when the file is loaded. Tables that are only looked up in stay fp16 in memory, and the rows
    that were looked up are cast: the same values, and half the memory of what is most of a small network.
    """
    graph = Graph.load(source)
    for name, tensor in list(graph.constants.items()):
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < smallest:
            continue
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > np.finfo(np.float16).max:
            continue
        half = graph.add_constant(values.astype(np.float16), "fp16")
        users = graph.consumers.get(name, [])
        if users and all(node.op_type == "Gather" and node.input[0] == name for node in users):
            for node in users:
                rows = graph.add("Gather", [half, node.input[1]])
                graph.redirect(node.output[0], graph.add("Cast", [rows], to=TensorProto.FLOAT))
        else:
            graph.redirect(name, graph.add("Cast", [half], to=TensorProto.FLOAT))
    graph.index()
    graph.save(target)


def export(run: Path, target: Path, int8: float | None = None, say: Any = print) -> Bundle:
    """Export `RUN/model` as a bundle: network, tokenizer, calibration on the development split, provenance, card.

    The bundle appears under its name only when it is complete; an older one there is replaced.
    int8: makes the int8 form, if no development figure loses more than this many points.
    Raises ConfigError when the folder is no finished run, or int8 loses more.
    """
    if not (run / "model" / "config.json").exists():
        raise ConfigError(f"{run}: no model/config.json; finish `python -m training finetune CONFIG` first")
    settings = Finetune.read(run / "config.yaml")
    model = AusblickModel.from_pretrained(run / "model")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as name:
        folder = Path(name) / "bundle"
        folder.mkdir()
        fused = Path(name) / "fused.onnx"
        export_fused(model, fused)
        halve(fused, folder / "model.onnx")
        shutil.copy(run / "model" / "tokenizer.json", folder / "tokenizer.json")
        config = bundle_config(run, target.name or DEFAULT, settings, model)
        dev = load_items(settings.data.dev, "dev")
        if int8 is not None:
            from training.int8 import replace_by_int8

            config = replace_by_int8(fused, folder, config, load_items(settings.data.train, "train"), dev, int8, say)
        config = calibrate(folder, config, dev, say)
        (folder / "config.json").write_text(config.dumps(), encoding="utf8")
        card = target / "README.md"
        (folder / "README.md").write_text(
            card.read_text(encoding="utf8") if card.exists() else first_card(config), encoding="utf8"
        )
        write_sums(folder)
        put_in_place(folder, target)
    bundle = Bundle.load(target)
    size = sum(p.stat().st_size for p in target.iterdir() if p.is_file())
    say(f"{target}: {size / 1e6:.1f} MB, temperatures {config.temperature}")
    return bundle


def bundle_config(run: Path, name: str, settings: Finetune, model: AusblickModel) -> BundleConfig:
    """The config of a bundle before its calibration: what the network reads, and what it was made from."""
    provenance = json.loads((run / "provenance.json").read_text(encoding="utf8"))
    return BundleConfig(
        name=name,
        version=__version__,
        grammar="first",
        **reading(model, settings.windows),
        training={"config": settings.model_dump(mode="json"), **provenance},
    )


def put_in_place(folder: Path, target: Path) -> None:
    """Replace `target` by a finished folder; reports and pictures beside the old bundle stay."""
    if target.exists():
        for path in list(target.iterdir()):
            if not (folder / path.name).exists():
                shutil.move(str(path), folder / path.name)
        shutil.rmtree(target)
    shutil.move(str(folder), target)


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


def main(run: Path, target: Path, int8: float | None = None) -> int:
    """Run from the command line."""
    export(run, target, int8)
    return 0
