"""What a learner meets: forms, quizzes, answer sheets, marks in words, and a record of progress."""
