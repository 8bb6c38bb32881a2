"""How a file gets in: a video is created, its bytes are received, and from then on it can be processed."""
