"""What a process raises in itself when it is told to end."""


class ToldToEnd(SystemExit):
    """SIGTERM or SIGHUP came: no plugin's `sys.exit()`, and nothing that a plugin is kept from may keep it."""
