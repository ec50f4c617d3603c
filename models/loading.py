"""Loading the model that the settings name."""

from __future__ import annotations

from pathlib import Path

from models.model import Model
from streams.settings import Settings


def load_model(settings: Settings) -> Model:
    """Load the stub, or the encoder with its heads and gazetteer, and warm it up.

    Raises:
        WeightsMismatch: a weight file is not the one that is named.
        DataMissing: a file is not there.
    """
    if settings.model == "stub":
        from models.stub import StubModel

        return StubModel()
    from models.reading import EncoderModel

    model = EncoderModel.load(settings)
    model.warm_up()
    if settings.abstractive_model is None:
        return model
    from models.network.encoder import device_of
    from models.summaries.abstracted import AbstractedModel
    from models.summaries.abstractive import BATCH_TOKENS, AbstractiveSummariser

    writer = AbstractiveSummariser.load(
        settings.abstractive_model,
        revision=settings.abstractive_revision,
        device=device_of(settings.device),
        batch_tokens=settings.batch_tokens or BATCH_TOKENS,
        max_sentences=settings.summary_sentences,
    )
    return AbstractedModel(model, writer, Path(settings.abstractive_model).name)
