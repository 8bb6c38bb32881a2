"""Everything that knows video: what is in an upload, what it becomes, how that is written down.

`worker` is the entry of the child process, in which the codec library is; `dispatch` says what runs there.
docs/architecture.md lists the modules that the parent uses too: plain data and arithmetic.
"""
