"""The release record, its frozen snapshot and its checks."""
