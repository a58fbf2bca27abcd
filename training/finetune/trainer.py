"""The training loop: Hugging Face's, with our batches, learning rates and scores."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import torch
from accelerate.utils import broadcast_object_list
from tokenizers import Tokenizer
from torch.utils.data import DataLoader
from transformers import Trainer, TrainerCallback

from data.corpus import Item
from models.network import AusblickModel
from training.finetune.average import Average
from training.finetune.batches import LengthBatches
from training.finetune.config import Finetune
from training.finetune.torch_network import torch_reader
from training.scoring import headline, score


class AusblickTrainer(Trainer):
    """Hugging Face's trainer with batches by length, grouped learning rates, and scores through the reader.

    With several processes each trains on its share of the batches; the first alone scores and writes.
    """

    def __init__(
        self,
        *args: Any,
        settings: Finetune,
        tokenizer: Tokenizer,
        dev: list[Item],
        lengths: list[int],
        average: Average | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.settings, self.text_tokenizer, self.dev, self.lengths = settings, tokenizer, dev, lengths
        self.average = average

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Batches are shared out here: accelerate can do it only for samplers with a fixed batch size."""
        sampler = LengthBatches(
            self.lengths,
            self.settings.optimizer.batch_tokens,
            self.settings.seed,
            self.accelerator.process_index,
            self.accelerator.num_processes,
        )
        loader: Any = DataLoader(self.train_dataset, batch_sampler=sampler, collate_fn=self.data_collator)
        loader.set_epoch = sampler.set_epoch
        return loader  # type: ignore[no-any-return]

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        made: torch.optim.Optimizer | None = getattr(self, "optimizer", None)
        if made is None:
            groups = parameter_groups(self.model, self.settings)
            made = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
            self.optimizer = made
        return made

    def evaluate(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> dict[str, float]:
        found: list[Any] = [self.scored(metric_key_prefix) if self.is_world_process_zero() else None]
        if self.accelerator.num_processes > 1:
            broadcast_object_list(found)
        metrics: dict[str, float] = found[0]
        self.log(metrics)
        trainer: Any = self                              # the library's own attributes are untyped
        trainer.control = trainer.callback_handler.on_evaluate(self.args, self.state, trainer.control, metrics)
        return metrics

    def scored(self, prefix: str) -> dict[str, float]:
        """Development scores of the model as it would be kept; a line in `RUN/dev.jsonl`."""
        model = self.accelerator.unwrap_model(self.model)
        with self.average.in_place(model) if self.average else nullcontext():
            scores = score(torch_reader(model, self.text_tokenizer, self.settings.windows), self.dev)
        top = headline(scores)
        line = {
            "epoch": round(self.state.epoch or 0, 2),
            "step": self.state.global_step,
            "headline": top,
            "scores": scores,
        }
        with (self.settings.run / "dev.jsonl").open("a", encoding="utf8") as out:
            out.write(json.dumps(line) + "\n")
        return {f"{prefix}_{layer}": round(value, 4) for layer, value in top.items()}


def parameter_groups(model: AusblickModel, settings: Finetune) -> list[dict[str, Any]]:
    """Learning rates: the heads' own, the encoder's falling by `layer_decay` with each layer; no decay for vectors."""
    o = settings.optimizer
    layers = getattr(model.encoder.config, "num_hidden_layers", 0)
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = o.head_lr
        if name.startswith("encoder."):
            numbers = [int(part) for part in name.split(".") if part.isdigit()]
            depth = layers - 1 - numbers[0] if numbers else (layers if "embed" in name else 0)
            rate = o.lr * o.layer_decay**depth
        decay = o.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()]


class Patience(TrainerCallback):
    """Stops after `patience` evaluations without a better score of the kind that chooses the model."""

    def __init__(self, patience: int, metric: str = "eval_mean") -> None:
        self.patience, self.metric, self.best, self.bad = patience, metric, -1.0, 0

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **kwargs: Any) -> Any:
        value = metrics.get(self.metric, 0.0)
        self.bad = 0 if value > self.best else self.bad + 1
        self.best = max(self.best, value)
        if self.bad >= self.patience:
            control.should_training_stop = True
        return control
