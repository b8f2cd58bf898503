"""Answers out of a cassette, byte for byte; what is not in it is for the double, or refused."""

from starlette.types import Receive, Scope, Send

from studiolo.http.double.known import model_in
from studiolo.http.double.reading import Heard
from studiolo.http.double.said import usage_in
from studiolo.http.double.telling import Telling
from studiolo.http.edge import identity_of
from studiolo.service.double.cassette import Cassette
from studiolo.service.double.inspection import Inspection
from studiolo.service.double.rows import Rows


class Replaying:
    """The cassette answers what it can; the inspection hears of what is played."""

    def __init__(
        self,
        cassette: Cassette,
        *,
        rows: Rows,
        client_s: float,
        inspection: Inspection | None = None,
    ) -> None:
        self._cassette = cassette
        self._rows = rows
        self._client_s = client_s
        self._inspection = inspection

    async def answer(self, heard: Heard, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether it did. Raises NotRecorded, LedgerFull."""
        with self._rows.refusing(heard.asked):
            exchange = self._cassette.play(heard.question)
        if exchange is None:
            return False
        pieces = list(exchange.pieces)
        telling = Telling(scope, send, client_s=self._client_s)
        size = None if exchange.streamed or exchange.is_bodiless else sum(map(len, pieces))
        telling.head(exchange.status, exchange.content_type, exchange.retry_after, size_bytes=size)
        with self._rows.account(heard.asked) as account:
            await telling.more(pieces[:-1])
            if telling.is_abandoned:
                account.abandon()
            account.end(exchange.status, usage_in(pieces))
        if self._inspection is not None:
            self._inspection.replayed(
                identity_of(scope).request_id,
                model=model_in(heard.question) or None,
                streamed=exchange.streamed,
            )
        await telling.more(pieces[-1:])
        await telling.end()
        return True
