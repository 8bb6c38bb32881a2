"""What tests share: videos made on the spot, a server in a process of its own, readers of what comes out."""
