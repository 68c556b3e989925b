"""The daemon: what asks for a run, who carries it out, and what can be seen of it from outside (design §13)."""
