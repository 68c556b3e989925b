"""The GitHub adapter. PyGithub's only home."""

from syncd.forge.github.forge import GitHub, api_url_of

__all__ = ["GitHub", "api_url_of"]
