"""The model list (reference/01 section 7)."""

from collections.abc import Iterable

import msgspec

from studiolo.core.card import ModelCard
from studiolo.protocols.json import Document


def encode_models(cards: Iterable[ModelCard]) -> bytes:
    """`GET /models`."""
    return msgspec.json.encode({"object": "list", "data": [_model(card) for card in cards]})


def encode_model(card: ModelCard) -> bytes:
    """`GET /models/{id}`."""
    return msgspec.json.encode(_model(card))


def _model(card: ModelCard) -> Document:
    return {
        "id": card.name,
        "object": "model",
        "created": card.created,
        "owned_by": "system",
    }
