"""The Discord client and everything that knows Discord, the clock or the configuration."""
