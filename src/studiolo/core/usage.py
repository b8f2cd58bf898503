"""What was used: one struct of integers that client, bill and engine agree on."""

import msgspec


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens of one request.

    `cached` and `cache_created` are parts of `input`; `reasoning` is part of `output`;
    `image`, `video` and `audio` are parts of `input`. `injected` tokens were written by us into
    the output (the closing text of a cut thought) and are part of neither.
    """

    input: int = 0
    cached: int = 0
    cache_created: int = 0
    output: int = 0
    reasoning: int = 0
    image: int = 0
    video: int = 0
    audio: int = 0
    injected: int = 0

    @property
    def text(self) -> int:
        """What of the input is no picture, video or sound."""
        return self.input - self.image - self.video - self.audio

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input + self.output
