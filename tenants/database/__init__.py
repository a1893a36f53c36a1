"""Django's database backend: every statement runs in the current firm's schema, or not at all."""
