"""What the daemon shows and takes over HTTP: webhooks, probes, metrics; a status page has its place beside them."""
