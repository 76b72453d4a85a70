"""What mends other people's software: a file for each fault.

A file names the library and its version, what happens without it, and the test that tells when it
may go: install the new release, take the file out, run the test. `docs/upstream.md` lists them all.
"""
