"""Forges: what each can do (``base``), what is written into issues (``body``), when (``pacing``), and the adapters."""
