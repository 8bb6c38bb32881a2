"""The servers that are written in Python. Each publishes by itself, told how on its standard input."""
