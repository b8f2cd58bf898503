"""Weights in the way of Llama, and the prompts they make of messages."""

from studiolo.core.messages import Message
from studiolo.core.prompt import Run
from studiolo.core.requests import Conversation
from studiolo.families.foreign.template import template_family

HEADERS = frozenset({"<|bos|>", "<|head|>", "<|/head|>", "<|eot|>", "\n\n", "|"})
# A first token, and roles between two others.
HEADED = """\
{{- bos_token }}
{%- for message in messages %}
{{- '<|head|>' + message.role + '<|/head|>\n\n' + message.content | trim + '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|head|>assistant<|/head|>\n\n' }}{% endif %}"""


def headed(*messages: Message) -> tuple[Run, ...]:
    """The prompt of these messages."""
    return template_family(HEADED, HEADERS, bos="<|bos|>").render(Conversation(messages))
