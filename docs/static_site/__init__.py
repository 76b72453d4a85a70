"""The parts of `make site`: lessons, documents and the reference as files without a server."""
