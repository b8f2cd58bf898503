"""The ASGI edge: routes, bodies, streams. It knows the dialects and the service, no engine."""
