"""From an upload to something to watch, as a durable workflow.

`control` is what the web side asks for, `worker` is the side that does it. In between: `processing` is the
order of one run, `stages` its parts, and `pieces` what each child is asked for; `journal` writes down how it
goes, `release` publishes what is finished, after `verification` where nobody has seen it yet. `engine` alone
knows the workflow engine.
"""
