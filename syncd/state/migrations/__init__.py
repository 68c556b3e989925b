"""Migration scripts; run by :mod:`syncd.state.migrating`."""
