"""The trackers. :mod:`base` is the protocol that all else speaks; :mod:`github` and :mod:`gitlab` are its adapters.

Shared by the adapters: :mod:`client` (one request, and what is known of its effect), :mod:`wire` and :mod:`listing`
(reading answers and pages), :mod:`pacing` (the one gate before a host), :mod:`hooks` (registering webhooks). Pure:
:mod:`body` (what stands in an issue) and :mod:`webhooks` (verifying and reading a delivery).
"""
