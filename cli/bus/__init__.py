"""The bus: who may say and hear what, the stream, and its consumers."""
