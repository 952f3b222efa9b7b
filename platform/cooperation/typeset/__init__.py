"""Data into documents: PDF by Typst, CSV; knows no slice (design: interface 6, stack).

Data goes to Typst as JSON; Typst source is never built from what people type. Every document
carries the date of its data, so that the same data gives the same bytes and a stored hash means
something. PDF files are made to PDF/A-2a and PDF/UA-1 ("made to", not "certified").
"""
