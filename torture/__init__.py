"""Campaigns that try to lose a run, hang a command or get through a door: ``make torture``, docs/RELIABILITY.md."""
