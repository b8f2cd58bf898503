"""The engine's process: one model behind one unix socket, gone when its parent is gone.

Run as `python -m studiolo.engines.llamacpp.process.worker SETTINGS_JSON`; says READY on stdout once
requests are served. It dies with its parent in two ways: by the kernel's parent-death signal, and
when its standard input ends.
"""

import ctypes
import importlib
import os
import signal
import sys
import threading
from types import ModuleType

from studiolo.engines.llamacpp.process.settings import WorkerSettings

_PARENT_DEATH_SIGNAL = 1


def main() -> None:
    """Load the model, say READY, and serve until the parent is gone."""
    settings = WorkerSettings.from_json(sys.argv[1])
    _die_with(settings.parent)
    watch = threading.Thread(target=_until_input_ends, daemon=True)
    watch.start()
    # A native module without types, and slow to load: after the watch has begun.
    xllamacpp = importlib.import_module("xllamacpp")
    server: object = xllamacpp.Server(_parameters(xllamacpp, settings))
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    watch.join()
    del server


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _until_input_ends() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _parameters(xllamacpp: ModuleType, settings: WorkerSettings) -> object:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = settings.weights
    parameters.hostnames = [settings.socket]
    parameters.n_ctx = settings.context
    parameters.n_parallel = settings.parallel
    parameters.n_batch = parameters.n_ubatch = settings.batch
    parameters.cpuparams.n_threads = settings.decode_threads
    parameters.cpuparams_batch.n_threads = settings.prefill_threads
    parameters.n_threads_http = settings.http_threads
    parameters.cache_ram_mib = settings.cache_mib
    parameters.fit_params = False
    parameters.ctx_shift = False
    parameters.ui = False
    parameters.endpoint_slots = parameters.endpoint_metrics = True
    parameters.verbosity = 1
    if settings.pooling is not None:
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type(settings.pooling)
    return parameters


if __name__ == "__main__":
    main()
