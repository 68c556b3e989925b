"""The GitLab adapter. python-gitlab's only home."""

from syncd.forge.gitlab.forge import GitLab

__all__ = ["GitLab"]
