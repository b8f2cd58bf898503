"""The ASGI app: every route with its codec and its use case, and what stands before them."""

from collections.abc import Callable, Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from studiolo.config import Settings
from studiolo.http.chat import Bounds, ChatEndpoint, UseCase
from studiolo.http.edge import Edge, NotFound
from studiolo.http.health import Live, Ready
from studiolo.http.metrics import MetricsEndpoint
from studiolo.http.models import ModelsEndpoint
from studiolo.http.routes import Endpoints, Paths, routes
from studiolo.protocols.codec import Asking, Codec, Rules
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.openai.chat import ChatCompletions
from studiolo.protocols.openai.completions import Completions
from studiolo.protocols.openai.responses.question import Responses
from studiolo.service.access import Access
from studiolo.service.chat import Chat
from studiolo.service.completion import Completion
from studiolo.service.models import Models
from studiolo.telemetry.metrics import Metrics


def make_app(
    settings: Settings,
    chat: Chat,
    models: Models,
    access: Access,
    metrics: Metrics,
    inside: Callable[[ASGIApp], ASGIApp] = lambda routes: routes,
) -> ASGIApp:
    """The routes over what was put together; `inside` may put something before them."""
    bounds = bounds_of(settings)

    def endpoint(codec: Codec[Asking], use_case: UseCase[Asking]) -> ChatEndpoint[Asking]:
        return ChatEndpoint(codec, access=access, models=models, use_case=use_case, bounds=bounds)

    completion = Completion(chat.deployments, chat.ledger)

    rules = Rules(
        max_messages=settings.limits.messages,
        error_suffix=settings.server.error_suffix,
        strict_routing=settings.server.strict_endpoint_routing,
        allow_nonstream_thinking=settings.server.allow_nonstream_thinking,
    )
    paths = Paths(
        routes(
            Endpoints(
                chat_completions=endpoint(ChatCompletions(rules), chat),
                completions=endpoint(Completions(rules), completion),
                responses=endpoint(Responses(rules), chat),
                text_generation=endpoint(Generation("text-generation", rules), chat),
                multimodal_generation=endpoint(Generation("multimodal-generation", rules), chat),
                models=ModelsEndpoint(access=access, models=models),
                live=Live(),
                ready=Ready(chat.deployments),
                metrics=MetricsEndpoint(metrics),
            )
        ),
        otherwise=NotFound(),
    )
    return Edge(_with_cors(inside(paths), settings.server.cors_origins))


def bounds_of(settings: Settings) -> Bounds:
    """What a request and its connection may take."""
    return Bounds(
        body_bytes=settings.limits.body_bytes,
        json_depth=settings.limits.json_depth,
        keep_alive_s=settings.limits.keep_alive_s,
        client_s=settings.limits.client_s,
    )


def _with_cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Nothing is added where no other origin may call."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("*",),
        allow_headers=("*",),
        expose_headers=("x-request-id", "retry-after"),
    )
