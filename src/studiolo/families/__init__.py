"""How Qwen models write: messages to prompt runs, model text to events. No I/O."""
