"""A double of a text model: it reads a prompt as a model would and makes its answer from that."""

from studiolo.engines.scripted.double.model import Double, double_engine

__all__ = ["Double", "double_engine"]
