"""A storm of requests, kills and vanishing clients, and the equation that must hold after it."""
