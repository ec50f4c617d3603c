"""Loading the model that the settings name."""

from __future__ import annotations

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
    return model
