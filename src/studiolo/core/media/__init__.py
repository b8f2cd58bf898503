"""Pictures and videos: what was seen, what a model sees of it, what can be wrong with them.

Nothing here is fetched or decoded.
"""
