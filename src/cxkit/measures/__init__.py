"""Measures of a journey: tables in, tables out. Nothing here draws."""
