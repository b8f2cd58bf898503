"""A llama-server on a free port, as a user would run one: says its URL, ends with its input."""

import os
import sys

import xllamacpp


def main() -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[1]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = 1024
    parameters.n_parallel = 2
    parameters.n_batch = parameters.n_ubatch = 64
    parameters.fit_params = False
    parameters.ui = False
    parameters.endpoint_slots = True
    parameters.verbosity = 1
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
