"""Log probabilities on the wire, alike in every dialect (reference/02 section 3)."""

from collections.abc import Sequence

from studiolo.core.generation import Alternative, TokenLogprob
from studiolo.protocols.json import Document


def logprobs_document(logprobs: Sequence[TokenLogprob]) -> Document:
    """`logprobs`, one entry for each token of the answer."""
    return {
        "content": [
            _token(token) | {"top_logprobs": [_token(other) for other in token.top]}
            for token in logprobs
        ]
    }


def _token(token: TokenLogprob | Alternative) -> Document:
    return {"token": token.token, "bytes": token.bytes, "logprob": token.logprob}
