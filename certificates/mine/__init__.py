"""What a volunteer sees of her roles and does herself: until when, the next step, pause, leave, ask for review."""
