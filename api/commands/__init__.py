"""The sub-commands of `quming`, one a module, each holding a click command named `command`."""
