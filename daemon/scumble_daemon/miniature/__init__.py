"""The bundled model: where its weights lie, which words it knows, how good it is. Never torch."""
