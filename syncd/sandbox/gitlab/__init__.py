"""GitLab's REST dialect over the tracker, as of version 18."""
