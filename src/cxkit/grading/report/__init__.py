"""`cxkit report`: what a class got, what it found hard, and what it got wrong."""
