"""The law as plain functions and tables; no database."""
