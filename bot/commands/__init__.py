"""Slash commands and buttons: each checks, asks a report, presents. No query and no arithmetic here."""
