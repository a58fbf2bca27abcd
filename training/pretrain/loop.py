"""The training loop: a schedule over wall-clock time, checkpoints by minutes, exact resume.

The learning rate warms up, stays, and falls to zero over the last part of the budget. The state before the fall is kept
as `stable.pt`, so a run with a larger budget continues from there rather than from a model that was already cooled
down (Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations").
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.pretrain.config import Pretrain
from training.pretrain.objective import Objective, whole_word_mask
from training.pretrain.pack import Ids
from training.settings import ConfigError

DECAY = 0.4
CLOCKS = {"wall": time.monotonic, "cpu": time.process_time}
Print = Callable[[str], None]


@dataclass
class Progress:
    """Where a run stands; all that decides what the next batch is."""

    step: int = 0
    tokens: int = 0
    elapsed: float = 0.0
    """Seconds of training, over all pieces of the run."""
    drawn: int = 0
    """Tokens drawn in the current pass over the text."""
    epoch: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    """(step, held-out loss in nats)."""
    held_out: dict[str, float] = field(default_factory=dict)
    """The last held-out figures by name, the loss first."""


def rate(fraction: float, warmup: float) -> float:
    """The share of the peak learning rate after `fraction` of the budget."""
    if fraction < warmup:
        return max(0.01, fraction / warmup)
    return min(1.0, max(0.0, (1 - fraction) / DECAY))


def optimizers(model: Objective, settings: Pretrain) -> list[torch.optim.Optimizer]:
    """AdamW for all parameters, or Muon for the matrices of the blocks and AdamW for the rest (Jordan et al. 2024)."""
    matrices = [p for name, p in model.encoder.named_parameters() if p.ndim == 2 and "embed" not in name]
    fused = torch.device(next(model.parameters()).device).type in ("cpu", "cuda")
    adamw = {"lr": settings.lr, "betas": (0.9, 0.98), "weight_decay": settings.weight_decay, "fused": fused}
    if settings.optimizer == "adamw":
        return [torch.optim.AdamW(model.parameters(), **adamw)]  # type: ignore[arg-type]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    muon = torch.optim.Muon(
        matrices, lr=settings.muon_lr, weight_decay=settings.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    return [muon, torch.optim.AdamW(rest, **adamw)]  # type: ignore[arg-type]


class Stream:
    """Sequences of a packed text in random order, a new order for every pass."""

    def __init__(self, ids: Ids, seed: int) -> None:
        self.ids, self.seed = ids, seed
        self._key: tuple[int, int] | None = None
        self._rows = np.zeros(0, dtype=np.int64)

    def _order(self, length: int, epoch: int) -> npt.NDArray[np.int64]:
        if self._key != (length, epoch):
            self._key = (length, epoch)
            self._rows = np.random.default_rng((self.seed, epoch, length)).permutation(len(self.ids) // length)
        return self._rows

    def next(self, progress: Progress, sequences: int, length: int) -> Tensor:
        """The next batch, (sequences, length) int64; advances `progress`."""
        at = -(-progress.drawn // length)
        if at + sequences > len(self.ids) // length:
            progress.epoch, progress.drawn, at = progress.epoch + 1, 0, 0
        rows = self._order(length, progress.epoch)[at : at + sequences]
        progress.drawn = (at + sequences) * length
        batch = np.stack([self.ids[r * length : (r + 1) * length] for r in rows])
        return torch.from_numpy(batch.astype(np.int64))


def uses_bf16(device: str) -> bool:
    """Whether training is done under bf16 autocast: on a GPU, and on a CPU whose kernels know the format."""
    return device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()


class Trainer:
    """Trains `model` in place until the budget is used up. `device` is "cpu" or "cuda".

    `peak` is what the machine can do in operations a second; 0 leaves the utilisation out of the log.
    """

    def __init__(
        self,
        settings: Pretrain,
        model: Objective,
        ids: Ids,
        held: Ids,
        word_start: Tensor,
        device: str = "cpu",
        say: Print = print,
        peak: float = 0.0,
    ) -> None:
        self.settings, self.model, self.device, self.say = settings, model.to(device), device, say
        self.peak = peak
        self.stream = Stream(ids, settings.seed)
        self.word_start = word_start.to(device)
        self.vocabulary_size = len(word_start)
        self.optimizers = optimizers(model, settings)
        self.peaks = [[float(group["lr"]) for group in o.param_groups] for o in self.optimizers]
        self.progress = Progress()
        self.bf16 = uses_bf16(device)
        count = min(settings.held_out, len(held) // settings.length) * settings.length
        self.held = torch.from_numpy(held[:count].astype(np.int64)).view(-1, settings.length).to(device)
        self.saved_stable = False

    def fraction(self) -> float:
        return self.progress.elapsed / self.settings.budget

    def length(self) -> int:
        """Tokens of a sequence at this point of the budget."""
        long = self.fraction() >= 1 - self.settings.final_share
        return self.settings.final_length if long else self.settings.length

    def _batch(self) -> Tensor:
        length = self.length()
        return self.stream.next(self.progress, max(1, self.settings.batch_tokens // length), length)

    def step(self) -> Tensor:
        """One optimizer step over `accumulate` batches; returns the mean training loss (sampled softmax where set)."""
        share = rate(self.fraction(), self.settings.warmup)
        for optimizer, peaks in zip(self.optimizers, self.peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * share
        generator = torch.Generator(self.device).manual_seed(self.settings.seed * 1_000_003 + self.progress.step)
        torch.manual_seed(self.settings.seed * 999_983 + self.progress.step)  # what the objective draws
        total = torch.zeros((), device=self.device)
        for _ in range(self.settings.accumulate):
            ids = self._batch().to(self.device)
            inputs, picked = whole_word_mask(ids, self.word_start, self.settings.mask, self.vocabulary_size, generator)
            with torch.autocast(self.device, torch.bfloat16, enabled=self.bf16):
                loss = self.model(inputs, picked, ids, sampled=True) / self.settings.accumulate
            loss.backward()
            total += loss.detach()
            self.progress.tokens += ids.numel()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
        self.progress.step += 1
        return total

    @torch.no_grad()
    def held_out_figures(self) -> dict[str, float]:
        """The objective's figures on the held-out text, full softmax, the same masks every time; the loss first."""
        generator = torch.Generator(self.device).manual_seed(7)
        sums: dict[str, float] = {}
        counts: dict[str, int] = {}
        for rows in self.held.split(32):
            inputs, picked = whole_word_mask(rows, self.word_start, 0.15, self.vocabulary_size, generator)
            with torch.autocast(self.device, torch.bfloat16, enabled=self.bf16):
                found = self.model.figures(inputs, picked, rows, generator)
            for name, (mean, count) in found.items():
                sums[name] = sums.get(name, 0.0) + mean * count
                counts[name] = counts.get(name, 0) + count
        return {name: sums[name] / max(1, counts[name]) for name in sums}

    def run(self, stop_after: float = math.inf) -> Progress:
        """Train to the end of the budget, or for `stop_after` seconds; checkpoints as the settings say."""
        clock = CLOCKS[self.settings.clock]
        self.warm_up()
        spent, recent, since = 0.0, [], self.progress.tokens
        last_log = last_save = last = clock()
        while self.fraction() < 1 and spent < stop_after:
            recent.append(self.step())
            now = clock()
            self.progress.elapsed += now - last
            spent, last = spent + now - last, now
            if now - last_log >= self.settings.log_every or self.fraction() >= 1:
                self._log(recent, (self.progress.tokens - since) / (now - last_log))
                recent, since = [], self.progress.tokens
                last_log = last = clock()
            if not self.saved_stable and self.fraction() >= 1 - DECAY:
                self.save(self.settings.run / "stable.pt")
                self.saved_stable = True
            if now - last_save >= self.settings.checkpoint_every or self.fraction() >= 1:
                self.save(self.settings.run / "state.pt")
                last_save = last = clock()
        return self.progress

    def warm_up(self) -> None:
        """One backward pass at each length without a step: compiling takes a minute that is no training."""
        if not self.settings.compile:
            return
        started = time.monotonic()
        for length in dict.fromkeys((self.settings.length, self.settings.final_length)):
            rows = max(1, self.settings.batch_tokens // length)
            ids = self.stream.next(Progress(), rows, length).to(self.device)
            inputs, picked = whole_word_mask(ids, self.word_start, self.settings.mask, self.vocabulary_size)
            with torch.autocast(self.device, torch.bfloat16, enabled=self.bf16):
                loss = self.model(inputs, picked, ids, sampled=True)
            loss.backward()
        self.model.zero_grad()
        self.say(f"compiled in {time.monotonic() - started:.0f} s, beside the budget")

    def _log(self, recent: list[Tensor], speed: float) -> None:
        p = self.progress
        p.held_out = self.held_out_figures()
        p.losses.append((p.step, next(iter(p.held_out.values()))))
        flops = self.model.flops(self.length()) * speed
        share = f" ({flops / self.peak:.0%} of peak)" if self.peak else ""
        self.say(
            f"step {p.step} min {p.elapsed / 60:.1f} epoch {p.epoch} train {torch.stack(recent).mean():.3f} "
            + " ".join(f"{name} {value:.3f}" for name, value in p.held_out.items())
            + f" tokens {p.tokens / 1e6:.1f}M {speed:,.0f} tok/s {flops / 1e9:,.0f} GFLOP/s{share}"
        )

    def save(self, path: Path) -> None:
        """Write everything that resuming needs; the old file stays until the new one is complete."""
        state = {
            "objective": self.settings.objective,
            "model": self.model.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "progress": vars(self.progress),
        }
        torch.save(state, path.with_suffix(".partial"))
        os.replace(path.with_suffix(".partial"), path)

    def resume(self, path: Path) -> None:
        """Continue from `save`'s file. Tensors and plain values only are read (`weights_only`).

        Raises ConfigError when it was made under another objective.
        """
        state = torch.load(path, weights_only=True, map_location=self.device)
        if (made := state.get("objective", "mlm")) != self.settings.objective:
            raise ConfigError(
                f"objective: got {self.settings.objective!r}, but {path} was made under {made!r}; name another run "
                f"folder, or start anew from its encoder with `start`"
            )
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.progress = Progress(**state["progress"])
        self.saved_stable = self.fraction() >= 1 - DECAY
