"""How families' calls are read out of what a model writes, and how a forced one must look."""
