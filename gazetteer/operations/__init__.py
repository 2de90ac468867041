"""What people do: guard, read, change, audit, commit."""
