"""The GitHub adapter. PyGithub's only home."""

from syncd.forge.github.app import App
from syncd.forge.github.forge import GitHub, api_url_of

__all__ = ["App", "GitHub", "api_url_of"]
