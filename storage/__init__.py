"""What happened, kept: journal, event log, identities, fold, tables. Knows neither Discord nor the clock."""
