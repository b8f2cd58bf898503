"""A llama-server that the user runs, by URL: any build, any accelerator."""

import asyncio
from pathlib import Path

from studiolo.engines.base import EngineInfo
from studiolo.engines.gguf import read_header
from studiolo.engines.llamacpp.served import Served, ServedEngine
from studiolo.engines.llamacpp.server import LlamaServer, Props
from studiolo.engines.llamacpp.tokens import BlindTokenizer, choose_tokenizer
from studiolo.engines.tokenizer import bpe_tokenizer
from studiolo.engines.vocabulary import Pieces


class LlamaServerEngine(ServedEngine):
    """One model of a running llama-server.

    With `weights`, a local copy of the same GGUF file (its header is enough), prompts are
    tokenized in process; without it every text is a question to the server.
    """

    def __init__(
        self, url: str, *, name: str, api_key: str | None = None, weights: Path | None = None
    ) -> None:
        super().__init__()
        self._url = url
        self._name = name
        self._api_key = api_key
        self._weights = weights

    async def start(self) -> None:
        """Ask the server what it serves. Raises ModelUnavailable when it cannot be reached."""
        if self._served is not None:
            return
        server = LlamaServer.at_url(self._url, api_key=self._api_key)
        try:
            self._served = await (
                self._knowing(server, self._weights) if self._weights else self._blind(server)
            )
        except BaseException:
            await server.close()
            raise

    async def close(self) -> None:
        """Close the connections; the server goes on."""
        served, self._served = self._served, None
        await self._close_judge()
        if served is not None:
            await served.server.close()

    async def _knowing(self, server: LlamaServer, weights: Path) -> Served:
        """Serve with the vocabulary of the local file."""
        props = await server.props()
        header = await asyncio.to_thread(read_header, weights)
        ours = await asyncio.to_thread(bpe_tokenizer, header.vocabulary)
        tokenizer = await choose_tokenizer(
            server, ours=ours, vocabulary=header.vocabulary, model=self._name
        )
        info = _info(props, tokenizer.special_tokens, architecture=header.architecture)
        return Served(info, server, tokenizer, Pieces(header.vocabulary))

    async def _blind(self, server: LlamaServer) -> Served:
        """Serve without a vocabulary."""
        props = await server.props()
        tokenizer = BlindTokenizer(server)
        await tokenizer.learn((props.bos_token, props.eos_token))
        return Served(_info(props, tokenizer.special_tokens), server, tokenizer, None)


def _info(props: Props, special_tokens: frozenset[str], *, architecture: str = "") -> EngineInfo:
    return EngineInfo(
        engine="llama.cpp",
        weights=Path(props.model_path).name,
        context=props.default_generation_settings.n_ctx,
        parallel=props.total_slots,
        architecture=architecture,
        chat_template=props.chat_template,
        special_tokens=special_tokens,
    )
