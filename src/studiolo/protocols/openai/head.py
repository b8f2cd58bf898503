"""What completions of chats and of texts are asked with alike: whose, how told, and how refused."""

import msgspec

from studiolo.core.card import CHATS, ModelCard
from studiolo.core.errors import EndpointMismatch, ModelMissing, StudioloError
from studiolo.core.ledger import Dialect
from studiolo.protocols.codec import Identity, Refusal, Rules
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document
from studiolo.protocols.openai.errors import refuse


class Head(msgspec.Struct, frozen=True):
    """Who is to answer, and how it is told; a usage chunk is only for streams."""

    model: str
    streamed: bool
    include_usage: bool


def read_model(fields: Fields) -> str:
    """The model asked for. Raises ModelMissing or WrongType."""
    model = fields.text("model")
    if not model:
        raise ModelMissing
    return model


def read_head(fields: Fields, card: ModelCard) -> Head:
    """Raises EndpointMismatch for a model that writes nothing, ModelMissing or WrongType."""
    if card.kind not in CHATS:
        raise EndpointMismatch(card.name)
    options = fields.object("stream_options")
    return Head(
        model=read_model(fields),
        streamed=bool(fields.flag("stream")),
        include_usage=bool(options and options.flag("include_usage")),
    )


class Compatible:
    """A dialect of the compatible paths, but for what it decodes."""

    dialect: Dialect = "openai"

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def model(self, document: Document) -> str:
        """The model asked for. Raises ModelMissing or WrongType."""
        return read_model(Fields(document))

    def refuse(self, error: StudioloError, identity: Identity) -> Refusal:
        """The error as an HTTP response."""
        return refuse(error, identity, suffix=self.rules.error_suffix)
