"""The language of the house: messages, requests, events, prompts, usage and errors. No I/O."""
