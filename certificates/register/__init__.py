"""The register: who may do a role, in this place, on this day, and why not; and the map of people and gaps."""
