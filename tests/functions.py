"""The functions that callers offer, as they stand in requests, and what they give back."""

import json

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
TIME = {
    "type": "function",
    "function": {
        "name": "get_time",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
TOOLS = [WEATHER, TIME]


def perform(name: str, arguments: str) -> str:
    """What a called function gives back."""
    return f"{name} of {json.loads(arguments)['city']}"
