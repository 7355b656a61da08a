"""Recreate the included files; run these scripts from the project's folder."""
