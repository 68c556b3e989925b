"""GitHub's REST dialect over the tracker, as of API version 2022-11-28."""
