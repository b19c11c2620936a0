"""Question banks, question versions, quizzes, attempts and grading.

Knows who answers and what was asked; which page a quiz stands on is the business of `courses`, which listens to
`attempt_graded`.
"""
