"""The process that records another bot's commands: `python -m bot.collector JOURNAL`, told on its stdin."""
