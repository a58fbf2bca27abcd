"""A moving average of the weights (Polyak and Juditsky 1992): scored and kept in place of the last step's.

It costs one copy of the weights and steadies the score of an epoch, which on small development splits jumps by points.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import TrainerCallback

FILE = "ema.safetensors"


class Average(TrainerCallback):
    """Follows the weights after each step; its state lies in each checkpoint beside them."""

    def __init__(self, decay: float, resume: Path | None = None) -> None:
        self.decay, self.resume, self.steps = decay, resume, 0
        self.weights: dict[str, Tensor] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, model: nn.Module, **kwargs: Any) -> None:
        self.steps = state.global_step
        self.weights = {name: p.detach().clone() for name, p in model.named_parameters()}
        if self.resume and (self.resume / FILE).is_file():
            self._fill(self.resume)

    def on_step_end(self, args: Any, state: Any, control: Any, model: nn.Module, **kwargs: Any) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))  # the first steps shall not weigh for ever
        with torch.no_grad():
            for name, p in model.named_parameters():
                self.weights[name].lerp_(p.detach().to(self.weights[name].dtype), 1 - decay)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.is_world_process_zero:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            save_file({name: t.contiguous() for name, t in self.weights.items()}, str(folder / FILE))

    @contextmanager
    def in_place(self, model: nn.Module) -> Iterator[None]:
        """The model with the averaged weights, and afterwards with its own again."""
        own = {name: p.detach().clone() for name, p in model.named_parameters()}
        self.put(model)
        try:
            yield
        finally:
            _copy(own, model)

    def put(self, model: nn.Module, checkpoint: Path | None = None) -> None:
        """Set the model's weights to the average, that of a checkpoint where one is given."""
        if checkpoint is not None:
            self._fill(checkpoint)
        _copy(self.weights, model)

    def _fill(self, checkpoint: Path) -> None:
        for name, saved in load_file(str(checkpoint / FILE)).items():
            self.weights[name] = saved.to(self.weights[name].device)


def _copy(weights: dict[str, Tensor], model: nn.Module) -> None:
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(weights[name])
