"""Live streams beside their peers: this app, nginx with nchan, and sse-starlette on uvicorn.

Server and client are each kept on a core of their own, and run one after the other in the same run.
docs/benchmarks.md says how each number comes about.
"""
