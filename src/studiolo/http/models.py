"""The model list of the compatible dialect."""

from starlette.types import Receive, Scope, Send

from studiolo.core.errors import MethodNotSupported, StudioloError
from studiolo.http.chat import bearer_key, headers_of
from studiolo.http.edge import refuse
from studiolo.http.responses import respond, write
from studiolo.protocols.openai.models import encode_model, encode_models
from studiolo.service.access import Access
from studiolo.service.models import Models


class ModelsEndpoint:
    """`GET /models` and `GET /models/{id}`."""

    def __init__(self, *, access: Access, models: Models) -> None:
        self._access = access
        self._models = models

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise MethodNotSupported(scope["method"])
            await self._access.caller(bearer_key(headers_of(scope)))
            name: str | None = scope["path_params"].get("name")
            if name is None:
                body = encode_models(self._models.names())
            else:
                body = encode_model(self._models.resolve(name).card)
        except StudioloError as error:
            await respond(send, refuse(scope, error))
            return
        await write(send, body)
