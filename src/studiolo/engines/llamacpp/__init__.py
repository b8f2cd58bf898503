"""llama.cpp: as a supervised child process, or as a llama-server of the user's own."""
