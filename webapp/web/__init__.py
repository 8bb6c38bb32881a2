"""The web side: pages, the JSON API, streams and files. One module per noun; `routes` lists them.

Nothing here imports the codec library or the workflow engine.
"""
