"""The torch module behind the reader's interface, so that development scores run through the code that ships."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ausblick.bundle import BundleConfig
from ausblick.cues import cue_kinds
from ausblick.hints import HINTS
from ausblick.reader import Reader
from models.network import AusblickModel
from training.finetune.config import Windows


class TorchNetwork:
    """Scores batches with an `AusblickModel`, without gradients and in evaluation mode."""

    def __init__(self, model: AusblickModel) -> None:
        self.model = model

    def __call__(
        self, feed: dict[str, npt.NDArray[np.int64]]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        training = self.model.training
        self.model.eval()
        with torch.no_grad():
            out = self.model(**{key: torch.from_numpy(value).to(self.model.device) for key, value in feed.items()})
        self.model.train(training)
        return out.tags.float().cpu().numpy(), out.outlook.float().cpu().numpy()


def reading(model: AusblickModel, windows: Windows) -> dict[str, Any]:
    """What a reader must know of a module and its windows, as keys of a `BundleConfig`."""
    return windows.model_dump() | {
        "hints": HINTS if model.config.hints else (),
        "cues": cue_kinds(model.config.names) if model.config.cues else (),
        "transitions": model.crf.export() if model.crf is not None else None,
    }


def torch_reader(model: AusblickModel, tokenizer: object, windows: Windows) -> Reader:
    """A reader over the module as it stands, uncalibrated."""
    return Reader(TorchNetwork(model), tokenizer, BundleConfig("training", "0", **reading(model, windows)))
