"""Files of the past: read line by line, checked, and turned into what the log takes. No database, no clock.

`lines` says what a line may hold, `json_lines` and `csv_rows` read them, `mapping` says which column is what,
`sealing` makes events with keys of them. docs/imports.md describes it for people.
"""
