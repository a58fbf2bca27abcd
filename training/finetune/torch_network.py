"""The torch module behind the reader's interface, so that development scores run through the code that ships."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from ausblick.bundle import BundleConfig
from ausblick.cues import CUES
from ausblick.hints import HINTS
from ausblick.reader import Reader
from models.network import AusblickModel


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


def torch_reader(model: AusblickModel, tokenizer: object, max_tokens: int, context: int) -> Reader:
    """A reader over the module as it stands, uncalibrated."""
    hints, cues = HINTS if model.config.hints else (), CUES if model.config.cues else ()
    learned = model.crf.export() if model.crf is not None else None
    config = BundleConfig("training", "0", max_tokens, context, hints=hints, cues=cues, transitions=learned)
    return Reader(TorchNetwork(model), tokenizer, config)
