"""What the user configured: YAML below environment below flags, as one frozen value."""

from syncd.config.assuming import assume, usual_roadmap
from syncd.config.cron import Cron
from syncd.config.loading import DEFAULT, load, schema
from syncd.config.looking import Origin, origins, place, usual_roadmaps
from syncd.config.serving import Listen, Notify, Serve
from syncd.config.settings import Settings
from syncd.config.shape import Pace, Remote, Roadmap

__all__ = [
    "DEFAULT",
    "Cron",
    "Listen",
    "Notify",
    "Origin",
    "Pace",
    "Remote",
    "Roadmap",
    "Serve",
    "Settings",
    "assume",
    "load",
    "origins",
    "place",
    "schema",
    "usual_roadmap",
    "usual_roadmaps",
]
