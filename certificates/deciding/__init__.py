"""The coordinator's desk of decisions: proposals, roles given, appeals, and what ends soon."""
