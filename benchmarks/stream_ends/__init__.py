"""How live streams end, and what is left of them: stopped servers, killed clients, stalled clients."""
