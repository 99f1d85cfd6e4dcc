"""Every number a second time, from what Discord sent: loops over people, days and minutes, nothing clever.

Written from the definitions of the KPIs; nothing here imports anything of the product, of the sandbox or of
any library (import_contract.toml and test_independence.py hold that). People are user ids, moments UTC
milliseconds, days dates.
"""
