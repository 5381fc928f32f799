"""Presenters: each turns one frozen view model into one page, without reading anything else."""
