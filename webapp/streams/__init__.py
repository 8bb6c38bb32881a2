"""Live streams: everything that happens to a video, to everyone who watches, with nothing missed.

A subscriber registers first, then is brought up to date from the rows (`replay`), then gets what is new
(`hub`). Rows are read once per video and encoded once per format, however many watch. Who reads too slowly
loses its buffer and catches up from the rows: a state change is never lost to anyone who stays or comes back.
"""
