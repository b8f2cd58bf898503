"""An engine that plays scripts in this process: tests, doubles and benchmarks run on it."""
