"""Everything that knows video: what is in an upload, what it becomes, how that is written down.

`worker` is the entry of the child process in which `probe`, `copy`, `poster`, `chunk`, `audio` and
`verifying` run; they alone import the codec library. `facts`, `jobs`, `answers`, `ladder`, `timeline`
and `playlist` are plain data and arithmetic, used by the parent too.
"""
