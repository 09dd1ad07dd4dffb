"""Stands before the real reader of web addresses, which takes each Jupyter program two seconds to load and reads nothing."""

raise ImportError("no test asks for it")
